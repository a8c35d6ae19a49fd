"""Several processes of `snapcite serve` behind one port: who starts them, what they share."""
