"""The memory: enrolment, gateway, ingest log, store, judge, alerts, content, audit and the API."""
