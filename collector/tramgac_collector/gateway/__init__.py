"""The session port: agents' streams in, acknowledgements and asks out."""
