"""The Home tab: opened, turned, and many requests answered from it at once."""
