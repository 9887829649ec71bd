from tramgac_collector.gateway.acks import Acks
from tramgac_proto.session_pb2 import CollectorMessage
from tramgac_wire.collector_session import Close, Send


def ack(lane: int, sequence: int) -> Send:
    message = CollectorMessage()
    message.ack.epoch = 7
    message.ack.lanes.add(lane=lane, sequence=sequence)
    return Send(message)


def test_the_last_of_each_lane_is_said_in_one_message_once():
    acks = Acks()
    assert all(acks.take(ack(*one)) for one in ((1, 5), (2, 3), (1, 9)))
    message = acks.message()
    assert message is not None
    assert message.ack.epoch == 7
    assert {lane.lane: lane.sequence for lane in message.ack.lanes} == {1: 9, 2: 3}
    assert acks.message() is None


def test_other_commands_are_left_alone():
    offer = CollectorMessage()
    offer.content.version = 3
    acks = Acks()
    assert not any(map(acks.take, (Send(offer), Close(1, "gone"))))
    assert acks.message() is None
