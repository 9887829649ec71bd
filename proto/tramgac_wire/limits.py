"""Every limit of the road, in one place. Bytes unless the name says otherwise.

A receiver checks them before it parses what they bound (facts measured: two million empty sub-messages fit
into 4 MB and become 220 MB of objects).
"""

from __future__ import annotations

from typing import Final

VERSION_LOW: Final = 1
"""Lowest version of the dialogue that this program speaks."""
VERSION_HIGH: Final = 1
"""Highest version of the dialogue that this program speaks."""

MAX_EVENT_BYTES: Final = 256_000
"""One encoded event."""
MAX_BATCH_BYTES: Final = 1_000_000
"""The events of one batch with their length prefixes, before compression."""
MAX_BATCH_EVENTS: Final = 2_000
"""Events in one batch (a number)."""
BATCH_BYTES: Final = 64_000
"""Events that wait are sent when there are so many bytes of them, before compression; a batch may be larger."""
BATCH_EVENTS: Final = 256
"""Likewise when there are so many (a number)."""
MAX_MESSAGE: Final = 1_200_000
"""One message of the session, either way; also gRPC's receive limit."""
MAX_RECORD: Final = 16_000_000
"""One record of a segment log."""

MAX_LANE: Final = 15
"""Highest lane that a collector takes (a number): lanes of agents to come are kept like the known ones."""

WINDOW_BYTES: Final = 4_000_000
"""Sent and not yet acknowledged, as compressed; the urgent lane may exceed it."""
WINDOW_BATCHES: Final = 64
"""Batches that are sent and not yet acknowledged (a number)."""

CHUNK: Final = 256_000
"""One chunk of a content file or a sample."""
MAX_SAMPLE: Final = 32_000_000
"""One sample."""

MAX_HELLO_CAPABILITIES: Final = 32
"""Capabilities in a Hello (a number)."""
MAX_KEPT: Final = 3
"""Earlier epochs that a Hello asks for (a number): with the present one as many as a collector remembers at least."""
CONTENT: Final = "content"
"""Of an agent that takes content."""
SAMPLE: Final = "sample"
"""Of an agent that sends samples."""
DICTIONARY: Final = "dictionary"
"""Of an agent that compresses batches with dictionaries."""
MAX_TEXT: Final = 1_024
"""A short text in a message of the session: hostname, version, reason (characters)."""

MAX_RULE_MARKS: Final = 8_000
"""Rules in a RuleChoices, both lists together (a number)."""

MAX_ROOT: Final = 512_000
"""TUF root metadata."""
MAX_METADATA: Final = 5_000_000
"""Any other TUF metadata file."""
MAX_TARGET: Final = 64_000_000
"""A content target, compressed."""
MAX_BUNDLE: Final = 256_000_000
"""A content bundle, decompressed."""
MAX_INDICATORS: Final = 256_000_000
"""A set of indicators, decompressed."""
MAX_DICTIONARY: Final = 131_072
"""A dictionary that batches are compressed with."""
MAX_DICTIONARIES: Final = 16
"""Dictionaries that a collector names in an offer (a number)."""
MAX_TICKET: Final = 16_384
"""An enrolment ticket (characters)."""
