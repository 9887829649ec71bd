"""Content of an author, for tests: rules compiled and signed for real."""

import io
import zipfile
from pathlib import Path

from backports import zstd
from tramgac_rules.authoring import build_bundle, gather, next_version, sign

SIGMA = """title: {title}
title_vi: Luật {title}
description_vi: Tìm một đoạn chữ
triage: [Read the command line, Ask the user]
falsepositives: [A test]
falsepositives_vi: [Kiểm thử]
id: {id}
level: {level}
tags: [attack.t1059]
logsource: {{category: process_creation, product: linux}}
detection:
  selection:
    CommandLine|contains: {what}
  condition: selection
"""

YARA = """rule {name} {{
    meta:
        title = "Bad script"
        title_vi = "Tập lệnh xấu"
        description = "A script with a bad word"
        description_vi = "Một tập lệnh có từ xấu"
        triage = "Read the script"
        triage = "Who wrote it?"
        level = "critical"
        id = "{id}"
        tags = "attack.execution,attack.t1059.004"
    strings:
        $bad = "{what}"
    condition:
        $bad
}}
"""


class Author:
    """Someone with a key, a folder of rules, and a repository."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rules = folder / "rules"
        self.rules.mkdir(parents=True)
        self.repository, self.keys = folder / "repository", folder / "keys"

    def sigma(self, what: str, *, number: int = 1, level: str = "high") -> str:
        """Write a rule that looks for a text in command lines; return its id."""
        name = f"00000000-0000-4000-8000-{number:012d}"
        text = SIGMA.format(title=f"Rule {number}", id=name, level=level, what=what)
        (self.rules / f"rule{number}.yml").write_text(text)
        return name

    def yara(self, what: str, name: str = "bad_script") -> None:
        """Write a rule that looks for a text in files."""
        (self.rules / f"{name}.yar").write_text(YARA.format(name=name, id=name, what=what))

    def listing(self, *values: str, name: str = "feed") -> None:
        """Write a list of indicators: `VALUE[,LEVEL[,NOTE[,EXPIRES]]]`; without values take it away."""
        path = self.folder / "lists" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("value,level,note,expires\n" + "".join(f"{value}\n" for value in values))
        if not values:
            path.unlink()

    def sign(self, *, marked: str = "", indicators: bytes | None = None) -> bytes:
        """Sign what is there, or `indicators` as they are; return the repository as a zip."""
        version = next_version(self.repository)
        built = build_bundle([self.rules], [self.rules], version, marked=marked)
        assert built.problems == ()
        listed = gather([self.folder / "lists"]).data if (self.folder / "lists").exists() else b""
        packed = zstd.compress(listed) if listed else b""
        parts = (built.bundle, built.about, built.sources)
        sign(self.repository, self.keys, *parts, indicators=indicators or packed)
        return self.zip()

    def zip(self) -> bytes:
        """Return the repository as a zip."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for path in sorted(self.repository.rglob("*")):
                if path.is_file():
                    archive.write(path, path.relative_to(self.repository).as_posix())
        return packed.getvalue()
