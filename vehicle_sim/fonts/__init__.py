"""The letters of the head unit, as files, so that it looks the same on every machine."""
