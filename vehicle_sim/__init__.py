"""Owns what one driver sees, and knows nothing of the backend but the protocol."""
