"""Rules over events that are stored: what they would have alerted on, by the engine that judges live."""
