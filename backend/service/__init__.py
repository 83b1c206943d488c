"""The use cases: each takes a :class:`~backend.service.office.Work`, one transaction at one moment."""
