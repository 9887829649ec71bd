"""Sentences of the command line, said in the person's language."""

from __future__ import annotations

from tramgac_wire.counted import fill

from tramgac_collector.pairs import Both, Pair, pick, vietnamese

__all__ = ["Both", "Pair", "pick", "say", "vietnamese"]


def say(word: Pair, **params: object) -> str:
    """Give the sentence in the person's language. Parameters are made visible: they may come from a host.

    Raises KeyError for a parameter that the sentence needs and that is not given.
    """
    from tramgac_collector.cli.terminal import visible

    shown = {name: visible(str(value)) for name, value in params.items()}
    return fill(pick((word.en, word.vi)), shown)
