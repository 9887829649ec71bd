import inspect
import re

import pytest
from tramgac_agent import commands, help_words, usage
from tramgac_agent.commands import main
from tramgac_agent.words import Text

COMMANDS = ["enrol", "run", "doctor", "install", "uninstall"]


def told(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return " ".join(capsys.readouterr().out.split())


def test_every_text_is_said_in_help_or_complaints():
    sources = inspect.getsource(commands) + inspect.getsource(usage)
    used = set(re.findall(r"\b(?:about|words)\.([A-Z_]+)", sources))
    assert {name for name, value in vars(help_words).items() if isinstance(value, Text)} <= used


@pytest.mark.parametrize("words", [[], *([name] for name in COMMANDS)])
def test_help_is_in_the_readers_language_and_no_other(capsys, monkeypatch, words):
    texts = [value for value in vars(help_words).values() if isinstance(value, Text)]
    fixed = [text for text in texts if "{" not in text.en and len(text.en) > 8]
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    english = told(capsys, *words)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    vietnamese = told(capsys, *words)
    said = [text for text in fixed if text.en in english]
    assert said
    for text in said:
        assert text.vi in vietnamese
        assert text.en not in vietnamese
    assert vietnamese.startswith("cách dùng: tramgac-agent")
    assert not set(re.findall(r"\b(?:usage|options|positional|show|the|this)\b", vietnamese))
