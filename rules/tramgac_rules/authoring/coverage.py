"""What a rule set covers: how many rules of each level, tag and log source, and how many look at nothing we have."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tramgac_rules.rule import Rule
from tramgac_rules.sources import routes


@dataclass(frozen=True, slots=True)
class Coverage:
    """Numbers of rules. `techniques`: by ATT&CK id, as T1059.001. `blind`: no event has their log source."""

    rules: int
    levels: Mapping[str, int] = field(default_factory=Counter)
    tags: Mapping[str, int] = field(default_factory=Counter)
    techniques: Mapping[str, int] = field(default_factory=Counter)
    sources: Mapping[str, int] = field(default_factory=Counter)
    blind: int = 0


def coverage(rules: Iterable[Rule]) -> Coverage:
    """Count the rules of a judge (`judge.rules.values()`)."""
    known = list(rules)
    tags = Counter(tag for rule in known for tag in rule.tags)
    names = {tag: tag.removeprefix("attack.").upper() for tag in tags if tag.startswith("attack.t")}
    sources = Counter(
        "/".join(part or "*" for part in (rule.logsource.product, rule.logsource.category, rule.logsource.service))
        for rule in known
    )
    return Coverage(
        rules=len(known),
        levels=Counter(rule.level for rule in known),
        tags=tags,
        techniques=Counter({name: tags[tag] for tag, name in names.items() if name[1:5].isdigit()}),
        sources=sources,
        blind=sum(not routes(rule.logsource) for rule in known),
    )
