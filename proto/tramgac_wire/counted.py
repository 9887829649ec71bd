"""Sentences in which a number chooses the word beside it: `{n:alert|alerts}` says "1 alert", "2 alerts". Pure.

The page has the same (`dashboard/web/src/i18n/translate.ts`). Vietnamese has one form: `{n} cảnh báo`.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Filler(string.Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        """Give a value by its format, or with the one of two words that goes with the number."""
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return f"{value} {one if str(value) == '1' else many}"


_FILLER: Final = _Filler()


def fill(sentence: str, values: Mapping[str, Any]) -> str:
    """Fill a sentence in; values are never read as sentences. Raises KeyError for one that is not given."""
    return _FILLER.vformat(sentence, (), values)
