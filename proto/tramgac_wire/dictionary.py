"""Dictionaries: what the events of one system have in common, known to both ends before the first batch.

A dictionary is content (see content.py): trained from stored batches, signed with the rules, never sent beside events.
Its number is the one that zstd computes from what it holds and writes into it, so equal numbers mean equal dictionaries
wherever they were trained. Each batch is compressed by itself with it: a stream may end after any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from backports.zstd import ZstdDict, ZstdError, compress, decompress, train_dict

from tramgac_wire.errors import ContentError
from tramgac_wire.limits import MAX_DICTIONARY

SIZE: Final = 65_536
"""How large one is made, bytes: 112 kB would save 2 bytes an event more in batches of 25, 32 kB cost 3 more."""


class Dictionary:
    """One of them, tried."""

    def __init__(self, content: bytes) -> None:
        """Take what `content` holds.

        Raises:
            ContentError: too_large or malformed.
        """
        if len(content) > MAX_DICTIONARY:
            detail = f"a dictionary of {len(content)} bytes; the limit is {MAX_DICTIONARY}"
            raise ContentError("too_large", detail)
        try:
            self.zstd = ZstdDict(content)
            decompress(compress(b"tried", zstd_dict=self.zstd), zstd_dict=self.zstd)
        except (ValueError, ZstdError) as error:
            detail = f"no dictionary of zstd's: {error}"
            raise ContentError("malformed", detail) from error

    @property
    def number(self) -> int:
        """Its number, 32 bits, not zero."""
        return int(self.zstd.dict_id)

    @property
    def content(self) -> bytes:
        """The bytes that it was made of."""
        return bytes(self.zstd.dict_content)


Dictionaries = Mapping[int, Dictionary]
"""Those that one knows, by number."""
NONE: Final[Dictionaries] = MappingProxyType({})


def train(samples: Sequence[bytes], size: int = SIZE) -> Dictionary:
    """Make one of at most so many bytes out of samples, each as long as what it will serve: a batch of 25 events.

    Raises:
        ContentError: malformed: the samples are too few or too much alike.
    """
    try:
        return Dictionary(bytes(train_dict(samples, size).dict_content))
    except (ValueError, ZstdError) as error:
        detail = f"{len(samples)} samples give no dictionary: {error}"
        raise ContentError("malformed", detail) from error
