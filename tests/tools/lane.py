"""`./dev bench [NAME] [--quick]` and `./dev lab [NAME] [--quick]`: a row of JSON a figure.

Exit status 0 only if every row is ok; 2 for a name that is none. Listing needs nothing but Python.
"""

import ast
import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LANE = 'if __name__ == "__main__":\n    sys.exit'
_ITSELF = re.compile(r"^`\./dev [^`]*`: |; `\./dev [^`]*`.*$")


def names(kind: str) -> dict[str, str]:
    """What there is: the modules of tests/KIND that can be run, and what each says of itself."""
    texts = {file.stem: file.read_text("utf-8") for file in sorted((ROOT / "tests" / kind).glob("*.py"))}
    return {name: ast.get_docstring(ast.parse(text)) or "" for name, text in texts.items() if _LANE in text}


def listing(kind: str, known: dict[str, str]) -> str:
    """A line a lane: its name and what it shows."""
    width = max(map(len, known), default=0)
    rows = [f"  {name.ljust(width)}  {_ITSELF.sub('', about.splitlines()[0])}" for name, about in known.items()]
    return "\n".join([f"./dev {kind} NAME [--quick]   (--quick: the short form)", *rows, ""])


def main(kind: str, arguments: list[str]) -> int:
    """Run tests/KIND/NAME.py, or list what there is."""
    known = names(kind)
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(listing(kind, known))
        return 0
    name, *rest = arguments
    if name not in known:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        meant = f"; did you mean {close[0]}?" if close else "."
        sys.stderr.write(f"dev: {kind}: there is no lane {name!r}{meant}\n{listing(kind, known)}")
        return 2
    if rest and rest[0] in ("-h", "--help"):
        sys.stdout.write(known[name] + "\n")
        return 0
    takes = {"--quick", *re.findall(r"--[a-z-]+", known[name])}
    if odd := [word for word in rest if word.startswith("-") and word.partition("=")[0] not in takes]:
        sys.stderr.write(f"dev: {kind} {name} takes {', '.join(sorted(takes))}; it was given {' '.join(odd)}\n")
        return 2
    quiet = {"GRPC_VERBOSITY": "NONE", **os.environ}  # a killed server is a line for each of thousands of clients
    command = [sys.executable, "-m", f"tests.{kind}.{name}", *rest]
    return subprocess.run(command, cwd=ROOT, env=quiet, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
