"""Who may ask: keys, tokens, rates, and the guard that looks before a body is read."""
