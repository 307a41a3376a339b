"""The command line: one module per command group. Errors are one line each; exit 0 fine, 1 no, 2 usage, 78 settings."""
