"""The streets of a small town, as data, so that a route needs no Internet."""
