"""Sigma's wildcards without backtracking: `*` any run of characters, `?` exactly one, newlines too.

A pattern is a tuple of pieces: a text, STAR, ONE. Between stars the first place that fits is always the
best one, so a match costs the length of the value times the pattern's at worst, and in practice one `find`
for each piece.
"""

from collections.abc import Callable

STAR = None
ONE = 1
Pieces = tuple[str | int | None, ...]
Span = tuple[int, int]
# A run between two stars: texts with the distance of each from the run's start, and the run's length.
_Run = tuple[tuple[tuple[int, str], ...], int]


def matcher(pieces: Pieces) -> Callable[[str], bool]:
    """Return a test of whole texts."""
    locate = locator(pieces)
    return lambda text: locate(text) is not None


def locator(pieces: Pieces) -> Callable[[str], tuple[Span, ...] | None]:
    """Return a function from a whole text to the spans of the pattern's texts, None where it does not match."""
    runs = _runs(pieces)
    first, last, middle = runs[0], runs[-1], runs[1:-1]

    def locate(text: str) -> tuple[Span, ...] | None:
        if not _fits(first, text, 0):
            return None
        if len(runs) == 1:
            return _spans(first, 0) if len(text) == first[1] else None
        end = len(text) - last[1]
        spans, position = _spans(first, 0), first[1]
        for run in middle:
            found = _search(run, text, position, end)
            if found < 0:
                return None
            spans += _spans(run, found)
            position = found + run[1]
        if end < position or not _fits(last, text, end):
            return None
        return spans + _spans(last, end)

    return locate


def _runs(pieces: Pieces) -> list[_Run]:
    """Cut a pattern at its stars."""
    runs: list[_Run] = []
    texts: list[tuple[int, str]] = []
    length = 0
    for piece in (*pieces, STAR):
        if isinstance(piece, str):
            texts.append((length, piece))
            length += len(piece)
        elif piece == ONE:
            length += 1
        else:
            runs.append((tuple(texts), length))
            texts, length = [], 0
    return runs


def _fits(run: _Run, text: str, start: int) -> bool:
    return len(text) >= start + run[1] and all(text.startswith(piece, start + at) for at, piece in run[0])


def _search(run: _Run, text: str, start: int, end: int) -> int:
    """Return the first place of a run within text[start:end], -1 if there is none."""
    texts, length = run
    if not texts:
        return start if start + length <= end else -1
    offset, anchor = max(texts, key=lambda text_: len(text_[1]))
    while True:
        found = text.find(anchor, start + offset, end)
        if found < 0:
            return -1
        start = found - offset
        if start + length > end:
            return -1
        if _fits(run, text, start):
            return start
        start += 1


def _spans(run: _Run, start: int) -> tuple[Span, ...]:
    return tuple((start + at, start + at + len(piece)) for at, piece in run[0])
