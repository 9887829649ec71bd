"""`notify.toml` in the state directory: channels by which people are told, and routes that choose among alerts."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from tramgac_collector.config import address, faults_of
from tramgac_collector.errors import SettingsError
from tramgac_collector.notify.errors import NotifySettingsError
from tramgac_collector.notify.words import Notify
from tramgac_collector.pairs import Both, join
from tramgac_collector.paths import StatePaths
from tramgac_collector.troubles import Trouble

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MAIL = re.compile(r"[!-;=?A-~]{1,64}@[A-Za-z0-9.\[\]:-]{1,255}", re.ASCII)
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]|24):([0-5][0-9])", re.ASCII)
_DAY_MINUTES = 24 * 60


def _word(text: str) -> str:
    return _must(text, _WORD.fullmatch(text), Notify.NO_WORD)


def _mail(text: str) -> str:
    return _must(text, _MAIL.fullmatch(text), Notify.NO_MAIL)


def _login(text: str) -> str:
    return _must(text, text.isascii() and text.isprintable(), Notify.NO_LOGIN)


def _endpoint(text: str) -> str:
    try:
        address(text)
    except SettingsError as error:
        raise ValueError(error.what) from None
    return text


def _hours(text: str) -> str:
    found = _HOURS.fullmatch(text)
    return _must(text, not text or (found and _minutes(found[3], found[4]) <= _DAY_MINUTES), Notify.NO_HOURS)


def _zone(text: str) -> str:
    try:
        known = not text or bool(zoneinfo.ZoneInfo(text))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    return _must(text, known, Notify.NO_ZONE)


def _must(text: str, right: object, word: Notify) -> str:
    if not right:
        raise ValueError(word.both(text=text))
    return text


def _minutes(hours: str, minutes: str) -> int:
    return 60 * int(hours) + int(minutes)


Word = Annotated[str, AfterValidator(_word)]
Mail = Annotated[str, AfterValidator(_mail)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
Level = Literal["informational", "low", "medium", "high", "critical"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Channel(_Table):
    """What all kinds of channel have."""

    name: Word
    per_minute: int = Field(default=6, ge=1, le=600)
    """Messages a minute at most, tries included; what is held back is told in the next."""
    tries: int = Field(default=24, ge=1, le=100)
    """How often a message is tried, over hours, before it is given up, counted and shown."""
    timeout_s: float = Field(default=30.0, ge=1, le=300)
    """How long one try may take, seconds."""
    ca_file: str = ""
    """PEM file of the authorities that are trusted in place of the system's."""


class MailChannel(_Channel):
    """Mail by SMTP."""

    kind: Literal["mail"]
    server: Endpoint
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Mail
    to: Annotated[list[Mail], Field(min_length=1, max_length=100)]
    user: Annotated[str, AfterValidator(_login)] = ""
    password_file: str = ""

    @model_validator(mode="after")
    def _whole(self) -> MailChannel:
        if bool(self.user) != bool(self.password_file):
            raise ValueError(Notify.NO_USER.both())
        if self.user and self.security == "none":
            raise ValueError(Notify.NO_TLS_LOGIN.both())
        return self

    @property
    def target(self) -> str:
        """Where it goes."""
        return ", ".join(self.to)


class WebhookChannel(_Channel):
    """JSON by HTTPS POST, signed."""

    kind: Literal["webhook"]
    url: str
    secret_file: str = ""
    """Key of the signature (HMAC-SHA-256)."""
    token_file: str = ""
    """Sent as `Authorization: Bearer`."""
    near: bool = False
    """Whether this machine itself may be called, and by http:// too."""

    @model_validator(mode="after")
    def _url(self) -> WebhookChannel:
        try:
            parts = urlsplit(self.url)
            right = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            right = False
        allowed = {"https", "http"} if self.near else {"https"}
        plain = self.url.isascii() and self.url.isprintable() and " " not in self.url
        _must(self.url, right and plain and parts.scheme in allowed, Notify.NO_URL)
        return self

    @property
    def target(self) -> str:
        """Where it goes; the path may be a secret."""
        return f"{urlsplit(self.url).scheme}://{urlsplit(self.url).netloc}/..."


class SyslogChannel(_Channel):
    """Syslog as RFC 5424 has it."""

    kind: Literal["syslog"]
    server: Endpoint
    transport: Literal["udp", "tcp", "tls"] = "tls"
    facility: int = Field(default=16, ge=0, le=23)

    @property
    def target(self) -> str:
        """Where it goes."""
        return f"{self.transport}:{self.server}"


Channel = MailChannel | WebhookChannel | SyslogChannel


class Route(_Table):
    """Which alerts go to which channels; what is left empty lets everything through."""

    channels: Annotated[list[str], Field(min_length=1)]
    severity: Level = "high"
    """The least severity."""
    rules: list[str] = []
    """Ids of rules; * and ? stand for anything."""
    tags: list[str] = []
    """Tags of rules, such as attack.t1490; * and ? stand for anything."""
    sites: list[str] = []
    hours: Annotated[str, AfterValidator(_hours)] = ""
    """22:00-06:00: when the alert was raised, by `zone`; a night belongs to the day on which it begins."""
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = []
    language: Literal["vi", "en"] = "vi"
    by: Literal["rule", "host", "rule_host", "all"] = "rule"
    """What is told together."""
    window_s: float = Field(default=300.0, ge=0, le=86_400)
    """Of what is told together one message in so long, seconds; the first goes out at once."""

    @property
    def span(self) -> tuple[int, int]:
        """Minutes of the day from and until; until is smaller where midnight lies between."""
        found = _HOURS.fullmatch(self.hours)
        return (_minutes(found[1], found[2]), _minutes(found[3], found[4])) if found else (0, _DAY_MINUTES)


class NotifySettings(_Table):
    """All of the file."""

    channel: list[Annotated[Channel, Field(discriminator="kind")]] = []
    route: list[Route] = []
    zone: Annotated[str, AfterValidator(_zone)] = ""
    """Time zone of `hours` and of times in messages; empty: the machine's."""
    page: str = ""
    """The page's address, for links; empty: console_origin of `collector.toml`."""

    @property
    def clock(self) -> dt.tzinfo | None:
        """The zone; None for the machine's."""
        return zoneinfo.ZoneInfo(self.zone) if self.zone else None

    def named(self, name: str) -> Channel | None:
        """The channel of that name."""
        return next((channel for channel in self.channel if channel.name == name), None)


def load(paths: StatePaths) -> NotifySettings:
    """Read the file; without one there are neither channels nor routes.

    Raises:
        NotifySettingsError: it cannot be read, is no TOML, or says something wrong; each fault is named with its key.

    """
    try:
        settings = NotifySettings.model_validate(tomllib.loads(paths.notify.read_text("utf-8")))
    except FileNotFoundError:
        return NotifySettings()
    except OSError as error:
        raise NotifySettingsError(Trouble.SETTINGS_UNREADABLE.both(path=paths.notify, why=error.strerror)) from None
    except ValidationError as error:
        faults = [_at(place, what) for place, what in faults_of(error)]
        raise NotifySettingsError(Notify.FILE.both(path=paths.notify, faults=join("; ", faults))) from None
    except ValueError as error:
        raise NotifySettingsError(Trouble.NO_TOML.both(path=paths.notify, why=error)) from None
    if faults := _across(settings):
        raise NotifySettingsError(Notify.FILE.both(path=paths.notify, faults=join("; ", faults)))
    return settings


def _at(place: tuple[int | str, ...], what: Both) -> Both:
    """Name a place as people find it: channel 2.url."""
    kinds = {"mail", "webhook", "syslog"}  # pydantic puts the kind into the place
    parts: list[str] = []
    for part in place:
        if isinstance(part, int):
            parts[-1:] = [f"{parts[-1] if parts else ''} {part + 1}".strip()]
        elif not (part in kinds and len(parts) == 1):
            parts.append(str(part))
    where = ".".join(parts)
    return Both(*(f"{where}: {text}" if where else text for text in what))


def _across(settings: NotifySettings) -> list[Both]:
    """Find what is wrong between tables."""
    names = [channel.name for channel in settings.channel]
    found = [Notify.TWICE.both(name=name) for name in sorted({name for name in names if names.count(name) > 1})]
    for number, route in enumerate(settings.route, 1):
        for name in route.channels:
            if name not in names:
                what = Notify.NO_CHANNEL.both(name=name)
                found.append(Both(*(f"route {number}.channels: {text}" for text in what)))
    return found


def secret(paths: StatePaths, file: str) -> bytes:
    """Read a secret's file; a path without a beginning / is below the state directory.

    Raises:
        NotifySettingsError: it is not there, empty, or others can read it.

    """
    path = paths.root / file
    try:
        mode = path.stat().st_mode & 0o777
        content = path.read_bytes().strip()
    except OSError as error:
        raise NotifySettingsError(Notify.SECRET.both(file=path, why=error.strerror)) from None
    if mode & 0o077:
        raise NotifySettingsError(Notify.SECRET.both(file=path, why=Notify.SECRET_MODE.both(mode=f"{mode:04o}")))
    if not content.decode("utf-8", "replace").isprintable():  # it would stand in the error of whoever refuses it
        raise NotifySettingsError(Notify.SECRET.both(file=path, why=Notify.SECRET_LINES.both()))
    if not content:
        raise NotifySettingsError(Notify.SECRET.both(file=path, why=Notify.SECRET_EMPTY.both()))
    return content


def authorities(paths: StatePaths, file: str) -> Path | None:
    """Give the path of a channel's own authorities; None for the system's."""
    return paths.root / file if file else None
