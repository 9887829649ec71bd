import pytest
from tramgac_agent import outgoing
from tramgac_agent.frames import Frame, encode
from tramgac_agent.outgoing import Made, Outgoing, cut
from tramgac_wire.agent_commands import ReadAndSend
from tramgac_wire.batch import unpack
from tramgac_wire.chain import START, extend
from tramgac_wire.dictionary import train
from tramgac_wire.fs import OsFileSystem
from tramgac_wire.log import SegmentLog

BEFORE = extend(START, [b"a", b"b"])


@pytest.fixture
def write(tmp_path):
    log = SegmentLog.open(OsFileSystem(), str(tmp_path / "security"))
    yield log.append
    log.close()


def test_what_was_announced_is_packed(tmp_path, write):
    write(encode(Frame(7, 1, 0, START, (b"a", b"b"))))
    made = Outgoing(tmp_path, tmp_path / "dictionary").take(7, ReadAndSend(2, 2), 3)
    assert (made.batch.first, made.batch.previous, unpack(made.batch)) == (2, extend(START, [b"a"]), [b"b"])
    assert (made.chain, made.lost) == (BEFORE, None)


def test_what_cannot_be_read_is_told_with_what_follows_it(tmp_path, write):
    write(encode(Frame(7, 1, 0, START, (b"a", b"b")))[:-1])
    write(encode(Frame(7, 3, 0, BEFORE, (b"c",))))
    made = Outgoing(tmp_path, tmp_path / "dictionary").take(7, ReadAndSend(2, 1), 4)
    assert (made.lost, made.batch.first, made.batch.gap, unpack(made.batch)) == ((1, 2), 3, 2, [b"c"])


def test_where_nothing_follows_it_is_told_once(tmp_path, write):
    write(encode(Frame(7, 1, 0, START, (b"a", b"b")))[:-1])
    going = Outgoing(tmp_path, tmp_path / "dictionary")
    assert going.take(7, ReadAndSend(2, 1), 3) == Made(lost=(1, 2))
    assert going.take(7, ReadAndSend(2, 1), 3) == going.take(7, ReadAndSend(2, 3), 3) == Made()
    assert going.failures == 0


@pytest.mark.parametrize("error", [OSError("no disk"), RuntimeError("a fault of ours")])
def test_a_failure_is_counted_and_nothing_is_called_lost(tmp_path, write, monkeypatch, error, caplog):
    def fail(*_, **__):
        raise error

    write(encode(Frame(7, 1, 0, START, (b"a",))))
    monkeypatch.setattr(outgoing, "pack", fail)
    going = Outgoing(tmp_path, tmp_path / "dictionary")
    assert going.take(7, ReadAndSend(2, 1), 2) == Made()
    assert going.failures == 1
    assert "no batch could be made from sequence 1 on" in caplog.text


def test_cut_drops_what_came_before():
    frames = [Frame(1, 1, 0, START, (b"a", b"b")), Frame(1, 3, 0, extend(START, [b"a", b"b"]), (b"c",))]
    assert cut(frames, 2) == (2, extend(START, [b"a"]), [b"b", b"c"])
    assert cut(frames, 1) == (1, START, [b"a", b"b", b"c"])
    assert cut(frames[1:], 2) == (3, frames[1].chain, [b"c"])


def test_batches_are_compressed_with_the_dictionary_that_is_wished_for_and_loaded(tmp_path, write, caplog):
    blob = b"/usr/bin/program --option /home/an/"
    write(encode(Frame(7, 1, 0, START, (blob, b"b"))))
    trained = train([blob + b"%d " % (n % 7) * n for n in range(1, 99)], 1_000)
    going = Outgoing(tmp_path, tmp_path / "dictionary")
    assert going.load() == 0
    (tmp_path / "dictionary").write_bytes(trained.content)
    assert going.load() == trained.number
    made = going.take(7, ReadAndSend(2, 1, trained.number), 3)
    assert made.batch.dictionary == trained.number
    assert unpack(made.batch, {trained.number: trained}) == [blob, b"b"]
    assert going.take(7, ReadAndSend(2, 1, 5), 3).batch.dictionary == 0
    assert going.take(7, ReadAndSend(2, 1), 3).batch.dictionary == 0
    (tmp_path / "dictionary").write_bytes(b"damaged")
    assert going.load() == 0
    assert "without a dictionary" in caplog.text
    (tmp_path / "dictionary").write_bytes(b"")
    assert going.load() == 0


def test_the_chain_at_a_sequence_is_that_of_the_frame_that_holds_it(tmp_path, write):
    write(encode(Frame(7, 1, 0, START, (b"a", b"b", b"c"))))
    write(encode(Frame(7, 6, 0, BEFORE, (b"f",))))
    going = Outgoing(tmp_path, tmp_path / "dictionary")
    assert [going.chain(7, 2, at) for at in (2, 5, 9)] == [BEFORE, None, None]
    assert going.chain(8, 2, 2) is None


def test_a_chain_that_cannot_be_read_is_not_known(tmp_path, monkeypatch, caplog):
    def fail(*_, **__):
        raise OSError("no disk")

    going = Outgoing(tmp_path, tmp_path / "dictionary")
    monkeypatch.setattr(going._looking, "read", fail)
    assert going.chain(7, 2, 1) is None
    assert "the chain at sequence 1" in caplog.text
