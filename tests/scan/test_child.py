import socket
import subprocess
import sys

from tramgac_scan import child, protocol


def test_sources_are_compiled_each_in_a_namespace_of_its_own():
    same = "rule same { condition: true }"
    rules, problems, content_only = child.compile_sources([["a.yar", same], ["b.yar", same]])
    assert problems == []
    assert content_only == ["a.yar", "b.yar"]
    assert [hit["path"] for hit in child.hits_of(rules.match(data=b""))] == ["a.yar", "b.yar"]


def test_line_is_taken_out_of_what_yara_says():
    _, problems, _ = child.compile_sources([["a.yar", "rule a {\n condition: x }"]])
    assert problems == [["a.yar", 2, 'undefined identifier "x"']]


def test_a_path_dependent_source_does_not_compile_alone():
    assert not child.compiles_alone('rule r { condition: filepath contains "/tmp" }')
    assert child.compiles_alone("rule r { condition: filesize > 3 }")


def test_instances_are_capped():
    rules, _, _ = child.compile_sources([["a.yar", 'rule a { strings: $a = "a" condition: $a }']])
    (hit,) = child.hits_of(rules.match(data=b"a" * 1000))
    assert len(hit["strings"]) == child.MAX_STRINGS


def test_of_a_file_the_first_instance_is_enough_where_none_is_counted_and_of_a_text_all_are_told(tmp_path):
    counted = 'rule many { strings: $a = "ab" condition: #a > 2 }'
    placed = 'rule there { strings: $a = "ab" condition: $a at 4 }'
    rules, _, _ = child.compile_sources(
        [["a.yar", f'rule one {{ strings: $a = "ab" condition: $a }} {counted} {placed}']]
    )
    path = tmp_path / "file"
    path.write_bytes(b"ab" * 3)
    with path.open("rb") as file:
        found = child.scan(rules, file.fileno(), dict.fromkeys(child.EXTERNALS, ""), 1)
    told = {hit["rule"]: len(hit["strings"]) for hit in found["hits"]}
    assert told.keys() == {"one", "many", "there"}
    assert (told["one"], told["many"]) == (1, 3)
    text = child.look(rules, b"ab" * 3, dict.fromkeys(child.EXTERNALS, ""), 1)
    assert {hit["rule"]: len(hit["strings"]) for hit in text["hits"]} == {"one": 3, "many": 3, "there": 1}


def test_rules_load_from_their_form_without_their_sources():
    rules, _, _ = child.compile_sources([["a.yar", 'rule a { condition: filename == "x" }']])
    again, refused = child.loaded(child.form_of(rules))
    assert refused == ""
    assert [hit["rule"] for hit in child.look(again, b"", {"filename": "x"}, 1)["hits"]] == ["a"]
    assert child.form_of(None) == ""


def test_a_form_that_is_none_is_refused():
    rules, refused = child.loaded("bm90aGluZw==")
    assert rules is None
    assert refused.startswith("error:")


def test_an_include_is_refused_with_its_line():
    _, problems, _ = child.compile_sources([["a.yar", '\n\ninclude "b.yar"\nrule a { condition: true }']])
    ((path, line, message),) = problems
    assert (path, line) == ("a.yar", 3)
    assert "include" in message


def test_a_planted_child_that_speaks_on_other_ways_is_not_heard():
    """It has descriptors 0 to 2, which are the null device, and its socket."""
    planted = (
        "import os, sys\n"
        "from tramgac_scan import child, protocol\n"
        "def serve(sock, seconds):\n"
        "    for fd in (0, 1, 2):\n"
        "        os.write(fd, b'stolen')\n"
        "    others = [fd for fd in range(3, 64) if fd != sock.fileno() and is_open(fd)]\n"
        "    protocol.send(sock, {'others': others})\n"
        "def is_open(fd):\n"
        "    try:\n"
        "        return bool(os.fstat(fd))\n"
        "    except OSError:\n"
        "        return False\n"
        "child.serve = serve\n"
        "child.main(sys.argv[1:])\n"
    )
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-I", "-c", planted, str(theirs.fileno()), str(512 << 20), "20", "10", "0"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with ours, theirs, subprocess.Popen(command, pass_fds=[theirs.fileno()], **pipes) as started:
        assert protocol.receive(ours)[0]["refused"] == ""
        told, _ = protocol.receive(ours)
        heard = started.stderr.read()
        assert started.wait(30) == 0
    assert heard == b""
    assert told["others"] == []
