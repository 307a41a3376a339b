"""HTTP as the gate needs it, on the standard library alone: one call, one connection, one answer."""
