"""Readers of what others wrote, under hostile bytes; `./dev lab fuzz [--quick] [--only=TARGET] [--seconds=N]`.

Rules, compiled rule sets, agents' events, event logs, JSON, lists and sets of indicators (tests/lab/fuzzing.py), each
in a process of its own, guided by coverage (atheris) where that is installed; otherwise seeds are mutated blindly, and
that is said. A find is kept in tests/rules/finds/TARGET, where the suite tries it from then on. `--quick`: 10 seconds
each instead of 120.
"""

import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.lab.rows import note, row

SECONDS, QUICK = 120, 10
HANGS = 20  # seconds that one input may take
MEMORY = 2_048  # megabytes
_DONE = re.compile(r"Done (\d+)|^#(\d+)\s", re.MULTILINE)
_CRASH = re.compile(r"(?:crash|timeout|oom)-[0-9a-f]{40}")


def guided(name: str, seconds: int, folder: str) -> None:
    """Fuzz by coverage; does not return. What it finds goes into the folder."""
    import atheris

    with atheris.instrument_imports(include=["tramgac_rules", "tramgac_collector.matching"]):
        from tests.lab import fuzzing
    corpus = Path(folder, "corpus")
    corpus.mkdir()
    for number, seed in enumerate(fuzzing.seeds(name)):
        (corpus / str(number)).write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-timeout={HANGS}", f"-rss_limit_mb={MEMORY}", "-max_len=16384"]
    atheris.Setup(["fuzz", *limits, f"-artifact_prefix={folder}/", str(corpus)], fuzzing.TARGETS[name])
    atheris.Fuzz()


def blind(name: str, seconds: int, folder: str) -> None:
    """Mutate seeds without looking; what it finds goes into the folder."""
    from tests.lab import fuzzing

    chance, seeds = random.Random(), list(fuzzing.seeds(name))
    end, runs = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data = mutated(chance, seeds)
        path = Path(folder, f"crash-{runs:040x}")
        path.write_bytes(data)  # before: a process that is killed leaves it
        fuzzing.TARGETS[name](data)
        path.unlink()
        runs += 1
    note(f"Done {runs} runs")


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """A seed with a few bytes changed, put in, taken out, doubled, or its end from another one."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0 if at < len(data):
                data[at] = chance.randrange(256)
            case 1:
                data[at:at] = chance.randbytes(chance.choice((1, 2, 8)))
            case 2:
                del data[at : at + chance.choice((1, 4, 64))]
            case 3:
                data[at:at] = data[at : at + chance.choice((4, 64, 1_024))]
            case 4:
                other = chance.choice(seeds)
                data[at:] = other[chance.randrange(len(other) + 1) :]
            case _:
                data[at:at] = chance.choice(
                    (b"\x00", b"\xff" * 4, b"\xc3", b"{", b"[", b": ", b"- ", b"&a ", b"*a", b"\n")
                )
    return bytes(data[:16_384])


def fuzzed(name: str, seconds: int) -> bool:
    """One target, in a process of its own."""
    from tests.lab.fuzzing import FINDS

    how = "guided" if importlib.util.find_spec("atheris") else "blind"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.lab.fuzz", f"--{how}", name, str(seconds), folder]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        finds = sorted(path for path in Path(folder).iterdir() if _CRASH.fullmatch(path.name))
        for path in finds:
            (FINDS / name).mkdir(parents=True, exist_ok=True)
            kept = FINDS / name / path.name[-12:]
            kept.write_bytes(path.read_bytes())
            note(f"{name}: {path.name} is kept as {kept.relative_to(FINDS.parents[2])}")
    if done.returncode:
        note(done.stderr[-3_000:])
    runs = max((int(first or second) for first, second in _DONE.findall(done.stderr)), default=0)
    faults = max(len(finds), int(done.returncode != 0 or not runs))
    return row("fuzz", f"{name}: faults", faults, f"in {runs} runs, {how}", at_most=0)


def main(arguments: list[str]) -> int:
    """All targets; 0 if none has a fault."""
    if arguments and arguments[0] in ("--guided", "--blind"):
        way, name, seconds, folder = arguments
        (guided if way == "--guided" else blind)(name, int(seconds), folder)
        return 0
    from tests.lab.fuzzing import TARGETS

    if not importlib.util.find_spec("atheris"):
        note("lab fuzz: atheris is not installed (it has no wheel for this machine?): seeds are mutated blindly")
    told = dict(argument.removeprefix("--").partition("=")[::2] for argument in arguments)
    seconds = int(told.get("seconds") or (QUICK if "quick" in told else SECONDS))
    names = [told["only"]] if "only" in told else list(TARGETS)
    if unknown := set(names) - TARGETS.keys():
        sys.stderr.write(f"lab fuzz: there is no {', '.join(unknown)}; there are {', '.join(TARGETS)}\n")
        return 2
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    good = [fuzzed(name, seconds) for name in names]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
