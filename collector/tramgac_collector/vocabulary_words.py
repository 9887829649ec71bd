"""The words of `vocabulary.py` as people read them: English is what is typed and what programs get."""

from __future__ import annotations

from collections.abc import Iterable

from tramgac_collector.pairs import Both, Pair, pick


class VocabularyWord(Pair):
    """A level, a status, a verdict, a rule's state, how ripe a rule is, why it is watched: named SET_WORD."""

    LEVEL_INFORMATIONAL = "informational", "thông tin"
    LEVEL_LOW = "low", "thấp"
    LEVEL_MEDIUM = "medium", "trung bình"
    LEVEL_HIGH = "high", "cao"
    LEVEL_CRITICAL = "critical", "nghiêm trọng"
    STATUS_OPEN = "open", "đang mở"
    STATUS_CLOSED = "closed", "đã đóng"
    STATUS_ALL = "all", "tất cả"
    VERDICT_TRUE_POSITIVE = "true_positive", "tấn công thật"
    VERDICT_FALSE_POSITIVE = "false_positive", "báo nhầm"
    VERDICT_BENIGN = "benign", "vô hại"
    VERDICT_POLICY_VIOLATION = "policy_violation", "vi phạm quy định"
    VERDICT_ACCEPTED_TOOL = "accepted_tool", "công cụ được chấp nhận"
    VERDICT_AUTHORISED_TEST = "authorised_test", "kiểm thử được phép"
    VERDICT_DUPLICATE = "duplicate", "trùng lặp"
    STATE_ALERT = "alert", "cảnh báo"
    STATE_WATCH = "watch", "theo dõi"
    STATE_OFF = "off", "tắt"
    STATE_PARKED = "parked", "tạm dừng"
    STATE_DEFAULT = "default", "mặc định"
    RIPE_STABLE = "stable", "ổn định"
    RIPE_TEST = "test", "đang kiểm thử"
    RIPE_EXPERIMENTAL = "experimental", "thử nghiệm"
    RIPE_DEPRECATED = "deprecated", "không nên dùng nữa"
    RIPE_UNSUPPORTED = "unsupported", "không còn hỗ trợ"


def both(among: str, word: str) -> Both:
    """Give a word in both languages; one that is not known is its own."""
    known = VocabularyWord.__members__.get(f"{among}_{word}".upper())
    return Both(word, word) if known is None else known.both()


def in_words(among: str, word: str) -> str:
    """Give a word in the person's language."""
    return pick(both(among, word))


def typed(among: str, words: Iterable[str]) -> str:
    """List words as they are typed, each with what tables show for it where that is another."""
    shown = ((word, in_words(among, word)) for word in words)
    return ", ".join(word if word == told else f"{word} ({told})" for word, told in shown)
