"""What can be asked of us: one module per thing, each a sync function over one open transaction."""
