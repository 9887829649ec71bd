"""Errors of the notifier.

CollectorError
└── Told
    ├── NotifySettingsError   `notify.toml` is wrong
    └── Undelivered           a channel did not take a message; it is tried again
"""

from __future__ import annotations

from tramgac_collector.errors import Told


class NotifySettingsError(Told):
    """`notify.toml` is wrong; every fault is named with its key."""


class Undelivered(Told):
    """A channel did not take a message. Nothing of a secret is in the text."""
