"""What may stand in a policy file: models, scalars, and the reference drawn from them."""
