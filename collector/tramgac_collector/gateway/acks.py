"""Acknowledgements of one stream that become one: each says "safe up to here" for a lane, so the last says all."""

from __future__ import annotations

from tramgac_proto.session_pb2 import CollectorMessage, LaneAck
from tramgac_wire.collector_session import Send


class Acks:
    """Acknowledgements that were commanded and not written yet."""

    def __init__(self) -> None:
        """None yet."""
        self._epoch = 0
        self._lanes: dict[int, LaneAck] = {}

    def take(self, command: object) -> bool:
        """Keep a command's acknowledgement for later; False if it is none."""
        if not isinstance(command, Send) or not command.message.HasField("ack"):
            return False
        ack = command.message.ack
        self._epoch = ack.epoch
        for lane in ack.lanes:
            self._lanes[lane.lane] = lane
        return True

    def message(self) -> CollectorMessage | None:
        """Give all that were kept as one message, and forget them; None if there are none."""
        if not self._lanes:
            return None
        message = CollectorMessage()
        message.ack.epoch = self._epoch
        message.ack.lanes.extend(self._lanes.values())
        self._lanes = {}
        return message
