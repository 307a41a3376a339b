"""How a policy judges a request: facts in, ruling out."""
