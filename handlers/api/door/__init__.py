"""Who and what is let in: authentication, rates, sizes and slowness."""
