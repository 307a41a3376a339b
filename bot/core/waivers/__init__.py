"""Waivers: a known failure that somebody accepts for a while, in their name and for a reason."""
