"""Settings of a collector: `collector.toml` in its state directory, then the environment (`TRAMGAC_COLLECTOR_*`)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from tramgac_collector import judges
from tramgac_collector.environment import PREFIX, Environment, formed, strays, variables
from tramgac_collector.errors import SettingsError
from tramgac_collector.pairs import Both, join
from tramgac_collector.paths import StatePaths
from tramgac_collector.setting_values import is_bare, is_database, is_server
from tramgac_collector.troubles import Trouble


class CollectorConfig(BaseSettings):
    """Every setting of a collector; each has a default that suits one machine."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    session_listen: str = Field(
        default="127.0.0.1:18444",
        description="Where agents send their events (mutual TLS), HOST:PORT; 0.0.0.0:8444 is every address.",
    )
    enrol_listen: str = Field(
        default="127.0.0.1:18443", description="Where new hosts enrol (TLS, no client certificate), HOST:PORT."
    )
    console_listen: str = Field(
        default="127.0.0.1:18080",
        description="Where the page and the API are served, HOST:PORT; for other machines only with TLS, the next two.",
    )
    console_certificate: str = Field(
        default="", description="PEM file with the page's certificate and those above it; empty: no TLS."
    )
    console_key: str = Field(default="", description="PEM file with that certificate's private key.")
    console_origin: str = Field(
        default="",
        description="What people type where a proxy speaks TLS, such as https://gac.example.vn; empty: console_listen.",
    )
    advertise: str = Field(
        default="127.0.0.1",
        description="Name or address by which agents reach this machine, without a port; the certificate has it too.",
    )
    database_url: str = Field(
        default="",
        description="Control database, such as postgresql+psycopg://...; empty: SQLite in the state directory.",
    )
    expected_hosts: int = Field(
        default=500, ge=1, description="How many hosts are to come; more than 2,000 want PostgreSQL (database_url)."
    )
    certificate_days: int = Field(
        default=14, ge=1, le=365, description="How long an agent's certificate is good, days; renewed at half."
    )
    enrolments_per_second: float = Field(
        default=5.0, gt=0, description="How many hosts may enrol a second; more are told to wait."
    )
    minimum_free_bytes: int = Field(
        default=256 << 20,
        ge=0,
        description="With less free on the disk events are refused and wait with their hosts, bytes.",
    )
    log_segment_bytes: int = Field(
        default=64 << 20,
        ge=1 << 16,
        description="Size of one file of the ingest log, which takes events before they are stored and judged, bytes.",
    )
    log_keep_hours: float = Field(
        default=24.0,
        ge=0,
        description="How long events stay in the ingest log after they were stored and judged, hours.",
    )
    maximum_streams: int = Field(
        default=20_000, ge=1, description="How many agents may be connected at once; more are turned away for a while."
    )
    agent_events_per_second: float = Field(
        default=2_000,
        ge=100,
        description="What one host may send for long, events a second; above it, it is asked to wait.",
    )
    agent_bytes_per_second: float = Field(
        default=1 << 20,
        ge=1 << 16,
        description="The same in bytes as they travel; whoever does not wait comes into quarantine.",
    )
    quarantine_minutes: float = Field(
        default=10,
        gt=0,
        le=1_440,
        description="How long a host is not heard whose agent breaks the rules, minutes; longer each time.",
    )
    alerts_a_day: int = Field(
        default=1_000,
        ge=1,
        description="Alerts of one rule on one host in a day; more matches are counted, and told once.",
    )
    members_a_day: int = Field(
        default=50_000,
        ge=1,
        description="Events that one host may bring to one correlation in a day, to all of them four times as many; "
        "more are counted, and told once.",
    )
    files_a_day: int = Field(
        default=20_000,
        ge=1,
        description="Files that one host may show us for the first time in a day; more are not asked for.",
    )
    engine_memory_bytes: int = Field(
        default=1536 << 20, ge=256 << 20, description="How much memory the event store may use, bytes."
    )
    roles: list[Literal["signer", "engine", "gateway", "intake", "store", "judge", "notifier", "api", "exporter"]] = (
        Field(
            default=[],
            description="What this machine does; empty: everything. Several machines share a queue.",
            examples=["signer", "gateway"],
        )
    )
    judges: int = Field(
        default=1,
        ge=1,
        le=judges.MOST,
        description="How many processes judge, each some of the hosts; more than one where one is busy all day.",
    )
    queue: list[str] = Field(
        default=[],
        description="Servers of the queue (nats://...) of several gateways; empty: this machine's own log.",
        examples=["nats://q1:4222"],
    )
    queue_ca: str = Field(default="", description="Certificate of the authority that signed the queue's servers, PEM.")
    queue_credentials: str = Field(
        default="", description="File with this machine's credentials for the queue (.creds)."
    )
    queue_replicas: int = Field(default=3, ge=1, le=5, description="On how many servers of the queue each batch lies.")
    queue_bytes: int = Field(
        default=64 << 30, ge=1 << 20, description="How much the queue may hold on each server, bytes; then it refuses."
    )
    silence_s: float = Field(
        default=180.0,
        ge=120,
        description="A host that says nothing for so long, without last words, raises an alert, seconds.",
    )
    silence_site_s: float = Field(
        default=900.0,
        ge=120,
        description="A site whose hosts say nothing for so long, without last words, is one alert, seconds.",
    )
    silence_line_s: float = Field(
        default=7_200.0,
        ge=120,
        description="So long a host may stay away whose line or power was cut, in hours in which it is on, seconds.",
    )
    retention_days: int = Field(
        default=90, ge=1, description="Events are removed so long after they came, days; alerts keep copies of theirs."
    )
    retention_kinds: tuple[str, ...] = Field(
        default=(),
        description='Kinds of events that are kept shorter or longer, such as ["file_create=30"], days.',
        examples=["file_create=30"],
    )
    system_level: int = Field(
        default=0,
        ge=0,
        le=5,
        description="Level of the information systems here: 2, 3, 4, 5 keep all events at least 1, 3, 6, 12 months.",
    )
    site_levels: tuple[str, ...] = Field(
        default=(),
        description='Sites whose systems have another level, such as ["so-tai-chinh=4"].',
        examples=["so-tai-chinh=4"],
    )
    cold_after_days: int = Field(
        default=0,
        ge=0,
        description="Days of arrival so old become Parquet files in cold/, which `events --cold` reads; 0: never.",
    )
    disk_alarm_days: int = Field(
        default=14, ge=0, description="The page warns when the disk is expected to be full in fewer days."
    )

    _file: ClassVar[Path | None] = None
    _environment: ClassVar[bool] = True

    @field_validator("session_listen", "enrol_listen", "console_listen")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            address(value)
        except SettingsError as error:
            raise ValueError(error.what) from None
        return value

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        if value and not is_database(value):
            raise ValueError(Trouble.NO_DATABASE.both())  # without the value: a password may be in it
        return value

    @field_validator("queue")
    @classmethod
    def _are_servers(cls, value: list[str]) -> list[str]:
        for text in value:
            if not is_server(text):
                raise ValueError(Trouble.NO_SERVER.both(text=text))
        return value

    @field_validator("retention_kinds", "site_levels")
    @classmethod
    def _are_numbers(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        most, least = (5, 0) if info.field_name == "site_levels" else (36_500, 1)
        for text in value:
            name, _, number = text.rpartition("=")
            if not name or not number.isdigit() or not least <= int(number) <= most:
                raise ValueError(Trouble.NO_PAIR.both(text=text, least=least, most=most))
        return value

    @field_validator("advertise")
    @classmethod
    def _is_name(cls, value: str) -> str:
        if not value or any(letter.isspace() or letter == "/" for letter in value) or not is_bare(value):
            raise ValueError(Trouble.NO_NAME.both(text=value))
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - ours goes in its place
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base class's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then the file."""
        file = TomlConfigSettingsSource(settings_cls, cls._file)
        return (init_settings, Environment(settings_cls), file) if cls._environment else (init_settings, file)

    def url(self, paths: StatePaths) -> str:
        """Give the SQLAlchemy URL of the control database."""
        return self.database_url or paths.database_url


def load(paths: StatePaths, *, environment: bool = True) -> CollectorConfig:
    """Read the settings of the collector at `paths`; without the `environment` as the file says them.

    Raises:
        SettingsError: the file cannot be read or is no TOML, or a setting, there or in the environment, is unknown or
            out of range; each is named.

    """

    class _Here(CollectorConfig):
        _file = paths.config
        _environment = environment

    around = variables() if environment else {}
    outside, inside = strays(around, CollectorConfig.model_fields), list[tuple[str, Both]]()
    try:
        made = _Here()
    except ValidationError as error:
        for where, what in faults_of(error):
            field = CollectorConfig.model_fields.get(setting := str(where[0]))
            if field and setting in around:
                outside.append((around[setting], formed(what, field)))
            else:
                inside.append((".".join(map(str, where)), what))
    except OSError as error:
        raise SettingsError(Trouble.SETTINGS_UNREADABLE.both(path=paths.config, why=error.strerror)) from None
    except ValueError as error:
        raise SettingsError(Trouble.NO_TOML.both(path=paths.config, why=error)) from None
    said = [Trouble.SETTINGS.both(path=paths.config, faults=_all(inside))] if inside else []
    if outside:
        said.append(Trouble.VARIABLES.both(faults=_all(outside)))
    if said:
        raise SettingsError(join(" ", said))
    return made


def chosen(given: Mapping[str, str]) -> CollectorConfig:
    """Make settings of what a command line gave, by name.

    Raises:
        SettingsError: an option, or a setting of the environment, is wrong; each is named.

    """
    around = variables()
    wrong = strays(around, CollectorConfig.model_fields)
    try:
        made = CollectorConfig.model_validate(dict(given))
    except ValidationError as error:
        for where, what in faults_of(error):
            setting = str(where[0])
            if setting in given:
                wrong.append((option(setting), what))
            else:
                wrong.append((around[setting], formed(what, CollectorConfig.model_fields[setting])))
    if wrong:
        raise SettingsError(_all(wrong))
    return made


def option(setting: str) -> str:
    """Give the command line's option for a setting."""
    return f"--{setting.replace('_', '-')}"


def _all(faults: Iterable[tuple[str, Both]]) -> Both:
    return join("; ", (Both(*(f"{name}: {text}" for text in what)) for name, what in faults))


_FAULTS: Mapping[str, tuple[Trouble, str]] = {
    "extra_forbidden": (Trouble.NO_SETTING, ""),
    "string_type": (Trouble.NO_TEXT, ""),
    "int_type": (Trouble.NO_WHOLE, ""),
    "int_parsing": (Trouble.NO_WHOLE, ""),
    "int_from_float": (Trouble.NO_WHOLE, ""),
    "float_type": (Trouble.NO_NUMBER, ""),
    "float_parsing": (Trouble.NO_NUMBER, ""),
    "greater_than_equal": (Trouble.AT_LEAST, "ge"),
    "less_than_equal": (Trouble.AT_MOST, "le"),
    "greater_than": (Trouble.MORE_THAN, "gt"),
    "missing": (Trouble.MISSING, ""),
    "literal_error": (Trouble.NO_CHOICE, "expected"),
    "union_tag_invalid": (Trouble.NO_CHOICE, "expected_tags"),
    "union_tag_not_found": (Trouble.NO_KIND, "discriminator"),
    "list_type": (Trouble.NO_LIST, ""),
    "tuple_type": (Trouble.NO_LIST, ""),
    "too_short": (Trouble.EMPTY, ""),
    "string_too_short": (Trouble.EMPTY, ""),
    "bool_type": (Trouble.NO_BOOLEAN, ""),
    "bool_parsing": (Trouble.NO_BOOLEAN, ""),
    "model_type": (Trouble.NO_TABLE, ""),
    "model_attributes_type": (Trouble.NO_TABLE, ""),
}
"""pydantic's words for what can be wrong with a setting, ours, and the name of the limit among its facts."""


def faults_of(error: ValidationError) -> list[tuple[tuple[int | str, ...], Both]]:
    """Give the place and what is wrong, of each fault; for other files of settings too."""
    return [(fault["loc"], _fault(fault)) for fault in error.errors()]


def _fault(fault: ErrorDetails) -> Both:
    facts = fault.get("ctx", {})
    if isinstance(ours := facts.get("error"), ValueError) and isinstance(ours.args[0], Both):
        return ours.args[0]
    word, limit = _FAULTS.get(fault["type"], (None, ""))
    return word.both(limit=facts.get(limit)) if word else Both(fault["msg"], fault["msg"])


def loopback(listen: str) -> bool:
    """Tell whether HOST:PORT is reached from this machine only. A name other than localhost is taken not to be."""
    host = address(listen)[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(text: str) -> tuple[str, int]:
    """Split HOST:PORT ([V6]:PORT too).

    Raises:
        SettingsError: it is something else.

    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 0xFFFF:  # noqa: PLR2004 - the highest port
        raise SettingsError(Trouble.NO_ADDRESS.both(text=text))
    return host.strip("[]"), int(port)
