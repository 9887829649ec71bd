"""What YARA in its confined child costs, and that bombs stay in it; `./dev bench yara [--quick]`.

The rules are ours. Files are 4 kB scripts, as most of what a fleet sends; the bombs are rules and files that made YARA
run for minutes, or want gigabytes, in spite of its own limits. Beside the child runs YARA in this process. Speeds are
of processor time, parent's and child's together.
"""

import gc
import mmap
import os
import random
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yara
from tramgac_scan import client
from tramgac_scan.client import Limits, Scanner, YaraSource
from tramgac_scan.outside import EXTERNALS
from tramgac_scan.shelf import Shelf

from tests.lab.rows import row

CONTENT = Path(__file__).parents[2] / "rules/content/yara"
NONE = dict.fromkeys(EXTERNALS, "")
HALF = "\n".join(
    f"rule r{n} {{ strings: $a = {{ 6? ?? {'6? ' * (n % 8 + 1)} ?? 6? }} condition: #a > {n} }}" for n in range(2_000)
)
BOMBS = {
    "a pattern that YARA's own timeout does not stop": (
        "rule r { strings: $a = /a.{0,1000}b.{0,1000}c.{0,1000}d/s condition: $a }",
        b"ab" * 20_000,
    ),
    "nested loops in a condition": (
        "rule r { condition: uint8(0) == 0x78 and for all i in (1..99999) : (for all j in (1..99999) : (i + j > 0)) }",
        b"x" * 4_096,
    ),
    "2,000 patterns of half wildcards on 100 kB": (HALF, b"a" * 100_000),
    "a string of one letter on 10 MB": ('rule r { strings: $a = "a" condition: #a > 10 }', b"a" * 10_000_000),
    "nested repetition": ("rule r { strings: $a = /x(a+)+b/ condition: $a }", b"x" + b"a" * 400_000),
}


def script(draw: random.Random, size: int) -> bytes:
    """A script of ordinary lines, another each time."""
    words = ["curl", "if", "then", "echo", "for", "done", "grep", "chmod", "export", "local", "$1", "/usr/bin", "/etc"]
    lines = b"#!/bin/sh\n"
    while len(lines) < size:
        lines += " ".join(draw.choices(words, k=8)).encode() + b" # %x\n" % draw.getrandbits(64)
    return lines[:size]


@contextmanager
def memfd(content: bytes) -> Iterator[int]:
    """A descriptor of these bytes."""
    fd = os.memfd_create("sample")
    try:
        os.write(fd, content)
        yield fd
    finally:
        os.close(fd)


def resident() -> float:
    """Resident memory of this process, MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * mmap.PAGESIZE / 1e6


class Bench:
    """The rows so far."""

    def __init__(self) -> None:
        self.bad = 0

    def row(self, what: str, value: float, unit: str, **limits: float) -> None:
        """Print one figure; see rows.row."""
        self.bad += not row("yara", what, round(value, 3), unit, **limits)


def spent() -> float:
    """Processor time of this process and of children that have ended, s: what others do meanwhile does not count."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def starting(bench: Bench, sources: list[YaraSource]) -> None:
    """What it takes until a child is ready, with rules to compile and with rules compiled before."""
    times: dict[str, list[float]] = {"rules": [], "none": []}
    began = spent()
    Scanner(sources).close()
    first = spent() - began
    for _ in range(5):
        for name, given in (("rules", sources), ("none", [])):
            began = spent()
            Scanner(given).close()
            times[name].append(spent() - began)
    bench.row("a child is ready", 1e3 * min(times["none"]), "ms", at_most=100, target=50)
    bench.row("a child is ready, our rules compiled", 1e3 * first, "ms", at_most=1_000, target=500)
    bench.row("a child is ready, our rules from the shelf", 1e3 * min(times["rules"]), "ms", at_most=200, target=100)


def files(bench: Bench, sources: list[YaraSource], count: int) -> None:
    """Files a second of one core, parent and child together, and what the child adds to YARA itself."""
    draw = random.Random(2)
    rules = yara.compile(sources={source.path: source.source for source in sources}, externals=NONE)
    for size, many, least in ((4_096, count, 250), (65_536, count // 8, 10)):
        contents = [script(draw, size) for _ in range(many)]
        began = spent()
        for content in contents:
            rules.match(data=content, externals=NONE)
        inside = spent() - began
        began = spent()
        with Scanner(sources, Limits(scans=10 * many)) as scanner:
            for content in contents:
                with memfd(content) as fd:
                    scanner.scan(fd)
        outside = spent() - began
        what = f"of {size // 1024} kB"
        bench.row(f"files {what} a second", many / outside, "1/s", at_least=least, target=500)
        bench.row(f"a file {what}, as a ratio to YARA in process", outside / inside, "", at_most=2)
    texts = [script(draw, 300).decode() for _ in range(4 * count)]
    began = spent()
    with Scanner(sources, Limits(scans=10 * len(texts))) as scanner:
        for at in range(0, len(texts), 200):
            part = texts[at : at + 200]
            scanner.scan_texts(part, [str(at + place) for place in range(len(part))])
    bench.row("texts of 300 characters a second", len(texts) / (spent() - began), "1/s", at_least=1_000)


def bombs(bench: Bench, sources: list[YaraSource], seconds: int) -> None:
    """Each bomb ends in its time and its memory, and the next file is looked at."""
    good = YaraSource("good.yar", 'rule good { strings: $a = "hello" condition: $a }')
    before = resident()
    for name, (rule, content) in BOMBS.items():
        with Scanner([YaraSource("bomb.yar", rule), good], Limits(seconds=seconds)) as scanner:
            with memfd(content) as fd:
                began = time.perf_counter()
                result = scanner.scan(fd, key="bomb")
                took = time.perf_counter() - began
            with memfd(b"hello") as fd:
                after = [hit.rule for hit in scanner.scan(fd).hits]
        said = result.refused or f"{sum(len(hit.strings) for hit in result.hits)} places told"
        bench.row(f"{name}: {said}, after", took, "s", at_most=seconds + 4, target=seconds + 2)
        bench.row(f"{name}: the next file is looked at", float("good" in after), "", at_least=1)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
    bench.row("largest child", peak, "MB", at_most=560, target=512)
    bench.row("growth of the parent over all bombs", resident() - before, "MB", at_most=40)


def main(arguments: list[str]) -> int:
    """All figures; 0 if every one is ok."""
    quick = "--quick" in arguments
    client.SHELF = Shelf()  # nothing is compiled yet
    sources = [YaraSource(path.name, path.read_text("utf-8")) for path in sorted(CONTENT.glob("*.yar"))]
    bench = Bench()
    starting(bench, sources)
    files(bench, sources, 400 if quick else 4_000)
    bombs(bench, sources, 2 if quick else 10)
    return 1 if bench.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
