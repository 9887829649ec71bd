"""`./dev lab [NAME] [--quick]`: one row of JSON a figure (design: section on commands); exit status 0 only if every row is ok."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "lab"


def main(arguments: list[str]) -> int:
    """Run tests/lab/NAME.py, or list what there is."""
    names = sorted(p.stem for p in FOLDER.glob("*.py") if "def main(" in p.read_text("utf-8") and "--quick" in p.read_text("utf-8"))
    if not arguments or arguments[0] not in names:
        print("\n".join(names) or "nothing yet", file=sys.stderr)
        return 2 if arguments else 0
    name, *rest = arguments
    return subprocess.run([sys.executable, "-m", f"tests.{FOLDER.name}.{name}", *rest], cwd=FOLDER.parents[1], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
