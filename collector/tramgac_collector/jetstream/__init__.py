"""The ingest log of many machines: NATS JetStream holds what gateways acknowledge until an intake has taken it."""
