"""Rows to frozen objects and back; every function takes the transaction and the scope it acts for."""
