"""What the `tramgac rules` commands say beyond check, sign and push, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class RuleWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    SCANNING_AGAIN = (
        "The YARA rules changed: {again} of {samples} stored samples are still to be scanned with them.",
        "Luật YARA đã thay đổi: còn {again} trong {samples} mẫu đã lưu chưa được quét lại.",
    )
