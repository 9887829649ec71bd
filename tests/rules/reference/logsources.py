"""Where a log source's events come from: the public map as its file has it, and the services that it lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.rules.reference.values import Fields

FURTHER = {
    "dns-server": ("DNS Server",),
    "dns-server-analytic": ("Microsoft-Windows-DNS-Server/Analytical",),
    "driver-framework": ("Microsoft-Windows-DriverFrameworks-UserMode/Operational",),
    "microsoft-servicebus-client": ("Microsoft-ServiceBus-Client/Admin", "Microsoft-ServiceBus-Client/Operational"),
}


@dataclass(frozen=True)
class Place:
    """Channels (lower case, None for any), conditions on fields, and the names of fields there."""

    channels: frozenset[str] | None
    conditions: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]

    def open_to(self, channel: str, event_id: str) -> bool:
        """Whether an event of a channel and id may come from here; both are System's."""
        return (self.channels is None or channel.lower() in self.channels) and (
            event_id in self.conditions.get("EventID", (event_id,))
        )

    def takes(self, channel: str, event_id: str, fields: Fields) -> bool:
        """Whether an event comes from here."""
        return self.open_to(channel, event_id) and all(
            name == "EventID" or str(fields.get(name, "")).lower() in wanted for name, wanted in self.conditions.items()
        )

    def view(self, fields: Fields) -> Fields:
        """Fields under the names that rules have for them."""
        if not self.names:
            return fields
        others = {name: fields[alias] for name, alias in self.names.items() if alias in fields}
        return {**{name: value for name, value in fields.items() if name not in self.names}, **others}


class Map:
    """The public map."""

    def __init__(self, path: Path) -> None:
        """Read tests/thor.yml of the public rules."""
        self._entries = yaml.safe_load(path.read_text("utf-8"))["logsources"].values()
        self._services = {name: frozenset(map(str.lower, channels)) for name, channels in FURTHER.items()}
        for each in self._entries:
            if each.get("product") == "windows" and "sources" in each:
                channels = (source.removeprefix("WinEventLog:").lower() for source in each["sources"])
                self._services[each["service"]] = frozenset(channels)

    def places(self, source: Mapping[str, str]) -> list[Place]:
        """The places in Windows of a rule's log source."""
        return list(self._places(source)) if source.get("product", "windows") == "windows" else []

    def _places(self, source: Mapping[str, str]) -> Iterator[Place]:
        category, service = source.get("category"), source.get("service")
        if not category:
            if source.get("product") and (not service or service in self._services):
                yield Place(self._services[service] if service else None, {}, {})
            return
        for each in self._entries:
            if each.get("category") != category or "rewrite" not in each:
                continue
            channels = self._services[each["rewrite"]["service"]]
            if service:
                channels &= self._services.get(service, frozenset())
            if channels:
                conditions = {name: _texts(value) for name, value in each["conditions"].items()}
                yield Place(channels, conditions, each.get("fieldmappings", {}))


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item).lower() for item in (value if isinstance(value, list) else [value]))
