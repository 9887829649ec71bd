"""Sentences that agent and collector write in English about themselves, and send, in a person's language. Pure.

The page has the same (`dashboard/web/src/text/said.ts`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tramgac_wire.counted import fill
from tramgac_wire.said_words import Said

if TYPE_CHECKING:
    from collections.abc import Callable

SENTENCES: Final = (
    (r"^last heard at (?P<time>\S+); its stream is open$", Said.SILENT_OPEN),
    (r"^last heard at (?P<time>\S+); its stream ended$", Said.SILENT_ENDED),
    (r"^nothing since, and no last words$", Said.NOTHING_SINCE),
    (r"^(?P<n>\d+) hosts of site '(?P<site>.*)': (?P<why>.+)$", Said.HOSTS_OF_SITE),
    (r"^alive before, not alive now$", Said.BLIND),
    (r"^(?P<n>\d+) bytes at offset (?P<offset>\d+)$", Said.BYTES_AT),
    (r"^at offset (?P<offset>\d+)$", Said.AT),
    (r"^stopped by signal (?P<signal>\w+)$", Said.SIGNAL),
    (r"^the machine goes to sleep$", Said.SLEEP),
    (r"^stopped after an error of its own$", Said.OWN_ERROR),
    (r"^given up by the agent$", Said.GIVEN_UP),
    (r"^the collector's (?P<role>\w+): (?P<why>.+)$", Said.COLLECTOR_LOST),
    (r"^disk: (?P<why>.+)$", Said.DISK),
    (r"^does not load: (?P<why>.+)$", Said.DOES_NOT_LOAD),
    (r"^updater ended with (?P<why>.+)$", Said.UPDATER_ENDED),
    (r"^this host's clock is (?P<n>\d+) s ahead of the collector's;", Said.CLOCK_AHEAD),
    (r"^this host's clock is (?P<n>\d+) s behind the collector's;", Said.CLOCK_BEHIND),
    (r"^two agents with one identity take turns; the last is (?P<who>.+)\. Find the copy", Said.TWO_AGENTS),
    (r"^two collectors with one identity take turns; this host came from (?P<who>\w+):", Said.TWO_COLLECTORS),
    (r"^the first events of a spool's incarnation$", Said.EPOCH_NEW),
    (r"^lane (?P<lane>\d): sequences (?P<first>\d+) to (?P<last>\d+) are missing", Said.SEQUENCE_JUMP),
    (r"^lane (?P<lane>\d): under epoch \w+ other events are here up to sequence (?P<last>\d+)", Said.CHAIN_BROKEN),
    (r"^lane (?P<lane>\d): no chain is known at (?P<last>\d+)$", Said.CHECKPOINT_UNKNOWN),
    (r"^the checkpoint at sequence (?P<last>\d+) is not signed by the host's key$", Said.CHECKPOINT_FORGED),
    (r"^more than (?P<n>\d+) separate (?:gaps|losses were told)$", Said.TOO_MANY),
    (r"^a message of a kind that is not known here was passed over$", Said.UNKNOWN_MESSAGE),
    (r"^not permitted; needs root or (?P<rights>\S+)$", Said.NOT_PERMITTED),
    (r"^libbpf\.so\.1 not found; (?P<install>.+)$", Said.NO_LIBBPF),
    (r"^(?P<path>\S+) is missing; build the package again \(\./dev run\)$", Said.NO_PROGRAMS),
    (r"^this kernel tells nothing about its types; needs a kernel with (?P<option>\w+)$", Said.NO_TYPES),
    (r"^the ring's reader is proven on x86_64 only, not on (?P<machine>.+)$", Said.MACHINE),
    (r"^the ring cannot be mapped: (?P<why>.+)$", Said.RING),
    (r"^the kernel programs are not running$", Said.PROGRAMS_GONE),
    (r"^the kernel refuses (?P<what>[^:]+): (?P<why>.+)$", Said.KERNEL_REFUSES),
    (r"^(?P<what>\w+) cannot be attached: (?P<why>.+)$", Said.UNATTACHED),
    (r"^(?P<what>\w+) is not attached any more \((?P<why>.+)\)$", Said.DETACHED),
    (r"^scope: names a process, and the kernel programs can be narrowed to a control group only$", Said.SCOPE_PROCESS),
    (r"^scope: (?P<path>.+) is not in a mounted version 2 hierarchy \((?P<root>.+)\)$", Said.SCOPE_CGROUP),
    (r"^scope: names no mount, and fanotify watches whole file systems$", Said.SCOPE_MOUNT),
    (r"^scope: names no folder$", Said.SCOPE_FOLDER),
    (r"^scope: (?P<path>[^:]+): (?P<why>.+)$", Said.SCOPE_PLACE),
    (r"^no file system here can be watched$", Said.NO_FILE_SYSTEM),
    (r"^the notification group is gone: (?P<why>.+)$", Said.GROUP_GONE),
    (r"^(?P<n>\d+) marks are gone$", Said.MARKS_GONE),
    (r"^no folder with at most (?P<n>\d+) directories among (?P<what>.+)$", Said.FOLDERS_LARGE),
    (r"^folders cannot be watched: (?P<why>.+); raise fs\.inotify\.max_user_watches$", Said.FOLDERS),
    (r"^watchdog is not running$", Said.WATCHDOG),
    (r"^(?P<n>\d+) of watchdog's threads ended$", Said.WATCHDOG_THREADS),
    (r"^processes cannot be listed: (?P<why>.+)$", Said.NO_PROCESSES),
    (r"^no process is visible$", Said.NONE_VISIBLE),
    (r"^connections cannot be listed: (?P<why>.+)$", Said.NO_CONNECTIONS),
    (r"^its canary did not come through$", Said.CANARY),
    (r"^the canary could not be let out: (?P<why>.+)$", Said.NO_CANARY),
    (r"^was set up anew: (?P<why>.+)$", Said.ANEW),
    (r"^it failed: (?P<why>.+)$", Said.FAILED),
    (r"^files are watched in (?P<where>.+) alone, not (?P<left>.+)$", Said.WATCHED_NOT),
    (r"^files are watched in (?P<where>.+) alone$", Said.WATCHED_ALONE),
    (r"^files are not watched on (?P<where>.+) and (?P<n>\d+) more$", Said.UNWATCHED_MORE),
    (r"^files are not watched on (?P<where>.+)$", Said.UNWATCHED_ON),
    (r"^over its budget: (?P<n>[\d.]+) µs an event, (?P<allowed>\S+) are allowed$", Said.OVER_BUDGET),
)
"""Whole sentences; what a name stands for fills the hole of that name: `time` a moment, `why` a sentence itself."""

LONGEST: Final = 2_000
"""Longer texts stay as they are, characters."""
DEEPEST: Final = 3
"""Sentences within sentences."""
_KNOWN: Final = tuple((re.compile(pattern, re.ASCII), word) for pattern, word in SENTENCES)
_RUNG: Final = re.compile(r"(\w+): (.+)", re.ASCII)


def said(text: str, *, vietnamese: bool, moment: Callable[[str], str] = str, depth: int = DEEPEST) -> str:
    """Give the sentence in the language, or the text itself if it is none of ours; `moment` writes a time.

    A host may have made it up, so neither its length nor how deep sentences stand in it is without an end.
    """
    if not depth or len(text) > LONGEST:
        return text
    for pattern, word in _KNOWN:
        if found := pattern.search(text):
            shown = found.groupdict()
            if "time" in shown:
                shown["time"] = moment(shown["time"])
            if "why" in shown:
                shown["why"] = said(shown["why"], vietnamese=vietnamese, moment=moment, depth=depth - 1)
            return fill(word.vi if vietnamese else word.en, shown)
    return text


def reasoned(line: str, *, vietnamese: bool) -> str:
    """Give one line of a sensor's reasons, `RUNG: why it does not run`, in the language."""
    if found := _RUNG.fullmatch(line):
        return f"{found[1]}: {said(found[2], vietnamese=vietnamese)}"
    return said(line, vietnamese=vietnamese)
