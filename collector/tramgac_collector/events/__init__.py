"""Events at rest: schema, the consumer that fills it, searches."""
