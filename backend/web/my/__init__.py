"""My Volvo: what owners see and do, as pages that need no script and as a small API with the same words."""
