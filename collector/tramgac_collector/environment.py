"""The environment's share of a collector's settings: which variables are ours, what is said of those that are wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import EnvSettingsSource

from tramgac_collector.pairs import Both
from tramgac_collector.troubles import Trouble

PREFIX: Final = "TRAMGAC_COLLECTOR_"


class Environment(EnvSettingsSource):
    """The environment; a list that is no JSON stays a text, which is then told of like any other wrong value."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """Read the JSON of a list."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


def variables() -> dict[str, str]:
    """Give our variables of the environment by the setting that each stands for, known or not."""
    ours = [name for name in os.environ if name.upper().startswith(PREFIX)]
    return {name[len(PREFIX) :].lower(): name for name in sorted(ours)}


def strays(given: Mapping[str, str], known: Iterable[str]) -> list[tuple[str, Both]]:
    """Tell of variables that no setting reads: one that is misspelt would be passed over in silence."""
    settings = set(known)
    return [(name, Trouble.NO_SETTING.both()) for setting, name in given.items() if setting not in settings]


def formed(what: Both, field: FieldInfo) -> Both:
    """Give what is wrong with a variable's value; where a list was to stand, with how it is written there."""
    if field.examples and what == Trouble.NO_LIST.both():
        return Trouble.NO_JSON.both(form=json.dumps(field.examples))
    return what
