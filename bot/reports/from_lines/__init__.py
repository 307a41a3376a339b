"""Reports that are lines: one module a format."""
