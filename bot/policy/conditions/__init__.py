"""CEL conditions: checked, bounded in cost, and made into plain callables."""
