"""`/jit`: what people type, read and answered."""
