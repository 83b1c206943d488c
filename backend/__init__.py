"""Owns the truth about appointments and never waits for a car."""
