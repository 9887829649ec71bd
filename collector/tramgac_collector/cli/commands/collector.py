"""`tramgac collector`: init, run, doctor, firewall, ddl, verify, backup, restore."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from typer.models import OptionInfo

from tramgac_collector.cli.backing_up import backup, backup_key, restore
from tramgac_collector.cli.backup_words import BackupSaid
from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.firewall_words import FirewallWord
from tramgac_collector.cli.groups import attach, group
from tramgac_collector.cli.options import Json, State, show, state_of, tell
from tramgac_collector.cli.proof_words import ProofWord
from tramgac_collector.cli.store_words import StoreWord
from tramgac_collector.cli.verifying import verify
from tramgac_collector.cli.words import Word, say
from tramgac_collector.firewall import AT_ONCE, EACH_SECOND, rules

if TYPE_CHECKING:
    from tramgac_collector.paths import StatePaths


def _listen(word: Word) -> OptionInfo:
    option: OptionInfo = typer.Option(metavar="HOST:PORT", help=say(word))
    return option


def register(app: typer.Typer) -> None:
    """Add the commands."""
    made = group(app, "collector", Word.ABOUT_COLLECTOR)
    attach(made, "init", Word.ABOUT_INIT, init)
    attach(made, "run", Word.ABOUT_RUN, run)
    attach(made, "doctor", Word.ABOUT_DOCTOR, doctor)
    attach(made, "firewall", FirewallWord.ABOUT, firewall)
    attach(made, "ddl", StoreWord.DDL, ddl)
    attach(made, "verify", ProofWord.ABOUT_VERIFY, verify)
    attach(made, "backup", BackupSaid.ABOUT_BACKUP, backup)
    attach(made, "restore", BackupSaid.ABOUT_RESTORE, restore)
    attach(made, "backup-key", BackupSaid.ABOUT_KEY, backup_key)


def init(
    ctx: typer.Context,
    *,
    session_listen: Annotated[str | None, _listen(Word.OPTION_LISTEN_SESSION)] = None,
    enrol_listen: Annotated[str | None, _listen(Word.OPTION_LISTEN_ENROL)] = None,
    console_listen: Annotated[str | None, _listen(Word.OPTION_LISTEN_CONSOLE)] = None,
    advertise: Annotated[str | None, typer.Option(metavar="NAME", help=say(Word.OPTION_ADVERTISE))] = None,
    expected_hosts: Annotated[str | None, typer.Option(metavar="N", help=say(Word.OPTION_HOSTS))] = None,
    database_url: Annotated[str | None, typer.Option(metavar="URL", help=say(Word.OPTION_DATABASE))] = None,
    state: State = None,
) -> None:
    """Make a state directory; what is there already stays."""
    from tramgac_collector import ownership
    from tramgac_collector.config import chosen
    from tramgac_collector.errors import CollectorError, SettingsError
    from tramgac_collector.initialise import initialise, settings_lost
    from tramgac_collector.paths import StatePaths

    listen = {"session_listen": session_listen, "enrol_listen": enrol_listen, "console_listen": console_listen}
    more = {"advertise": advertise, "expected_hosts": expected_hosts, "database_url": database_url}
    given = {name: value for name, value in (listen | more).items() if value is not None}
    paths = StatePaths(state_of(ctx, state))
    ownership.keep_private()
    try:
        lost = settings_lost(paths)
        made = initialise(paths, chosen(given), given)
    except SettingsError as error:
        raise Misuse(error.said()) from error
    except CollectorError as error:
        raise Failed(error.said()) from error
    if lost:
        _settings_anew(paths)
        return
    tell(Word.INITIALISED if made else Word.INITIALISED_BEFORE, state=paths.root)


def _settings_anew(paths: "StatePaths") -> None:
    from tramgac_collector.config import load

    now = load(paths)
    listens = {"session": now.session_listen, "enrol": now.enrol_listen, "console": now.console_listen}
    tell(Word.SETTINGS_ANEW, config=paths.config, **listens, advertise=now.advertise, state=paths.root)


def run(ctx: typer.Context, *, state: State = None) -> None:
    """Run all roles in the foreground."""
    from tramgac_collector import ownership, supervisor
    from tramgac_collector.api.exposure import check_listener, origin
    from tramgac_collector.config import address, load
    from tramgac_collector.errors import CollectorError
    from tramgac_collector.initialise import require
    from tramgac_collector.paths import StatePaths

    paths = StatePaths(state_of(ctx, state))
    ownership.keep_private()
    try:
        ownership.require_own(paths.root, "collector run")
        require(paths)
        settings = load(paths)
        check_listener(settings)
        url = origin(settings, address(settings.console_listen)[1])
        _aside(Word.STARTING, state=paths.root)
        status = supervisor.run(paths, lambda: _aside(Word.RUNNING, url=url))
    except CollectorError as error:
        raise Failed(error.said()) from error
    raise typer.Exit(status)


def _aside(word: Word, **params: object) -> None:
    """Say how it goes to whoever sits before it; a service's log is for programs."""
    if sys.stderr.isatty():
        sys.stderr.write(say(word, **params) + "\n")


def doctor(ctx: typer.Context, *, json: Json = False, state: State = None) -> None:
    """Look at everything; fails if something is not well."""
    from tramgac_collector.cli.doctor import findings
    from tramgac_collector.cli.doctor_names import called
    from tramgac_collector.paths import StatePaths

    found = [finding.as_json() for finding in findings(StatePaths(state_of(ctx, state)))]
    show(found, lambda row: ["✓" if row["ok"] else "✗", called(row["check"]), row["what"]], json=json)
    raise typer.Exit(0 if all(row["ok"] for row in found) else 1)


def firewall(
    ctx: typer.Context,
    *,
    each_second: Annotated[
        int, typer.Option(metavar="N", min=1, help=say(FirewallWord.OPTION_EACH_SECOND))
    ] = EACH_SECOND,
    at_once: Annotated[int, typer.Option(metavar="N", min=1, help=say(FirewallWord.OPTION_AT_ONCE))] = AT_ONCE,
    state: State = None,
) -> None:
    """Print rules for nftables that bound new connections of one address."""
    from tramgac_collector.config import address, load
    from tramgac_collector.errors import CollectorError
    from tramgac_collector.initialise import require
    from tramgac_collector.paths import StatePaths

    paths = StatePaths(state_of(ctx, state))
    try:
        require(paths)
        settings = load(paths)
    except CollectorError as error:
        raise Failed(error.said()) from error
    ports = [address(listen)[1] for listen in (settings.session_listen, settings.enrol_listen)]
    if not all(ports):
        raise Failed(say(FirewallWord.NO_PORT, config=paths.config))
    sys.stdout.write(rules(ports, each_second=each_second, at_once=at_once))


def ddl(cluster: Annotated[str, typer.Option(metavar="NAME", help=say(StoreWord.CLUSTER))]) -> None:
    """Print the event store's tables for a ClickHouse cluster."""
    from tramgac_collector.errors import CollectorError
    from tramgac_collector.events.cluster import ddl as statements

    try:
        sys.stdout.write("".join(f"{statement};\n" for statement in statements(cluster)))
    except CollectorError as error:
        raise Misuse(error.said()) from error
