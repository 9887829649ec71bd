"""What can go wrong on the road.

WireError
├── LimitError        a limit of tramgac_wire.limits was exceeded
├── BatchError        a batch disagrees with itself: counts, sizes, garbage
│   └── NoDictionary  a batch is compressed with a dictionary that is not known here
├── LogError
│   ├── LogTrimmed    the position was removed from the log
│   ├── LogDamaged    records inside the log cannot be read
│   ├── LogBusy       another process writes the log
│   └── LogFailed     the log can take nothing more until it is opened again
├── TicketError       what was pasted is no ticket
└── ContentError      content was refused; the last good one stays in force
"""

from __future__ import annotations


class WireError(Exception):
    """The root of this package's errors."""


class LimitError(WireError):
    """A limit was exceeded; the text names the limit, its value and what was met."""


class BatchError(WireError):
    """A batch disagrees with what it says about itself."""


class NoDictionary(BatchError):
    """A batch is compressed with a dictionary that is not known here; without one it can be read.

    Attributes:
        number: the dictionary's.
    """

    def __init__(self, number: int) -> None:
        """Say which."""
        super().__init__(f"the batch is compressed with dictionary {number}, which is not known here: send it without")
        self.number = number


class LogError(WireError):
    """The root of the segment log's errors."""


class LogTrimmed(LogError):
    """The position asked for is no longer there: it was trimmed.

    Attributes:
        first: the lowest position that the log still holds.
    """

    def __init__(self, position: int, first: int) -> None:
        """Say which position was asked for and what is the first there is."""
        super().__init__(f"position {position} was trimmed from the log; it begins at {first}: go on from there")
        self.first = first


class LogDamaged(LogError):
    """Records before the end of the log cannot be read (bit rot, a hand's edit); the tail is never reported so.

    Attributes:
        position: the first record that cannot be read.
        resume: the next position that can be read; the records between are lost.
        path: the segment in which they should be.
        span: where in it, offsets of the first byte and of the one after the last; equal if there is no such file.
    """

    def __init__(self, position: int, resume: int, path: str, span: tuple[int, int] = (0, 0)) -> None:
        """Say what cannot be read, where, and where reading may go on."""
        super().__init__(f"{path}: records {position} to {resume - 1} cannot be read; go on from {resume}")
        self.position = position
        self.resume = resume
        self.path = path
        self.span = span


class LogBusy(LogError):
    """Another process has the log open for writing."""


class LogFailed(LogError):
    """An earlier error left the log in a state that only opening it again can mend."""


class TicketError(WireError):
    """The text is not an enrolment ticket.

    Attributes:
        word: for programs: "foreign" (no ticket at all), "damaged" (cut or changed on its way), "malformed" (whole, but
            a part of it is missing or wrong).
    """

    def __init__(self, word: str, message: str) -> None:
        """Keep the word beside the text."""
        super().__init__(message)
        self.word = word


class ContentError(WireError):
    """Content was refused.

    Attributes:
        reason: one word for programs: "unsigned", "tampered", "older", "expired", "missing", "too_large", "malformed",
            "unreachable".
    """

    def __init__(self, reason: str, detail: str) -> None:
        """Take the word for programs and the sentence for people."""
        super().__init__(f"content refused ({reason}): {detail}")
        self.reason = reason
