"""The car: what one driver sees of the workshop's messages, and nothing of the backend but the protocol."""
