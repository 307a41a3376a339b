"""What a caller asks: bytes in, meaning out."""
