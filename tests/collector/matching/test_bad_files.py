"""`tramgac match` over files that are not what they should be: told, in bounded memory, and the rest goes on."""

import gzip
import io
import json
import os
import threading

import pytest
from tramgac_collector.matching import command, jsonfile, workers
from tramgac_collector.matching.command import Options

from tests.collector.matching.evtx_making import CHUNK, HEADER, event, evtx
from tests.rules.making import rule
from tests.tools.bounded import bounded

HIT = {"EventID": 1, "Channel": "c", "A": "x"}
LINE = json.dumps(HIT) + "\n"
GOOD, PLACES = evtx(*(event("c", "1", str(number), {"A": "x"}) for number in range(3)))
RULE = rule({"A": "x"})
LITTLE = 500  # megabytes of address space: half of them are what the program is
MATCH = """
import io, json, sys
from pathlib import Path
from tramgac_collector.matching import command, jsonfile
out, err = io.StringIO(), io.StringIO()
folder = Path(sys.argv[1])
status = command.run([folder / "r.yml"], [str(INPUT)], command.Options(json=True), out, err)
print(json.dumps([status, len(out.getvalue().splitlines()), err.getvalue()]))
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/a.yml").write_text(rule({"A": "x"}), "utf-8")
    (tmp_path / "in").mkdir()
    return tmp_path


def ran(home):
    out, err = io.StringIO(), io.StringIO()
    status = command.run([home / "rules"], [str(home / "in")], Options(json=True), out, err)
    return status, [json.loads(line)["event"] for line in out.getvalue().splitlines()], err.getvalue()


def test_nothing_at_all_is_no_fault_in_json_and_is_one_in_an_event_log(home):
    for name in ("a.json", "b.evtx"):
        (home / "in" / name).write_bytes(b"")
    (home / "in/c.jsonl").write_text(LINE, "utf-8")
    status, events, err = ran(home)
    assert (status, len(events)) == (0, 1)
    assert "b.evtx: no event log" in err
    assert "a.json" not in err


def test_zero_bytes_are_told_and_the_rest_goes_on(home):
    (home / "in/a.jsonl").write_bytes(bytes(100_000) + b"\n" + LINE.encode())
    (home / "in/b.evtx").write_bytes(bytes(200_000))
    (home / "in/c.evtx").write_bytes(bytes(GOOD[:HEADER]) + bytes(CHUNK * 3) + bytes(GOOD[HEADER:]))
    (home / "in/d.jsonl").write_text(LINE, "utf-8")
    status, events, err = ran(home)
    assert status == 0
    assert [(each["source"][-7:], each["index"]) for each in events] == [
        ("a.jsonl", 1), ("/c.evtx", 0), ("/c.evtx", 1), ("/c.evtx", 2), ("d.jsonl", 0),
    ]  # fmt: skip
    assert "a.jsonl, record 0: not JSON" in err
    assert "b.evtx: no event log" in err
    assert "c.evtx: chunks of the event log are missing or all zeros: 1-3" in err


@pytest.mark.parametrize(("left", "said"), [
    (1, "a.evtx: no event log"),
    (100, "a.evtx: the event log ends within its header"),
    (HEADER + 10, "a.evtx, record 0: "),
    (PLACES[1] + 20, "a.evtx, record 2: "),
])  # fmt: skip
def test_a_truncated_event_log_gives_what_it_has_and_says_what_it_lacks(home, left, said):
    (home / "in/a.evtx").write_bytes(GOOD[:left])
    (home / "in/b.jsonl").write_text(LINE, "utf-8")
    status, events, err = ran(home)
    assert status == 0
    assert len(events) == 1 + (left > PLACES[1])
    assert events[-1]["source"].endswith("b.jsonl")
    assert said in err


def test_an_event_log_that_is_cut_between_its_chunks_says_what_it_lacks(home):
    content, _ = evtx(event("c", "1", "1", {"A": "x"}), chunks=2)
    (home / "in/a.evtx").write_bytes(content)
    (home / "in/b.evtx").write_bytes(content[:HEADER])
    status, events, err = ran(home)
    assert (status, [each["source"][-6:] for each in events]) == (0, ["a.evtx"])
    assert "0 files, 1 record" in err
    assert "2 files cannot be read whole:" in err
    assert "a.evtx: chunks of the event log are missing or all zeros: 2" in err
    assert "b.evtx: chunks of the event log are missing or all zeros: 1-2" in err


def test_bytes_that_are_no_utf8_cost_their_characters_alone(home):
    (home / "in/a.jsonl").write_bytes(b'{"EventID": 1, "Channel": "c", "A": "x", "B": "\xff\xfe\xc3("}\n')
    assert len(ran(home)[1]) == 1


def test_damaged_lines_at_the_beginning_count_and_hide_nothing(home):
    (home / "in/a.jsonl").write_text(f"garbage one\ngarbage two\n{LINE}{LINE}", "utf-8")
    status, events, err = ran(home)
    assert (status, [each["index"] for each in events]) == (0, [2, 3])
    assert "1 file, 4 records, 2 detections" in err
    assert "2 records cannot be read:" in err


def test_an_array_without_its_end_is_told(home):
    (home / "in/a.json").write_text(f"[{LINE},{LINE}", "utf-8")
    status, events, err = ran(home)
    assert (status, len(events)) == (0, 2)
    assert "a.json, record 2: the array ends without its ]" in err


@pytest.mark.parametrize("deep", ["[" * 1_000_000, '{"a":' * 300_000, "[" * 1_000_000 + "]" * 1_000_000])
def test_nesting_without_end_is_one_unreadable_record(home, deep):
    (home / "in/a.jsonl").write_text(f"{LINE}{deep}\n{LINE}", "utf-8")
    status, events, err = ran(home)
    assert status == 0
    assert [each["index"] for each in events] == [0, 2]
    assert "a.jsonl, record 1: not JSON" in err


def test_a_value_of_a_megabyte_is_read_and_that_its_end_is_not_looked_at_is_said(home):
    long = [*(json.dumps({**HIT, "B": text, "C": ["z", text]}) + "\n" for text in ("y" * 1_000_000, "y" * 32_768))]
    (home / "in/a.jsonl").write_text("".join(long), "utf-8")
    (home / "in/b.json").write_text(f"[{long[0] + ','}{long[0]}]", "utf-8")
    _, events, err = ran(home)
    assert len(events) == 4
    assert "6 values are longer than the 32768 characters that rules look at" in err
    assert "a.jsonl, record 0: B, 1000000 characters" in err
    assert "b.json, record 1: C, 1000000 characters" in err


@pytest.mark.parametrize("size", [600 << 20, pytest.param(4 << 30, marks=pytest.mark.slow)])
def test_one_endless_line_is_one_unreadable_record_in_little_memory(tmp_path, size):
    pipe = tmp_path / "long.jsonl"
    os.mkfifo(pipe)

    def write():
        block = b"x" * (1 << 20)
        with pipe.open("wb") as file:
            file.write(LINE.encode() + b'{"A": "')
            for _ in range(size // len(block)):
                file.write(block)
            file.write(b'"}\n' + LINE.encode())

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    code = MATCH.replace("INPUT", repr(str(pipe)))
    status, hits, err = json.loads(bounded(code, {"r.yml": RULE}, megabytes=LITTLE, seconds=60))
    writer.join()
    assert (status, hits) == (0, 2)
    assert "long.jsonl, record 1: not JSON" in err


def test_a_compressed_file_that_becomes_too_much_is_told_in_little_memory():
    bomb = gzip.compress(b"[\n" + (b'"' + b"x" * 1_000 + b'",\n') * 40_000, 1)
    code = MATCH.replace("INPUT", "folder").replace("out, err", "jsonfile.MAX_WHOLE = 32 << 20\nout, err", 1)
    files = {"a.json.gz": bomb, "b.jsonl": LINE, "r.yml": RULE}
    status, hits, err = json.loads(bounded(code, files, megabytes=LITTLE, seconds=60))
    assert (status, hits) == (0, 1)
    assert "a.json.gz: an array or objects over many lines of more than" in err


def test_a_damaged_file_among_many_is_told_and_all_is_as_in_one_process(home, monkeypatch):
    monkeypatch.setattr(workers, "ALONE", 0)
    monkeypatch.setattr(jsonfile, "_PIECE", 200)
    for number in range(12):
        (home / f"in/{number:02}.evtx").write_bytes(GOOD[:-60_000] if number == 5 else GOOD)
        (home / f"in/{number:02}.jsonl").write_text(LINE * 30 + ("nonsense\n" if number == 3 else ""), "utf-8")
    (home / "in/06.evtx").write_bytes(b"nonsense")
    (home / "in/07.jsonl").write_bytes(b"\x1f\x8bnonsense")
    told = []
    for count in (1, 2, 3):
        monkeypatch.setattr(command, "cores", lambda count=count: count)
        told.append(ran(home))
    assert told[0] == told[1] == told[2]
    status, events, err = told[0]
    assert status == 0
    assert len(events) == 11 * 3 + 11 * 30
    for said in ("06.evtx: no event log", "07.jsonl: the file is damaged", "03.jsonl, record 30"):
        assert said in err
