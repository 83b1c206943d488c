"""The post office: moves bytes between cars and backend, and reads none of them."""
