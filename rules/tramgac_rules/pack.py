"""The compiled form of a rule set: JSON-able, versioned, checked when it is loaded. Shape in docs of `encode`."""
