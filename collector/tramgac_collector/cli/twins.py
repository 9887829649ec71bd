"""Hosts that have one name: the beginning of the id, as every command takes it, tells them apart."""

from __future__ import annotations

from collections.abc import Iterable

_ENOUGH = 8


def twins(hosts: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Give the names that more than one host has, of ids and names."""
    ids: dict[str, str] = {}
    return frozenset(name for host, name in hosts if ids.setdefault(name, host) != host)


def called(host: str, name: str, shared: frozenset[str]) -> str:
    """Give what a host is called in a list; its id where it has no name."""
    if not name:
        return host
    return f"{name} ({host[:_ENOUGH]})" if name in shared else name
