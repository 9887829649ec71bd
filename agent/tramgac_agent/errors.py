"""The agent's errors.

AgentError
├── ConfigError           config.toml cannot be used
├── StateError            the state folder cannot be used
├── Unreadable            the uplink's user cannot read the program
├── NotPermitted          the system does not let the uplink become its user
├── ErrandFailed          work of the uplink failed unforeseen
├── NotEnrolled           this host has no identity yet
├── IdentityError         key or certificate are damaged, expired, or do not belong together
├── EnrolmentError        the collector did not accept this host; `code` says why
├── SpoolError            the spool refuses (event too large, closed)
│   └── EventTooLarge
├── LocalError            the other part of the agent broke the local protocol
├── SampleRefused         a sample may not or cannot be sent; `reason` is a word of session.proto
├── StagingError          content could not be fetched; `reason` says why
└── InstallError          units could not be written or removed
"""

from __future__ import annotations


class AgentError(Exception):
    """Base of all errors that the agent raises on purpose: what, where, how to mend."""


class ConfigError(AgentError):
    """config.toml cannot be used: every problem at once, a line each."""


class StateError(AgentError):
    """The state folder cannot be used."""


class Unreadable(AgentError):
    """The program's own files cannot be read by the user that it should become."""


class NotPermitted(AgentError):
    """The system does not let this process become the user that it should."""


class ErrandFailed(AgentError):
    """A piece of the uplink's work failed in a way that nobody foresaw; the process begins anew."""


class NotEnrolled(AgentError):
    """This host has no identity yet."""


class IdentityError(AgentError):
    """Key or certificate are damaged, expired, or do not belong together."""


class EnrolmentError(AgentError):
    """The collector did not accept this host.

    Attributes:
        code: enrolled, ticket, disk, token, ca, clock, unreachable, refused, reply.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the sentence for people."""
        super().__init__(message)
        self.code = code


class SpoolError(AgentError):
    """The spool refuses."""


class EventTooLarge(SpoolError):
    """An encoded event is above the limit of the wire; the caller cuts its texts and tries again."""


class LocalError(AgentError):
    """The other part of the agent broke the local protocol."""


class SampleRefused(AgentError):
    """A sample may not or cannot be sent.

    Attributes:
        reason: gone, changed, too_large, not_executable, budget (session.proto, SampleRefusal).
    """

    def __init__(self, reason: str) -> None:
        """Keep the reason as it goes to the collector."""
        super().__init__(reason)
        self.reason = reason


class StagingError(AgentError):
    """Content could not be fetched.

    Attributes:
        reason: a short word for the ContentReport.
    """

    def __init__(self, reason: str, message: str) -> None:
        """Keep the reason beside the sentence for people."""
        super().__init__(message)
        self.reason = reason


class InstallError(AgentError):
    """Units could not be written or removed."""
