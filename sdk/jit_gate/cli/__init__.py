"""The command line: flags and the environment in, one clear exit code out."""
