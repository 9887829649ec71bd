from tramgac_collector.cli.help_words import Frame
from tramgac_collector.cli.pairs import say


def test_a_frame_is_said_in_the_persons_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert say(Frame.DEFAULT, default=7) == "mặc định: 7"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert say(Frame.DEFAULT, default=7) == "default: 7"
