"""Somebody accepts a known failure: by what they type, or by the card's menu."""
