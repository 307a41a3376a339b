"""Reports in XML: one module a format, over one stream of elements."""
