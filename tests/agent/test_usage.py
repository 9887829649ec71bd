import pytest
from tramgac_agent.commands import main

STATE = ["--state", "/nowhere"]


@pytest.mark.parametrize(
    ("words", "english", "vietnamese"),
    [
        ([], "tramgac-agent: COMMAND is missing", "tramgac-agent: thiếu LỆNH"),
        (
            ["dance"],
            "tramgac-agent: COMMAND: there is no 'dance'; choose from: enrol, run, doctor, install, uninstall",
            "tramgac-agent: LỆNH: không có 'dance'; hãy chọn trong: enrol, run, doctor, install, uninstall",
        ),
        (["enrol"], "tramgac-agent enrol: --ticket is missing", "tramgac-agent enrol: thiếu --ticket"),
        (
            ["run", "--part", "kitchen"],
            "tramgac-agent run: --part: there is no 'kitchen'; choose from: all, sensor, uplink",
            "tramgac-agent run: --part: không có 'kitchen'; hãy chọn trong: all, sensor, uplink",
        ),
        (
            ["run", "--scope-process", "x"],
            "--scope-process takes a whole number, not 'x'",
            "--scope-process phải là số nguyên, không phải 'x'",
        ),
        (["doctor", "--state"], "--state needs a value after it", "sau --state phải có một giá trị"),
        (["doctor", "--json=1"], "--json takes no value", "--json không nhận giá trị"),
        (["doctor", "more"], "nothing may stand where more stands", "thừa more"),
        (["doctor", "more", "--so"], "nothing may stand where more --so stands", "thừa more --so"),
        (
            ["run", "--scope-foldr", "x"],
            "tramgac-agent run: there is no option --scope-foldr (did you mean --scope-folder?)",
            "tramgac-agent run: không có tùy chọn --scope-foldr (có phải ý bạn là --scope-folder?)",
        ),
        (
            ["run", "--state=/nowhere", "--scope-foldr=x"],
            "tramgac-agent run: there is no option --scope-foldr (did you mean --scope-folder?)",
            "tramgac-agent run: không có tùy chọn --scope-foldr (có phải ý bạn là --scope-folder?)",
        ),
        (["doctor", "--zzz"], "doctor: there is no option --zzz\n", "doctor: không có tùy chọn --zzz\n"),
        (
            ["run", "--parnt", "1"],
            "there is no option --parnt (did you mean --part?)",
            "--parnt (có phải ý bạn là --part?)",
        ),
        (
            ["run", "--scope", "x"],
            "--scope could be any of: --scope-cgroup, --scope-process",
            "--scope có thể là: --scope-cgroup, --scope-process",
        ),
    ],
)
def test_what_is_wrong_is_said_in_the_readers_language(capsys, monkeypatch, words, english, vietnamese):
    for language, said, usage in (("C.UTF-8", english, "usage: "), ("vi_VN.UTF-8", vietnamese, "cách dùng: ")):
        monkeypatch.setenv("LC_ALL", language)
        with pytest.raises(SystemExit) as ended:
            main(words)
        told = capsys.readouterr().err
        assert ended.value.code == 2
        assert told.startswith(usage)
        assert said in told


@pytest.mark.parametrize("odd", ["--zzz", "more"])
def test_the_usage_that_is_shown_is_the_commands_own(capsys, odd):
    with pytest.raises(SystemExit):
        main(["doctor", odd])
    assert "tramgac-agent doctor [-h]" in capsys.readouterr().err
