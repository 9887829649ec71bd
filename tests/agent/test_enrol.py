import asyncio
import datetime as dt
import hashlib
import socket
import subprocess

import pytest
from tramgac_agent import identity
from tramgac_agent.config import load
from tramgac_agent.enrol import enrol, read_ticket
from tramgac_agent.errors import EnrolmentError
from tramgac_agent.paths import AgentPaths
from tramgac_wire.ticket import Ticket, encode

from tests.agent.collector import Memory, serving
from tests.agent.pki import DAY, Authority

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def memory():
    found = Memory(Authority())
    found.tokens["secret"] = "good"
    found.session_address = "collector.example:444"
    return found


def ask(memory, tmp_path, **options):
    """Enrol against a running collector; the ticket's parts may be overridden."""
    overrides = {name: options.pop(name) for name in ("secret", "ca", "content_root") if name in options}

    async def work():
        async with serving(memory, client=False, **options) as address:
            ticket = Ticket(**{"secret": "secret", "collector": address, "ca": memory.authority.der} | overrides)
            return await asyncio.to_thread(enrol, AgentPaths(tmp_path), encode(ticket))

    return asyncio.run(work())


def test_a_host_becomes_known(memory, tmp_path):
    memory.content_root = b'{"root": 1}'
    found = ask(memory, tmp_path, content_root=hashlib.sha256(memory.content_root).hexdigest())
    paths = AgentPaths(tmp_path)
    assert identity.load(paths).host == found.host
    assert load(tmp_path).collector == "collector.example:444"
    assert paths.content_root.read_bytes() == memory.content_root
    assert not paths.content_unpinned.exists()
    assert found.clock_hours == 0


def test_a_root_that_no_ticket_pinned_is_noted(memory, tmp_path):
    memory.content_root = b"root"
    ask(memory, tmp_path)
    assert AgentPaths(tmp_path).content_unpinned.exists()


@pytest.mark.parametrize(
    ("state", "said"),
    [("token_unknown", "does not know"), ("token_used", "used already"), ("token_expired", "time is over")],
)
def test_what_is_wrong_with_a_token_is_said(memory, tmp_path, state, said):
    memory.tokens["secret"] = state
    with pytest.raises(EnrolmentError, match=said) as raised:
        ask(memory, tmp_path)
    assert raised.value.code == "token"
    assert not AgentPaths(tmp_path).identity.exists()


def test_a_state_folder_that_cannot_be_made_uses_up_no_ticket(memory, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EnrolmentError, match="The ticket was not used") as raised:
        ask(memory, tmp_path / "file" / "state")
    assert raised.value.code == "disk"
    assert memory.tokens["secret"] == "good"


@pytest.mark.root
def test_a_full_disk_uses_up_no_ticket(memory, tmp_path):
    memory.content_root = bytes(100_000)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", tmp_path], check=True)
    try:
        (tmp_path / "full").write_bytes(bytes(900_000))
        with pytest.raises(EnrolmentError, match=r"No space left on device\. The ticket was not used") as raised:
            ask(memory, tmp_path / "state")
        assert raised.value.code == "disk"
        (tmp_path / "full").unlink()
        assert ask(memory, tmp_path / "state").host
        assert not list(tmp_path.rglob("*probe*"))
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_token_works_once(memory, tmp_path):
    ask(memory, tmp_path / "one")
    with pytest.raises(EnrolmentError, match="used already"):
        ask(memory, tmp_path / "two")


def test_a_host_enrols_once(memory, tmp_path):
    ask(memory, tmp_path)
    memory.tokens["secret"] = "good"
    with pytest.raises(EnrolmentError, match="enrolled already") as raised:
        ask(memory, tmp_path)
    assert raised.value.code == "enrolled"


def test_a_foreign_authority_is_never_told_the_secret(memory, tmp_path):
    with pytest.raises(EnrolmentError, match="not the collector of this ticket") as raised:
        ask(memory, tmp_path, ca=Authority().der)
    assert raised.value.code == "ca"
    assert memory.tokens["secret"] == "good"


@pytest.mark.parametrize("after", [1, -3])
def test_a_wrong_clock_is_named(memory, tmp_path, after):
    now = dt.datetime.now(dt.UTC)
    with pytest.raises(EnrolmentError, match="Set the clock") as raised:
        ask(memory, tmp_path, server=memory.authority.server(window=(now + after * DAY, now + (after + 1) * DAY)))
    assert raised.value.code == "clock"


@pytest.mark.parametrize(("after", "sign"), [(1, -1), (-3, 1)])
def test_a_clock_outside_the_certificates_life_is_told(memory, tmp_path, after, sign):
    now = dt.datetime.now(dt.UTC)
    memory.window = (now + after * DAY, now + (after + 1) * DAY)
    assert ask(memory, tmp_path).clock_hours * sign > 23


def test_an_unreachable_port_is_named(memory, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = taken.getsockname()[1]
    text = encode(Ticket("secret", f"127.0.0.1:{free}", memory.authority.der))
    with pytest.raises(EnrolmentError, match=f"127.0.0.1:{free}") as raised:
        enrol(AgentPaths(tmp_path), text)
    assert raised.value.code == "unreachable"


def test_another_root_than_the_tickets_is_refused(memory, tmp_path):
    memory.content_root = b"another"
    with pytest.raises(EnrolmentError, match="content root") as raised:
        ask(memory, tmp_path, content_root="00" * 32)
    assert raised.value.code == "reply"
    assert not AgentPaths(tmp_path).content_root.exists()


@pytest.mark.parametrize("address", ["nonsense", 'x"\nspool_bytes = 1\ny = ":1', "a\nb:1"])
def test_an_address_that_is_none_is_refused(memory, tmp_path, address):
    memory.session_address = address
    with pytest.raises(EnrolmentError, match="HOST:PORT"):
        ask(memory, tmp_path)


@pytest.mark.parametrize("text", ["", "hello", "tramgac1.", "tramgac1.!!!!", "tramgac1." + "A" * 50_000])
def test_no_ticket(tmp_path, text):
    with pytest.raises(EnrolmentError, match="cannot be used") as raised:
        enrol(AgentPaths(tmp_path), text)
    assert raised.value.code == "ticket"


def test_why_a_ticket_cannot_be_used_is_said_in_the_readers_language(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    for text, said in (("nonsense", "đó không phải phiếu"), ("tramgac1.x", "phiếu bị cắt hoặc bị đổi")):
        with pytest.raises(EnrolmentError, match=f"Không dùng được phiếu: {said}"):
            enrol(AgentPaths(tmp_path), text)


def test_a_ticket_is_read_from_where_it_is(tmp_path):
    (tmp_path / "ticket").write_text("tramgac1.x\n")
    assert read_ticket("tramgac1.x") == "tramgac1.x"
    assert read_ticket(str(tmp_path / "ticket")) == "tramgac1.x\n"
    assert read_ticket("-", tmp_path / "ticket") == "tramgac1.x\n"
