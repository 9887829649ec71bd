"""The role `notifier`: people are told of alerts by mail, webhook and syslog."""
