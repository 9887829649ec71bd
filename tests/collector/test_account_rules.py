import subprocess
import sys

import pytest
from tramgac_collector.account_rules import MAX_NAME, MAX_PASSWORD, MIN_PASSWORD, good_name, good_password


@pytest.mark.parametrize("name", ["an", "Hạnh Nguyễn", "x" * MAX_NAME])
def test_names(name):
    assert good_name(name)


@pytest.mark.parametrize("name", ["", "x" * (MAX_NAME + 1), "a\nb", "a\x1b[31m", "\u202eroot"])
def test_names_that_are_none(name):
    assert not good_name(name)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("mật khẩu đủ dài", True),
        ("abcdef" * 3, True),
        ("abcde" * 10, False),
        ("x" * MIN_PASSWORD, False),
        ("abcdefgh", False),
        ("abcdefgh" * (MAX_PASSWORD // 8), True),
        ("abcdefgh" * (MAX_PASSWORD // 8) + "i", False),
    ],
)
def test_passwords(password, good):
    assert good_password(password) is good


def test_a_command_that_asks_for_one_loads_no_database():
    script = "import sys, tramgac_collector.account_rules; print('sqlalchemy' in sys.modules, 'argon2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
