"""The judge: events in, detections out; no network, no clock, no database, no operating system."""
