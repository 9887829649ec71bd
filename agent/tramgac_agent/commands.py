"""The commands of `tramgac-agent`: enrol, run, doctor, install, uninstall."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tramgac_agent import VERSION, words
from tramgac_agent import help_words as about
from tramgac_agent.config import AgentConfig, load
from tramgac_agent.errors import AgentError, ConfigError, IdentityError, NotEnrolled
from tramgac_agent.paths import INSTALLED, advised, default_state
from tramgac_agent.usage import Parser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; messages for people go to standard error, answers to standard output.

    The exit status: 0 fine, 1 it failed, 2 misuse.
    """
    # Else gRPC's core tells of each connection that failed in lines of its own. Why it failed we find out by ourselves
    # (tls.diagnose), and say it with advice.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    options, odd = parser().parse_known_args(arguments)
    if odd:
        options.parser.surplus(odd)
    try:
        return int(options.command(options))
    except ConfigError as error:
        return _fail(str(error), 2)
    except AgentError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(words.STATE.say(path=error.filename or options.state, why=error.strerror or error))


def _say(text: str) -> int:
    sys.stdout.write(text + "\n")
    return 0


def _fail(text: str, status: int = 1) -> int:
    sys.stderr.write(text + "\n")
    return status


def parser() -> argparse.ArgumentParser:
    """The command line, in the reader's language."""
    top = Parser("tramgac-agent", description=about.ABOUT.say())
    top.add_argument("--version", action="version", version=VERSION, help=about.VERSION.say())
    commands = top.add_subparsers(required=True, title=about.COMMANDS.say(), metavar=about.COMMAND.say())
    enrol = _command(commands, "enrol", _enrol, about.ENROL)
    enrol.add_argument("--ticket", required=True, help=about.TICKET.say())
    _run_options(_command(commands, "run", _run, about.RUN))
    doctor = _command(commands, "doctor", _doctor, about.DOCTOR)
    doctor.add_argument("--json", action="store_true", help=about.JSON.say())
    for name, work, text in (("install", _install, about.INSTALL), ("uninstall", _uninstall, about.UNINSTALL)):
        command = _command(commands, name, work, text)
        command.add_argument("--root", type=Path, metavar="DIR", help=about.ROOT.say())
    return top


def _run_options(run: argparse.ArgumentParser) -> None:
    run.add_argument("--part", choices=("all", "sensor", "uplink"), default="all", help=about.PART.say())
    run.add_argument("--parent", type=int, default=0, help=argparse.SUPPRESS)
    run.add_argument("--scope-cgroup", metavar="PATH", help=about.SCOPE_CGROUP.say())
    run.add_argument("--scope-process", metavar="PID", type=int, help=about.SCOPE_PROCESS.say())
    for name, text in (
        ("mount", about.SCOPE_MOUNT),
        ("folder", about.SCOPE_FOLDER),
        ("exclude", about.SCOPE_EXCLUDE),
    ):
        run.add_argument(f"--scope-{name}", metavar="DIR", action="append", default=[], help=text.say())


def _command(
    commands: argparse._SubParsersAction[Parser], name: str, work: Callable[[argparse.Namespace], int], text: words.Text
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text.say(), description=text.say())
    command.add_argument(
        "--state",
        type=Path,
        default=None,
        metavar="DIR",
        help=about.STATE.say(default=str(INSTALLED).replace("%", "%%")),
    )
    command.set_defaults(command=work, parser=command)
    return command


def _state(options: argparse.Namespace) -> Path:
    return Path(options.state or default_state()).absolute()


def _enrol(options: argparse.Namespace) -> int:
    from tramgac_agent.enrol import enrol, read_ticket
    from tramgac_agent.privileges import lay_out

    config = load(_state(options))
    try:
        text = read_ticket(options.ticket)
    except OSError as error:
        why = words.TICKET_FILE.say(path=f"{options.ticket:.80}", why=error.strerror or error)
        return _fail(words.NOT_TICKET.say(why=why), 2)
    done = enrol(config.paths, text)
    lay_out(config.paths, config.uplink_user)
    if done.clock_hours:
        side = (words.AHEAD if done.clock_hours > 0 else words.BEHIND).say()
        _fail(words.CLOCK_OFF.say(hours=round(abs(done.clock_hours), 1), side=side))
    then = {name: advised(name, config.state) for name in ("run", "install")}
    return _say(words.ENROLLED.say(host=done.host, **then))


def _run(options: argparse.Namespace) -> int:
    """Parts end with 2 when starting them again cannot help."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    config = _scoped(load(_state(options)), options)
    scope = config.scope
    absent = [path for path in (scope.cgroup, *scope.folders) if path and not Path(path).is_dir()]
    absent += [path for path in scope.mounts if not os.path.ismount(path)]
    if absent:
        return _fail(words.NO_SCOPE.say(paths=", ".join(absent)), 2)
    if scope.process and not options.parent and not _lives(scope.process):
        return _fail(words.NO_PROCESS.say(pid=scope.process), 2)
    if options.part != "sensor" and not options.parent:
        _require_enrolled(config)
    from tramgac_agent.supervise import alone

    with alone(config, options.part) as ours:
        if not ours:
            return _fail(words.BUSY.say(path=config.state))
        try:
            return _part(config, options)
        except NotEnrolled as error:
            return _fail(str(error), 2 if options.parent else 1)


def _require_enrolled(config: AgentConfig) -> None:
    """Raise NotEnrolled before anything is made where no agent is; an identity that is damaged is told when used."""
    from tramgac_agent import identity

    with suppress(IdentityError):
        identity.load(config.paths)


def _lives(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid)


def _part(config: AgentConfig, options: argparse.Namespace) -> int:
    from tramgac_agent.parent import end_with_parent

    if options.part == "all":
        return _both(config, options)
    os.umask(0o027)
    if options.parent:
        end_with_parent(options.parent)
    if options.part == "uplink":
        from tramgac_agent import uplink

        return uplink.run(config, options.parent)
    from tramgac_agent import sensor

    return sensor.run(config)


def _both(config: AgentConfig, options: argparse.Namespace) -> int:
    from tramgac_agent import identity
    from tramgac_agent.privileges import lay_out
    from tramgac_agent.supervise import Supervisor, part_command

    identity.load(config.paths)
    lay_out(config.paths, config.uplink_user)
    return Supervisor(config, part_command(str(config.state), _scope_options(options))).run()


def _scoped(config: AgentConfig, options: argparse.Namespace) -> AgentConfig:
    """Options of the command line go before config.toml."""
    given = {
        "cgroup": options.scope_cgroup,
        "process": options.scope_process,
        "mounts": tuple(options.scope_mount),
        "folders": tuple(options.scope_folder),
        "exclude": tuple(options.scope_exclude),
    }
    return replace(config, scope=replace(config.scope, **{name: value for name, value in given.items() if value}))


def _scope_options(options: argparse.Namespace) -> list[str]:
    """The same options again, for the parts."""
    found: list[str] = []
    for name in ("cgroup", "process"):
        if value := getattr(options, f"scope_{name}"):
            found += [f"--scope-{name}", str(value)]
    for name in ("mount", "folder", "exclude"):
        for value in getattr(options, f"scope_{name}"):
            found += [f"--scope-{name}", value]
    return found


def _doctor(options: argparse.Namespace) -> int:
    from tramgac_agent import doctor

    with suppress(BrokenPipeError):
        return doctor.run(load(_state(options)), as_json=options.json)
    return 1


def _install(options: argparse.Namespace) -> int:
    from tramgac_agent.install import install

    return _say(install(load(_state(options)), options.root))


def _uninstall(options: argparse.Namespace) -> int:
    from tramgac_agent.install import uninstall

    return _say(uninstall(load(_state(options)), options.root))
