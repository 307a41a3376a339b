"""What opens after a click."""
