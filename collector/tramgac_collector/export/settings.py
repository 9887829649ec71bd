"""`export.toml` in the state directory: which records go where, in which words."""

from __future__ import annotations

import re
import tomllib
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from tramgac_proto.names import parse_time

from tramgac_collector.config import address, faults_of
from tramgac_collector.errors import QueryError, SettingsError
from tramgac_collector.export.words import Exporting
from tramgac_collector.pairs import Both, join
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.meant import by_id, is_name, written
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.tree import Equal, Like
from tramgac_collector.troubles import Trouble

_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def _word(text: str) -> str:
    return _must(text, _WORD.fullmatch(text), Exporting.NO_WORD)


def _since(text: str) -> str:
    try:
        right = text in {"now", "all"} or parse_time(text) >= 0
    except ValueError:
        right = False
    return _must(text, right, Exporting.NO_TIME)


def _endpoint(text: str) -> str:
    try:
        address(text)
    except SettingsError as error:
        raise ValueError(error.what) from None
    return text


def _query(text: str) -> str:
    try:
        found = parse(text)
        by_id(found.node, _id_alone)
        staged = found.stage is not None
    except QueryError as error:
        raise ValueError(Exporting.NO_QUERY.both(why=error)) from None
    return _must(text, not staged, Exporting.NO_STAGE)


def _folder(text: str) -> str:
    return _must(text, text.startswith("/") and "\0" not in text, Exporting.NO_FOLDER)


def _id_alone(check: Equal | Like) -> list[str]:
    """Refuse a host's name: who reads the log knows ids alone."""
    if is_name(check):
        raise ValueError(Exporting.HOST_ID.both(text=written(check)))
    return []


def _must(text: str, right: object, word: Exporting) -> str:
    if not right:
        raise ValueError(word.both(text=text))
    return text


Word = Annotated[str, AfterValidator(_word)]
Level = Literal["informational", "low", "medium", "high", "critical"]


class _Target(BaseModel):
    """What all kinds of target have."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Word
    what: Literal["alerts", "events"] = "alerts"
    format: Literal["syslog", "cef", "ecs", "ocsf"]
    query: Annotated[str, AfterValidator(_query)] = ""
    """Which events, as in a search; empty: all."""
    severity: Level = "informational"
    """The least severity of alerts."""
    since: Annotated[str, AfterValidator(_since)] = "now"
    """Where a new target begins: now, all, or when it reached the collector."""
    manual: bool = False
    """Left to `tramgac export run --once`."""
    facility: int = Field(default=16, ge=0, le=23)
    """Of syslog."""
    enterprise: int = Field(default=32473, ge=1, le=(1 << 32) - 1)
    """The private enterprise number in syslog's structured data; 32473 is the one for examples."""

    @model_validator(mode="after")
    def _fits(self) -> Any:
        if self.query and self.what != "events":
            raise ValueError(Both(*(f"query {text}" for text in Exporting.FOR_EVENTS.both())))
        if self.severity != "informational" and self.what != "alerts":
            raise ValueError(Both(*(f"severity {text}" for text in Exporting.FOR_ALERTS.both())))
        return self


class FileTarget(_Target):
    """Files in a folder, for whoever fetches them: finished ones have their names, the one in work ends in `.part`."""

    kind: Literal["file"]
    folder: Annotated[str, AfterValidator(_folder)]
    rotate_bytes: int = Field(default=64 << 20, ge=1 << 10)
    """A file of so many bytes is finished."""
    rotate_minutes: float = Field(default=60.0, gt=0)
    """So is one that was begun so long ago, or on another day (UTC)."""

    @property
    def target(self) -> str:
        """Where it goes."""
        return self.folder


class _Secured(_Target):
    ca_file: str = ""
    """PEM file of the authorities that are trusted in place of the system's."""
    certificate_file: str = ""
    key_file: str = ""
    """PEM files of our own certificate, where the other side asks for one."""
    timeout_s: float = Field(default=30.0, ge=1, le=300)

    @model_validator(mode="after")
    def _pair(self) -> Any:
        if bool(self.certificate_file) != bool(self.key_file):
            raise ValueError(Exporting.NO_PAIR.both())
        return self


class TcpTarget(_Secured):
    """Syslog over TLS (RFC 5425) or TCP (RFC 6587, octet counting); JSON formats as lines."""

    kind: Literal["tcp"]
    server: Annotated[str, AfterValidator(_endpoint)]
    security: Literal["tls", "none"] = "tls"

    @model_validator(mode="after")
    def _plain(self) -> Any:
        if self.security == "none" and (self.ca_file or self.certificate_file):
            raise ValueError(Both(*(f"ca_file, certificate_file {text}" for text in Exporting.NO_TLS_FILES.both())))
        return self

    @property
    def target(self) -> str:
        """Where it goes."""
        return f"{self.security.replace('none', 'tcp')}:{self.server}"


class HttpTarget(_Secured):
    """Lines by HTTPS POST; taken is what was answered with 2xx."""

    kind: Literal["http"]
    url: str
    plain: bool = False
    """Whether http:// is allowed."""
    token_file: str = ""
    """Sent as `Authorization: SCHEME TOKEN`."""
    scheme: Annotated[str, Field(pattern=r"^[A-Za-z]{1,20}$")] = "Bearer"
    index: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,200}$")] | None = None
    """Elasticsearch's data stream or index: what is posted is then the body of its _bulk."""
    records: int = Field(default=500, ge=1, le=10_000)
    """Of one request at most."""

    @model_validator(mode="after")
    def _url(self) -> Any:
        try:
            parts = urlsplit(self.url)
            right = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            right = False
        allowed = {"https", "http"} if self.plain else {"https"}
        clean = self.url.isascii() and self.url.isprintable() and " " not in self.url
        _must(self.url, right and clean and parts.scheme in allowed, Exporting.NO_URL)
        if self.index and self.format != "ecs":
            raise ValueError(Exporting.NO_INDEX.both())
        return self

    @property
    def target(self) -> str:
        """Where it goes; the path may be a secret."""
        return f"{urlsplit(self.url).scheme}://{urlsplit(self.url).netloc}/..."


Target = FileTarget | TcpTarget | HttpTarget


class ExportSettings(BaseModel):
    """All of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    target: list[Annotated[Target, Field(discriminator="kind")]] = []

    def named(self, name: str) -> Target | None:
        """Return the target of that name."""
        return next((target for target in self.target if target.name == name), None)


def load(paths: StatePaths) -> ExportSettings:
    """Read the file; without one there are no targets.

    Raises:
        SettingsError: it cannot be read, is no TOML, or says something wrong; each fault is named with its key.

    """
    path = paths.export_settings
    try:
        settings = ExportSettings.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return ExportSettings()
    except OSError as error:
        raise SettingsError(Trouble.SETTINGS_UNREADABLE.both(path=path, why=error.strerror)) from None
    except ValidationError as error:
        faults = [_at(place, what) for place, what in faults_of(error)]
        raise SettingsError(Trouble.SETTINGS.both(path=path, faults=join("; ", faults))) from None
    except ValueError as error:
        raise SettingsError(Trouble.NO_TOML.both(path=path, why=error)) from None
    names = [target.name for target in settings.target]
    twice = [Exporting.TWICE.both(name=name) for name in sorted({name for name in names if names.count(name) > 1})]
    if twice:
        raise SettingsError(Trouble.SETTINGS.both(path=path, faults=join("; ", twice)))
    return settings


def _at(place: tuple[int | str, ...], what: Both) -> Both:
    """Name a place as people find it: target 2.url; the kind is pydantic's word in between."""
    *_, last = ("", *place)
    number = next((part + 1 for part in place if isinstance(part, int)), 0)
    key = str(last) if isinstance(last, str) and last not in {"target", "file", "tcp", "http"} else ""
    where = f"target {number}" if number else "target"
    where = f"{where}.{key}" if key else where
    return Both(*(f"{where}: {text}" for text in what))
