import json
import unicodedata

import pytest
from sqlalchemy import event
from tramgac_collector.cli.headings import Nothing
from tramgac_collector.vocabulary import ROLES

from tests.tools.console import ORIGIN, Console, Run

PASSWORD = "một hai ba bốn năm"


def test_add_and_list(running: Console, tramgac: Run):
    assert tramgac("users", "add", "an", "--role", "viewer", text=PASSWORD + "\n") == (
        0,
        "User an added with role viewer.\n",
        "",
    )
    assert json.loads(tramgac("users", "--json")[1])["name"] == "an"
    heads, row = tramgac("users", "list")[1].splitlines()
    assert heads.split() == ["NAME", "ROLE", "CREATED", "CLOSED"]
    assert row.startswith("an    viewer")
    assert running.stranger().post("/api/login", json={"name": "an", "password": PASSWORD}).status_code == 204


def test_a_full_disk_is_told_as_one(running: Console, tramgac: Run):
    def full(connection, *_):
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are

    event.listen(running.engine, "checkout", full)
    names = (f"{number:03} {'x' * 100}" for number in range(500))
    while not (ended := tramgac("users", "add", next(names), "--role", "viewer", text=PASSWORD + "\n"))[0]:
        pass  # the pages that there are have room for some
    assert ended[0] == 1
    assert ended[2].startswith("The collector's disk is full, so nothing was changed: make room at ")


def test_a_closed_account_gets_no_address(running: Console, tramgac: Run):
    tramgac("users", "add", "an", "--role", "viewer", text=PASSWORD + "\n")
    tramgac("users", "disable", "an")
    status, out, err = tramgac("users", "once", "an")
    assert (status, out) == (1, "")
    assert err.startswith("The account of an is closed, so nobody can sign in with it; `tramgac users enable an` opens")


def test_a_password_is_needed_and_a_good_one(running: Console, tramgac: Run):
    assert "No password" in tramgac("users", "add", "an")[2]
    assert "15" in tramgac("users", "add", "an", text="short\n")[2]
    assert tramgac("users", "--json")[1] == ""
    assert tramgac("users")[1] == Nothing.USERS.en + "\n"


def test_a_role_that_is_none_is_told_before_a_password_is_asked_for(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    says = f"there is no 'viewer2' (did you mean viewer?); choose from: {', '.join(ROLES)}.\n"
    assert tramgac("users", "add", "an", "--role", "viewer2") == (2, "", f"--role: {says}")
    assert tramgac("users", "role", "an", "viewer2") == (2, "", f"ROLE: {says}")


def test_a_name_that_is_none(running: Console, tramgac: Run):
    for name in ("\x07", "x" * 129):
        status, out, err = tramgac("users", "add", name, text=PASSWORD + "\n")
        assert (status, out) == (2, "")
        assert "128" in err


def test_on_a_terminal_it_is_asked_twice(running: Console, tramgac: Run, monkeypatch):
    answers = [PASSWORD, "other", PASSWORD, PASSWORD]
    monkeypatch.setattr("getpass.getpass", lambda _: answers.pop(0))
    assert "differ" in tramgac("users", "add", "an", terminal=True)[2]
    assert tramgac("users", "add", "an", terminal=True)[0] == 0


def test_before_a_password_is_typed_everything_else_is_right_and_its_rules_are_known(
    running: Console, tramgac: Run, monkeypatch
):
    asked = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "short")
    running.signed_in("viewer", "Hạnh")
    assert "There is a user" in tramgac("users", "add", unicodedata.normalize("NFD", "Hạnh"), terminal=True)[2]
    assert "There is no user" in tramgac("users", "password", "nobody", terminal=True)[2]
    assert tramgac("users", "add", "x" * 129, terminal=True)[0] == 2
    assert asked == []
    status, _, err = tramgac("users", "add", "an", terminal=True)
    rule, refusal = err.splitlines()
    assert (status, len(asked)) == (1, 1), "not asked again for what is refused"
    assert rule.startswith("A password has 15 to 1024 characters, at least 6 different ones")
    assert "choose another" in refusal


def test_without_a_collector_no_password_is_asked_for(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("it was"))
    assert "No collector runs" in tramgac("users", "add", "an", "--state", str(tmp_path), terminal=True)[2]


def test_once(running: Console, tramgac: Run):
    running.signed_in("viewer", "an")
    assert tramgac("users", "once", "an")[1].startswith(f"{ORIGIN}/#once=")
    made = json.loads(tramgac("users", "once", "an", "--json")[1])
    assert running.stranger().post("/api/login", json={"once": made["token"]}).status_code == 204
    assert tramgac("users", "once", "nobody")[0] == 1


def test_role_password_disable_and_enable(running: Console, tramgac: Run):
    tramgac("users", "add", "an", "--role", "viewer", text=PASSWORD + "\n")

    def signs_in(password):
        answer = running.stranger().post("/api/login", json={"name": "an", "password": password})
        return answer.status_code == 204

    assert tramgac("users", "role", "an", "analyst") == (0, "User an has role analyst now.\n", "")
    assert json.loads(tramgac("users", "--json")[1])["role"] == "analyst"
    other = PASSWORD + " sáu"
    assert tramgac("users", "password", "an", text=other + "\n") == (0, "The password of an was changed.\n", "")
    assert signs_in(other)
    assert tramgac("users", "password", "an", text="short\n")[0] == 1
    assert tramgac("users", "disable", "an")[1] == "The account of an is closed.\n"
    assert not signs_in(other)
    assert tramgac("users", "enable", "an")[1] == "The account of an is open again.\n"
    assert signs_in(other)
    assert tramgac("users", "disable", "nobody")[0] == 1
    for words in (["role", "an", "viewer"], ["disable", "an"], ["enable", "an"]):
        assert json.loads(tramgac("users", *words, "--json")[1])["name"] == "an"
    assert json.loads(tramgac("users", "password", "an", "--json", text=other + "\n")[1]) == {"name": "an"}
