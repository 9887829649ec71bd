"""Against fitting: a literal of ours that only one recording has is a name that the world knows, not that recording's.

Known is what public rules name too, and what is listed here: names of Windows itself and of tools. The even half of the
recordings is not read, for nothing was written on it.
"""

from collections import Counter
from pathlib import Path

import pytest
from ahocorasick_rs import AhoCorasick
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.pack import decode
from tramgac_rules.tree import atoms

from tests.lab import recordings

SHORTEST = 6  # characters: a shorter text says nothing of where it comes from
LONGEST = 4_000  # characters of a value that is looked at
WORDS = ("eq", "contains", "startswith", "endswith")
OURS = Path(__file__).parents[2] / "rules/content/sigma"
_KNOWN = r"""
%%1905 0x1080 0x1450 0x1480 .akamaiedge.net .in-addr.arpa .ip6.arpa \atsvc \autochk.exe \chakra.dll \cliconfg.exe
\concrt \cryptneturlcache\ \directinput\mostrecentapplication\ \environment\__pslockdownpolicy
\firewallpolicy\firewallrules\ \firewallrules\ \ieak\grouppolicy\pendinggpos\ \initshutdown initshutdown
\lanmanserver\parameters\nullsessionpipes \lsm_api \mcx2prov.exe \msedge.dll \nc64.exe \ntwdblib.dll \pagefile.sys
\securityproviders\wdigest\uselogoncredential \swapfile.sys \system32\cliconfg.exe \system32\sysprep\sysprep.exe
\system32\taskeng.exe \system32\usoclient.exe \tapsrv \taskeng.exe \termsrv \wsqmcons.exe controlpanelapplet
e3514235-4b06-11d1-ab04-00c04fc2dcd2/ 4500760065006e0074004c006f0067002f0034 gplink healthmailbox ms_t120 plugplay
microsoft-windows-remotedesktopservices-rdpcorets/operational usoclient
"""
KNOWN = frozenset({*_KNOWN.split(), "image is locked"})
"""Rights, results and interfaces as Windows writes them, its programs, keys, pipes and services; a well-known tool."""


def literals():
    """What our rules look for, in lower case."""
    found = (atom for logic in decode(compile_rules([OURS]).pack) for atom in atoms(logic.condition))
    texts = {atom.value.lower() for atom in found if atom.op in WORDS and isinstance(atom.value, str)}
    return sorted(text for text in texts if len(text) >= SHORTEST)


def texts(recording):
    """Every distinct value of a recording, in lower case."""
    found = set()
    for entry in recording.entries():
        for value in entry.record.fields.values() if entry.record else ():
            found.update((value,) if isinstance(value, str) else value)
    return "\n".join(text.lower() for text in found if len(text) < LONGEST)


@pytest.mark.slow  # it reads half of all recordings
@pytest.mark.data
@pytest.mark.timeout(600)
def test_what_only_one_recording_has_is_known_to_the_world(data_folder):
    ours = literals()
    search = AhoCorasick(ours)
    seen = Counter()
    for recording in (*recordings.labelled(data_folder), *recordings.samples(data_folder)):
        if recording.odd:
            found = search.find_matches_as_indexes(texts(recording), overlapping=True)
            seen.update({number for number, *_ in found})
    assert len(seen) > 300
    public = "\n".join(path.read_text("utf-8", "replace").lower() for path in (data_folder / "sigma").rglob("*.yml"))
    once = [ours[number] for number, times in seen.items() if times == 1]
    named = {text for text in once if text in public or text.replace("\\", "\\\\") in public}
    assert set(once) - named - KNOWN == set()
