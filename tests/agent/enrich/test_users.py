import os

from tramgac_agent.enrich.users import Users


def test_our_own_name():
    import pwd

    assert Users().name(os.getuid()) == pwd.getpwuid(os.getuid()).pw_name


def test_a_number_without_a_name_is_written_as_it_is():
    assert Users().name(3_999_999_999) == "3999999999"
    assert Users().name(None) == ""


def test_a_name_is_asked_for_once_in_ten_minutes():
    asked = []
    now = [0.0]

    def look_up(uid):
        asked.append(uid)
        return f"user{uid}"

    users = Users(look_up, lambda: now[0])
    assert [users.name(7), users.name(7), users.name(8)] == ["user7", "user7", "user8"]
    assert asked == [7, 8]
    now[0] = 601
    users.name(7)
    assert asked == [7, 8, 7]
