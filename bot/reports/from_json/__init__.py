"""Reports in JSON: one module a format, over one document that is read in pieces."""
