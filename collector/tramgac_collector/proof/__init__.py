"""The proof: whether what lies in the ingest log is what hosts made, and where not."""
