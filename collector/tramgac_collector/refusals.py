"""What the control part of the collector refuses, as exceptions.

Refusal                   a CollectorError
├── TokenRefused
│   ├── TokenUnknown
│   ├── TokenUsed
│   ├── TokenExpired
│   └── TokenRevoked
├── AccessTokenUnknown
├── AlertUnknown
├── AlertAmbiguous
├── AlertChanged
├── VerdictUnknown
├── ReasonMissing
├── HostUnknown
├── HostAmbiguous
├── HostSpoke
├── HoldUnknown
├── ExceptionUnknown
├── ExceptionRefused
│   └── ExceptionLasting
├── ExceptionWide
├── ExceptionContested
├── ExceptionThere
├── RuleUnknown
├── RuleAmbiguous
├── SiteUnknown
├── ContentRefused
├── SampleRefused
├── LoginRefused
│   └── LoginDelayed
├── UserExists
├── UserUnknown
├── UserClosed
├── RoleUnknown
└── PasswordWeak
"""

import re

from tramgac_collector.errors import CollectorError


class Refusal(CollectorError):
    """The thing asked for is refused; the text says what, where and how to mend it.

    `params` is what a sentence in another language needs, JSON-able values by name.
    """

    def __init__(self, message: str, **params: object) -> None:
        """Keep the parameters."""
        super().__init__(message)
        self.params = params

    @property
    def word(self) -> str:
        """The class's name as the API tells it: alert_unknown."""
        return re.sub(r"\B(?=[A-Z])", "_", type(self).__name__).lower()


class TokenRefused(Refusal):
    """An enrolment token does not let a host in."""


class TokenUnknown(TokenRefused):
    """No token has this secret."""


class TokenUsed(TokenRefused):
    """The token has let in as many hosts as it may."""


class TokenExpired(TokenRefused):
    """The token's time is over."""


class TokenRevoked(TokenRefused):
    """A person took the token back."""


class AccessTokenUnknown(Refusal):
    """There is no such access token."""


class AlertUnknown(Refusal):
    """No alert has this id, or one that begins so."""


class AlertAmbiguous(Refusal):
    """Several alerts' ids begin so; `found` names some."""


class AlertChanged(Refusal):
    """Someone else changed the alert since it was read."""


class VerdictUnknown(Refusal):
    """The verdict is none of the words that we know."""


class ReasonMissing(Refusal):
    """The verdict says nothing to the next person without a reason, and no note gives one."""


class HostUnknown(Refusal):
    """No host has this id or name."""


class HostAmbiguous(Refusal):
    """Several hosts have this name, or ids that begin so; `found` names some."""


class HoldUnknown(Refusal):
    """No legal hold of that number stands."""


class ExceptionUnknown(Refusal):
    """No exception has this number, or none that stands."""


class ExceptionRefused(Refusal):
    """An exception that nobody can state."""


class ExceptionLasting(ExceptionRefused):
    """A later end that is none: the exception stands as long as that already; `expires` is its end, null for never."""


class ExceptionWide(Refusal):
    """An exception that nearly every event meets."""


class ExceptionContested(Refusal):
    """An exception that would have held back what people found true; `found` names some of those alerts."""


class ExceptionThere(Refusal):
    """One in force says the same already; `id` is its number."""


class HostSpoke(Refusal):
    """The host has spoken, so there is something to remember of it: it may be revoked, not forgotten."""


class RuleUnknown(Refusal):
    """No rule on offer has this id, and none that ever raised an alert."""


class RuleAmbiguous(Refusal):
    """Several rules' ids begin so; `found` names some."""


class SiteUnknown(Refusal):
    """No host and no enrolment token has this site; `found` names some that there are."""


class ContentRefused(Refusal):
    """A bundle is not taken: unsigned, tampered with, older, or it does not load."""


class SampleRefused(Refusal):
    """A sample is not taken or not given: too large, not what was asked for, damaged on disk."""


class LoginRefused(Refusal):
    """Name, password or token are wrong. It never says which."""


class LoginDelayed(LoginRefused):
    """Too many failures: wait. `seconds` says how long."""

    def __init__(self, seconds: int) -> None:
        """Say how long to wait, in seconds."""
        super().__init__(f"too many failed logins; try again in {seconds} s")
        self.seconds = seconds


class UserExists(Refusal):
    """The name is taken."""


class UserUnknown(Refusal):
    """No user has this name."""


class UserClosed(Refusal):
    """The account is closed, so nobody may be let in by it."""


class RoleUnknown(Refusal):
    """The role is none of those that we know."""


class PasswordWeak(Refusal):
    """The password is too short or too well known."""
