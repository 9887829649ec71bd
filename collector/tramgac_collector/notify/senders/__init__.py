"""How a message reaches a channel, one file a kind."""
