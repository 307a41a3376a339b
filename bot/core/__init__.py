"""The pure heart: decides and does nothing. Standard library only; no clock, no randomness, no I/O."""
