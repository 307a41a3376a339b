"""Sentences, and how untrusted words are put into them."""
