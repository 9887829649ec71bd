"""Alerts and events for other systems: in their words, in order, from where it stopped."""
