"""Each screen is a pure function from a car to a scene."""
