"""Trying a policy before it holds: explained, tested with cases, replayed over the past."""
