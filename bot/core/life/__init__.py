"""The life of a request: what may happen to it, and what comes of that."""
