"""The lens: YARA in a bounded, confined child; nobody else imports yara."""
