"""Sensors that need Linux."""
