"""`./dev bench [NAME] [--quick]` and `./dev lab [NAME] [--quick]`: a row of JSON a figure.

Exit status 0 only if every row is ok; 2 for a name that is none.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def names(kind: str) -> list[str]:
    """What there is: the modules of tests/KIND that can be run."""
    files = (ROOT / "tests" / kind).glob("*.py")
    return sorted(file.stem for file in files if 'if __name__ == "__main__":\n    sys.exit' in file.read_text("utf-8"))


def main(kind: str, arguments: list[str]) -> int:
    """Run tests/KIND/NAME.py, or list what there is."""
    known = names(kind)
    if not arguments or arguments[0] not in known:
        sys.stderr.write("\n".join(known or ["nothing yet"]) + "\n")
        return 2 if arguments else 0
    name, *rest = arguments
    return subprocess.run([sys.executable, "-m", f"tests.{kind}.{name}", *rest], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
