"""The role judge: events of the ingest log meet the rules, samples meet the scanner; what comes of it is alerts."""
