"""What the agent joins to an observation: identity, ancestry, names, hashes."""
