"""`tramgac match`: rules over files of events, without a collector."""
