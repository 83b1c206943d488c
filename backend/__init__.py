"""The dealer's side: owns the truth about appointments and never waits for a car."""
