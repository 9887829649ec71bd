"""`tramgac-agent install` and `uninstall`: two hardened systemd services, sensor and uplink apart."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from tramgac_agent import words
from tramgac_agent.errors import InstallError
from tramgac_agent.privileges import lay_out, require_readable

if TYPE_CHECKING:
    from tramgac_agent.config import AgentConfig

UNITS: Final = ("tramgac-uplink.service", "tramgac-sensor.service")
SYSTEMD: Final = Path("etc/systemd/system")
SYSUSERS: Final = Path("etc/sysusers.d/tramgac.conf")
RUNS: Final = Path("/run/systemd/system")
"""This folder exists where systemd is the service manager: sd_booted(3)."""

_STATE: Final = re.compile(r'^ExecStart=.* --state "((?:[^"\\]|\\.)*)"', re.MULTILINE)
_ESCAPED: Final = re.compile(r"[\\%$](.)")
"""What `_quoted` doubles, or puts a backslash before."""


def install(config: AgentConfig, root: Path | None, python: str = sys.executable) -> str:
    """Write the units and the user's definition, and start them where systemd runs; a sentence says what was done.

    Args:
        config: Settings; the units name its state folder.
        root: Write below this folder and start nothing; None: this machine.
        python: The interpreter that has the agent.

    Raises InstallError; Unreadable where the uplink's user could not load the program, before anything is written.
    """
    top = _top(root)
    if root is None:
        require_readable(config.uplink_user, python)
    texts = {SYSTEMD / name: render(name, config, python) for name in UNITS}
    user = config.uplink_user
    texts[SYSUSERS] = f'u {user} - "Tram Gac uplink" "{config.state}"\n'
    for place, text in texts.items():
        path = top / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        except OSError as error:
            raise InstallError(words.STATE.say(path=path, why=error.strerror)) from error
    if root is None:
        _make_user(user)
        lay_out(config.paths, user)
    if root is None and RUNS.is_dir():
        _systemctl("daemon-reload")
        _systemctl("enable", "--now", *UNITS)
        return words.UNITS_STARTED.say(units=", ".join(UNITS))
    return words.UNITS_WRITTEN.say(units=", ".join(str(top / SYSTEMD / name) for name in UNITS))


def uninstall(config: AgentConfig, root: Path | None) -> str:
    """Stop the services and remove what install wrote; state and user stay. Raises InstallError.

    The state folder that is named is the one that the services had, wherever `config` looks.
    """
    top = _top(root)
    places = [place for place in (*(SYSTEMD / name for name in UNITS), SYSUSERS) if (top / place).exists()]
    if not places:
        return words.NOT_INSTALLED.say(root=top)
    state = next((found for place in places if (found := _state_in(top / place))), str(config.state))
    if root is None and RUNS.is_dir():
        _systemctl("disable", "--now", *UNITS)
    for place in places:
        (top / place).unlink()
    if root is None and RUNS.is_dir():
        _systemctl("daemon-reload")
    return words.UNITS_REMOVED.say(units=", ".join(str(top / place) for place in places), state=state)


def render(name: str, config: AgentConfig, python: str) -> str:
    """A unit's text."""
    template = resources.files("tramgac_agent").joinpath("units", name).read_text("utf-8")
    homes = any(Path(python).is_relative_to(home) for home in ("/home", "/root", "/run/user"))
    return Template(template).substitute(
        python=_quoted(python),
        state=_quoted(str(config.state)),
        user=config.uplink_user,
        group=config.uplink_user,
        protect_home="read-only" if homes else "yes",
    )


def _quoted(path: str) -> str:
    """A path inside double quotes of a unit: systemd.syntax(7), with % and $ doubled. Raises InstallError."""
    if not path.startswith("/") or not path.isprintable():
        raise InstallError(words.ODD_PATH.say(path=path))
    return path.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")


def _state_in(unit: Path) -> str:
    """The state folder that a unit of ours names; "" if it names none, as after a change by hand."""
    try:
        found = _STATE.search(unit.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return _ESCAPED.sub(r"\1", found[1]) if found else ""


def _top(root: Path | None) -> Path:
    if sys.platform == "win32":
        raise InstallError(words.NO_SERVICES.say())
    if root is None and os.geteuid() != 0:
        raise InstallError(words.NEED_ROOT.say())
    return root or Path("/")


def _make_user(name: str) -> None:
    """Make the uplink's user by systemd-sysusers(8), else useradd(8). Raises InstallError."""
    if sysusers := shutil.which("systemd-sysusers"):
        _call([sysusers, f"/{SYSUSERS}"])
    elif useradd := shutil.which("useradd"):
        from tramgac_agent.privileges import user_id

        if user_id(name) is None:
            _call([useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name])


def _systemctl(*arguments: str) -> None:
    _call(["systemctl", *arguments])


def _call(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.SubprocessError) as error:
        why = getattr(error, "stderr", "") or error
        raise InstallError(words.SYSTEMCTL.say(command=" ".join(command), why=str(why).strip())) from error
