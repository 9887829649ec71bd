from tramgac_collector.export import aside
from tramgac_collector.export.aside import Aside


def test_a_record_is_kept_once_with_the_reason_and_not_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(aside, "MOST", 2)
    kept = Aside(tmp_path / "siem")
    assert kept.keep("a/1", b"data", "too odd")
    assert kept.keep("a/1", b"data", "too odd")
    assert kept.keep("a/2", b"", "")
    assert not kept.keep("a/3", b"", "")
    assert not Aside(tmp_path / "siem").keep("a/4", b"", "")
    texts = sorted(file.read_bytes() for file in (tmp_path / "siem").iterdir())
    assert texts[-1] == b"record a/2\nreason \n\n\n"
    assert texts[0] == b"record a/1\nreason too odd\n\ndata\n"
