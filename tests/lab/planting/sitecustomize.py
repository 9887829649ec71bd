"""Plants a bug in a program of ours, for a lane to find: Python imports this at its start, where PYTHONPATH says so.

TRAMGAC_LAB_PLANTED names the bug; it is in no process but the one that it is made for.
"""

import os
import sys


def _acknowledges_what_is_not_safe() -> None:
    """A gateway that syncs nothing: only a power cut shows it."""
    from tramgac_wire.fs import OsFileSystem

    OsFileSystem.sync = lambda _self, _handle: None  # type: ignore[method-assign]


def _forgets_what_is_not_acknowledged() -> None:
    """An uplink that takes what it has sent for acknowledged."""
    from tramgac_wire.agent_commands import Command, Forget
    from tramgac_wire.agent_session import AgentSession

    honest = AgentSession.sent

    def sent(self: AgentSession, lane: int, first: int, last: int, size: int, now: int) -> list[Command]:
        done = [Forget(self._hello.epoch, lane, last)] if last >= first else []
        return [*done, *honest(self, lane, first, last, size, now)]

    AgentSession.sent = sent  # type: ignore[method-assign]


def _goes_on_with_its_epoch_after_a_power_cut() -> None:
    """A spool that takes what it finds for all that there was."""
    from tramgac_agent.spool import Spool

    honest = Spool._begin

    def begin(self: Spool, boot: str, *, proven: bool) -> None:
        honest(self, boot, proven=proven or bool(self._books.epochs))

    Spool._begin = begin  # type: ignore[method-assign]


_BUGS = {
    "acknowledges what is not safe": ("gateway", _acknowledges_what_is_not_safe),
    "forgets what is not acknowledged": ("uplink", _forgets_what_is_not_acknowledged),
    "goes on with its epoch after a power cut": ("tests.lab.generator", _goes_on_with_its_epoch_after_a_power_cut),
}
_part, _plant = _BUGS.get(os.environ.get("TRAMGAC_LAB_PLANTED", ""), ("", None))
if _plant is not None and _part in sys.orig_argv:
    _plant()
