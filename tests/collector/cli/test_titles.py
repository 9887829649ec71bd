import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from tramgac_collector.cli import titles
from tramgac_collector.cli.titles import title_of, titled


@pytest.mark.parametrize(
    ("row", "english", "vietnamese"),
    [
        ({"title": "Log removed", "title_vi": "Xoá nhật ký"}, "Log removed", "Xoá nhật ký"),
        ({"title": "Log removed", "title_vi": ""}, "Log removed", "Log removed"),
        ({"title": "Log removed"}, "Log removed", "Log removed"),
        ({}, "", ""),
    ],
)
def test_the_persons_language_where_there_is_one(row, english, vietnamese, monkeypatch):
    rule = SimpleNamespace(title=row.get("title", ""), about=SimpleNamespace(title_vi=row.get("title_vi", "")))
    for locale, told in (("C.UTF-8", english), ("vi_VN.UTF-8", vietnamese)):
        monkeypatch.setenv("LC_ALL", locale)
        assert titled(row) == title_of(rule) == told


def test_nobody_else_chooses():
    folder = Path(titles.__file__).parent
    choosing = re.compile(r"vietnamese\(\).*title|title_vi\W+\) or|\{row\[.title.\]\}")
    assert [path.name for path in folder.rglob("*.py") if choosing.search(path.read_text("utf-8"))] == ["titles.py"]
