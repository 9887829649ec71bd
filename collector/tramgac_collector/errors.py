"""Errors of the collector.

CollectorError
├── Told                  a person reads it at a terminal, in either language
│   ├── StateError        the state directory is absent, damaged or in use
│   │   └── NotInitialised    `tramgac collector init` has not been run there
│   ├── SettingsError     a setting is wrong
│   ├── PortInUse         somebody listens where we should
│   └── StoreUnfit        the event store's table is not one that this program can fill
├── IngestError
│   ├── LogClosed         the ingest log no longer takes batches
│   ├── DiskFull          no room for another batch
│   ├── LogDamaged        the ingest log cannot prove what it has acknowledged
│   └── Unreadable        records of the ingest log that a consumer has to go past
├── IdentityError         a certificate does not name an agent
├── SignerError           the signer refused or is away
│   ├── SignerRefused
│   └── SignerAway
├── EngineAway            the event store's engine does not answer
└── QueryError            a search that cannot be understood
"""

from __future__ import annotations

from tramgac_collector.pairs import Both, pick


class CollectorError(Exception):
    """Anything that the collector says about itself; the text says what, where and how to mend."""

    def said(self) -> str:
        """Give it as the person at this terminal reads it."""
        return str(self)


class Told(CollectorError):
    """A person reads it at a terminal. `what` says it in both languages; as a text it is English, like the logs.

    It takes a text in both, so that a sentence without its translation does not type-check.
    """

    def __init__(self, what: Both) -> None:
        """Say what, where and how to mend it."""
        super().__init__(what.en)
        self.what = what

    def __reduce__(self) -> tuple[type[Told], tuple[Both]]:
        """Travel between processes with both languages."""
        return type(self), (self.what,)

    def said(self) -> str:
        """Give it in the person's language."""
        return pick(self.what)


class StateError(Told):
    """The state directory is absent, damaged or in use."""


class NotInitialised(StateError):
    """`tramgac collector init` has not been run in this state directory."""


class SettingsError(Told):
    """A setting is wrong."""


class PortInUse(Told):
    """Somebody listens where we should."""


class StoreUnfit(Told):
    """The event store's table is not one that this program can fill."""


class IngestError(CollectorError):
    """The ingest log refused something."""


class LogClosed(IngestError):
    """The ingest log no longer takes batches."""


class DiskFull(IngestError):
    """There is no room for another batch."""


class LogDamaged(IngestError):
    """The ingest log cannot prove what it has acknowledged."""


class Unreadable(IngestError):
    """Records of the ingest log cannot be read: a consumer notes the hole (`ingest.holes`) and goes on after it.

    Attributes:
        first: the first such record.
        next: where reading goes on.
        reason: a word for programs: "log_trimmed", "log_damaged", "record_unknown".
        evidence: the bytes that stand there; empty where there are none.
    """

    def __init__(self, first: int, after: int, reason: str, detail: str, evidence: bytes = b"") -> None:
        """Say which records, where reading goes on, and why."""
        super().__init__(detail)
        self.first = first
        self.next = after
        self.reason = reason
        self.evidence = evidence


class IdentityError(CollectorError):
    """A certificate does not name an agent."""


class SignerError(CollectorError):
    """No certificate was signed."""


class SignerRefused(SignerError):
    """The signer looked at the request and said no."""


class SignerAway(SignerError):
    """The signer does not answer."""


class EngineAway(CollectorError):
    """The event store's engine does not answer."""


class QueryError(CollectorError):
    """A search that cannot be understood.

    `params` is what a sentence in another language needs: `refusal`, the name of the fault, and JSON-able values.
    """

    def __init__(self, message: str, refusal: str = "", **params: object) -> None:
        """Keep the parameters."""
        super().__init__(message)
        self.params: dict[str, object] = {"refusal": refusal, **params} if refusal else {}
