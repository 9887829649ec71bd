"""What a demo says: a JSON object a line, or lines for people."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import Any

from tramgac_collector.demo.lines import line, note


@dataclass(slots=True)
class Report:
    """Collects the checks and says each as it happens."""

    as_json: bool
    failed: list[str] = field(default_factory=list)

    def say(self, check: str, ok: bool, **facts: Any) -> bool:  # noqa: FBT001 - a check is its name and whether it held
        """Report one check; gives `ok` back."""
        if not ok:
            self.failed.append(check)
        if self.as_json:
            _write(json.dumps({"check": check, "ok": ok, **facts}, ensure_ascii=False, default=str))
        else:
            _write(f"{'✓' if ok else '✗'} {line(check, facts, ok=ok)}")
        return ok

    def tell(self, name: str, **facts: Any) -> None:
        """Tell people what goes on, or what came of it all; programs have the checks."""
        if not self.as_json:
            _write(f"· {note(name, facts)}")


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
