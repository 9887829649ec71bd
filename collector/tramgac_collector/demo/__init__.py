"""`tramgac demo`: everything on this machine, and a harmless simulation of an attack that proves it."""
