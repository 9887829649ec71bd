"""Makes the table of ATT&CK that rules' tags are checked with: `python -m tests.tools.attack_table SOURCE VERSION`.

SOURCE is MITRE's STIX bundle (`enterprise-attack.json` of github.com/mitre-attack/attack-stix-data), or the form in
which github.com/MISP/misp-galaxy has it (`clusters/mitre-attack-pattern.json`); only the enterprise domain is taken.
Names and ids are MITRE's (NOTICE).
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backports import zstd

TARGET = Path(__file__).parents[2] / "rules/tramgac_rules/authoring/attack.json.zst"
DOMAIN = "enterprise"
# The order of the matrix, and the one tactic that was divided: what a tag of before means now.
MATRIX = (
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "stealth",
    "defense-impairment",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
)
DIVIDED = {"defense-evasion": ["stealth", "defense-impairment"]}
_LINK = re.compile(r"attack\.mitre\.org/techniques/(T\d{4})(?:/(\d{3}))?")
_DEPRECATED = re.compile(r"deprecated (due|and)|been deprecated")
_PLATFORMS = ("Windows", "Linux")  # that we watch


@dataclass(frozen=True, slots=True)
class Pattern:
    """A technique as a source has it. `gone`: "revoked" or "deprecated"; `instead`: keys or ids of its successors."""

    key: str
    id: str
    name: str
    tactics: tuple[str, ...]
    platforms: tuple[str, ...]
    gone: str = ""
    instead: tuple[str, ...] = ()


def of_stix(bundle: dict[str, Any]) -> Iterator[Pattern]:
    """Yield the techniques of a STIX bundle."""
    replaced = {
        one["source_ref"]: one["target_ref"]
        for one in bundle["objects"]
        if one["type"] == "relationship" and one["relationship_type"] == "revoked-by"
    }
    for one in bundle["objects"]:
        if one["type"] != "attack-pattern":
            continue
        number = next(r["external_id"] for r in one["external_references"] if r["source_name"] == "mitre-attack")
        phases = [p["phase_name"] for p in one.get("kill_chain_phases", ()) if p["kill_chain_name"] == "mitre-attack"]
        gone = "revoked" if one.get("revoked") else "deprecated" if one.get("x_mitre_deprecated") else ""
        instead = (replaced[one["id"]],) if one["id"] in replaced else _linked(one.get("description", ""), gone)
        platforms = tuple(name for name in _PLATFORMS if name in one.get("x_mitre_platforms", ()))
        yield Pattern(one["id"], number, one["name"], tuple(phases), platforms, gone, instead)


def of_misp(cluster: dict[str, Any]) -> Iterator[Pattern]:
    """Yield the enterprise techniques of a MISP galaxy cluster; `attack-PLATFORM:TACTIC` says which they are."""
    for one in cluster["values"]:
        phases = [p.removeprefix("attack-") for p in one["meta"].get("kill_chain", ()) if p.startswith("attack-")]
        if not phases:
            continue
        said = one["description"]
        gone = "revoked" if one.get("revoked") else "deprecated" if _DEPRECATED.search(said[:300]) else ""
        revoked = tuple(r["dest-uuid"] for r in one.get("related", ()) if r["type"] == "revoked-by")
        number = one["meta"]["external_id"]
        name = one["value"].removesuffix(f" - {number}")
        tactics = tuple(dict.fromkeys(phase.partition(":")[2] for phase in phases))
        platforms = tuple(name for name in _PLATFORMS if any(phase.startswith(f"{name}:") for phase in phases))
        yield Pattern(one["uuid"], number, name, tactics, platforms, gone, revoked or _linked(said, gone))


def table(source: dict[str, Any], version: str, told: str) -> dict[str, Any]:
    """The table: techniques in force, and what stands for those that are not."""
    patterns = list(of_misp(source) if "values" in source else of_stix(source))
    ids = {pattern.key: pattern.id for pattern in patterns}
    gone = {pattern.id: pattern for pattern in patterns if pattern.gone}

    def now(number: str, seen: frozenset[str] = frozenset()) -> list[str]:
        if number not in gone:
            return [number]
        following = [ids.get(key, key) for key in gone[number].instead]
        return [last for one in following if one not in seen for last in now(one, seen | {number})]

    shorts = [short for short in MATRIX if any(short in pattern.tactics for pattern in patterns)]
    return {
        "version": version,
        "domain": DOMAIN,
        "source": told,
        "licence": "(c) 2026 The MITRE Corporation, reproduced and distributed with its permission; see NOTICE",
        "tactics": shorts,
        "divided": DIVIDED,
        "techniques": {
            p.id: [p.name, sorted(p.tactics, key=MATRIX.index), list(p.platforms)]
            for p in sorted(patterns, key=lambda p: p.id)
            if not p.gone
        },
        "older": {number: [gone[number].name, gone[number].gone, now(number)] for number in sorted(gone)},
    }


def _linked(text: str, gone: str) -> tuple[str, ...]:
    """Return the techniques that the text of a deprecated one asks to use instead."""
    if gone != "deprecated" or "use" not in text[:200]:
        return ()
    sentence = text[text.index("use") :].partition("\n")[0]
    return tuple(dict.fromkeys(".".join(filter(None, found.groups())) for found in _LINK.finditer(sentence)))


def main(arguments: list[str]) -> None:
    """Write the table of a source."""
    path, version = arguments
    made = table(json.loads(Path(path).read_text("utf-8")), version, f"ATT&CK v{version}, {Path(path).name}")
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(zstd.compress(text.encode(), level=19))
    counts = {name: len(made[name]) for name in ("tactics", "techniques", "older")}
    sys.stdout.write(f"{TARGET}: {TARGET.stat().st_size} bytes, {counts}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
