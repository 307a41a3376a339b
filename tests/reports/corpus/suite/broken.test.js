throw new Error("no configuration on this machine");
