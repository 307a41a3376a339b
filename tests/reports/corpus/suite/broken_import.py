raise RuntimeError("no configuration on this machine")
