"""The processes around an alert: nodes out of stored events, or out of what the alert's own events say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ENTITY: Final = "process.entity_id"
_PARENT: Final = "process.parent.entity_id"


def subject(events: Sequence[Mapping[str, Any]]) -> tuple[str, str, str, str] | None:
    """Give (host, boot, entity id, its parent's or "") of the first event that has a process, None if none has."""
    for event in events:
        fields = event["fields"]
        if fields.get(_ENTITY) and fields.get("host.boot.id"):
            return event["id"]["host"], str(fields["host.boot.id"]), str(fields[_ENTITY]), str(fields.get(_PARENT, ""))
    return None


def nodes(found: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give a node for each process of stored events, oldest first; those of the alert's events are marked.

    A process that executed another program is the same process: its last image stands, its first time stays.
    Processes that are named and that the store does not hold (they began before the agent) come first: those of the
    events, and the parents of stored ones. An event of a file has its process's name and not always its parent's.
    """
    marked = {event["fields"].get(_ENTITY) for event in events}
    stored = {row.get(_ENTITY) for row in found}
    above = {node["entity_id"]: node for row in found if (node := _parent(row)) and node["executable"]}
    named = above | {node["entity_id"]: node for node in ancestry(events)}
    tree = {entity: node for entity, node in named.items() if entity not in stored}
    for row in found:
        node = _node(row, str(row.get("time", "")), alert=row.get(_ENTITY) in marked)
        earlier = tree.get(node["entity_id"])
        tree[node["entity_id"]] = {**node, "time": earlier["time"]} if earlier else node
    return list(tree.values())


def ancestry(events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the nodes that the alert's events name by entity id: parents and processes."""
    tree: dict[str, dict[str, Any]] = {}
    for event in events:
        fields = event["fields"]
        if not fields.get(_ENTITY):
            continue
        parent = _parent(fields)
        if parent is not None:
            tree.setdefault(parent["entity_id"], parent)
        tree[fields[_ENTITY]] = _node(fields, event["time"], alert=True)
    return list(tree.values())


def _node(fields: Mapping[str, Any], time: str, *, alert: bool) -> dict[str, Any]:
    return {
        "entity_id": fields.get(_ENTITY, ""),
        "parent": fields.get(_PARENT),
        "pid": fields.get("process.pid", 0),
        "executable": fields.get("process.executable", ""),
        "command_line": fields.get("process.command_line", ""),
        "user": fields.get("user.name", ""),
        "time": time,
        "alert": alert,
    }


def _parent(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    if not fields.get(_PARENT):
        return None
    return {
        "entity_id": fields[_PARENT],
        "parent": None,
        "pid": fields.get("process.parent.pid", 0),
        "executable": fields.get("process.parent.executable", ""),
        "command_line": fields.get("process.parent.command_line", ""),
        "user": fields.get("process.parent.user.name", ""),
        "time": "",
        "alert": False,
    }
