import pytest
from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.pairs import say


def test_parameters_are_made_visible_and_never_formatted_again(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    assert say(Complaint.USER_EXISTS, name="\x1b[2J{state}") == (
        "There is a user \\x1b[2J{state} already; choose another name."
    )
    with pytest.raises(KeyError):
        say(Complaint.USER_EXISTS)


def test_it_is_said_in_the_persons_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert say(Complaint.USER_EXISTS, name="an") == "Đã có người dùng an; hãy chọn tên khác."
