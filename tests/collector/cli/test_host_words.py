import json
import re
from pathlib import Path

import pytest
from tramgac_collector.cli.host_words import HostWord, named

PAGE = Path(__file__).parents[3] / "dashboard/web/src/i18n"


def dictionary(language: str) -> dict[str, str]:
    text = (PAGE / f"{language}.ts").read_text("utf-8")
    return {
        key: json.loads(said) for key, said in re.findall(r'^  (\w+):\s+("(?:[^"\\]|\\.)*"),?$', text, re.MULTILINE)
    }


@pytest.mark.parametrize("language", ["en", "vi"])
def test_they_are_the_page_s_words(language):
    page = dictionary(language)
    prefixes = {word.name.split("_")[0].lower() for word in HostWord}
    ours = {word.name.lower(): getattr(word, language) for word in HostWord}
    theirs = {key: said for key, said in page.items() if key.split("_")[0] in prefixes}
    del theirs["sensor_best"]  # the page's own sentence
    assert ours == theirs


def test_a_word_in_the_person_s_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert named("class", "agent_down") == "agent not running"
    assert (named("class", "odd"), named("sensor", "")) == ("odd", "")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert named("class", "agent_down") == "tác tử không chạy"
