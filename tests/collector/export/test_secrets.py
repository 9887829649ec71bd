import pytest
from tramgac_collector.errors import SettingsError
from tramgac_collector.export import secrets
from tramgac_collector.export.settings import TcpTarget


def written(state, content, mode=0o600):
    (state.root / "token").write_bytes(content)
    (state.root / "token").chmod(mode)


def test_a_token_is_a_line_that_only_its_owner_reads(state):
    written(state, b"abc\n")
    assert secrets.token(state, "token") == "abc"
    assert secrets.token(state, str(state.root / "token")) == "abc"


@pytest.mark.parametrize(
    ("content", "mode", "why"),
    [
        (b"abc", 0o640, "chmod 0600"),
        (b" \n", 0o600, "empty"),
        (b"a\nb: c", 0o600, "more than one line"),
        (b"\xff", 0o600, "ASCII"),
    ],
)
def test_what_is_wrong_with_a_token_is_told_without_it(state, content, mode, why):
    written(state, content, mode)
    with pytest.raises(SettingsError) as error:
        secrets.token(state, "token")
    assert why in error.value.what.en
    assert "abc" not in error.value.what.en.replace(str(state.root), "")


def test_a_file_that_is_not_there_is_named(state):
    with pytest.raises(SettingsError, match="token"):
        secrets.token(state, "token")
    target = TcpTarget(name="a", kind="tcp", format="cef", server="h:1", ca_file="nowhere.pem")
    with pytest.raises(SettingsError, match=r"nowhere\.pem"):
        secrets.tls(state, target)
