"""The desk's pages about people and vehicles: who is a customer here, what they drive, who owns it."""
