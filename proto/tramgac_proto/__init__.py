"""The words: protobuf messages that every room shares; the generated modules are built, never committed."""
