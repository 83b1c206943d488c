"""The backend's HTTP side: the dealers' API, the owner's page, and what operators look at."""
