"""What an account's name and password have to be, apart from what keeps them: a command says it before it asks."""

from typing import Final

MAX_NAME: Final = 128
"""Longest name, characters: the column's width."""
MIN_PASSWORD: Final = 15
"""Shortest password, characters (ASVS 5.0 6.2.1 for accounts without a second factor)."""
MAX_PASSWORD: Final = 1024
"""Longest, so that hashing it costs nothing beyond what argon2 is meant to."""
MIN_DIFFERENT: Final = 6
"""So many different characters at least: no "aaaa..."."""


def good_name(name: str) -> bool:
    """Tell whether a name can be a user's."""
    return 1 <= len(name) <= MAX_NAME and name.isprintable()


def good_password(password: str) -> bool:
    """Tell whether a password is neither too short, too long, nor made of very few characters."""
    return MIN_PASSWORD <= len(password) <= MAX_PASSWORD and len(set(password)) >= MIN_DIFFERENT
