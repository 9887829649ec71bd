import hashlib
import mmap
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tramgac_collector.refusals import SampleRefused
from tramgac_collector.vault import CHUNK, Vault


def put(vault, data, limit=10 * CHUNK):
    sha256 = hashlib.sha256(data).hexdigest()
    upload = vault.begin(sha256, limit)
    for at in range(0, len(data), 100_000):
        upload.write(data[at : at + 100_000])
    assert upload.finish() == len(data)
    return sha256


def take(vault, sha256):
    descriptor = vault.open(sha256)
    try:
        return os.read(descriptor, 20 * CHUNK)
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_what_went_in_comes_out(tmp_path, size):
    vault, data = Vault(tmp_path), os.urandom(size)
    sha256 = put(vault, data)
    assert vault.has(sha256)
    assert take(Vault(tmp_path), sha256) == data


def test_nobody_can_change_what_was_opened(tmp_path):
    vault = Vault(tmp_path)
    descriptor = vault.open(put(vault, b"content"))
    with pytest.raises(PermissionError):
        os.pwrite(descriptor, b"x", 0)
    with pytest.raises(PermissionError):
        mmap.mmap(descriptor, 7, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    os.close(descriptor)


def test_nothing_of_it_is_readable_on_disk(tmp_path):
    data = b"EICAR-like text that a scanner would look for " * 100
    path = Vault(tmp_path).path(put(Vault(tmp_path), data))
    assert b"EICAR" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_another_hash_is_not_stored(tmp_path):
    upload = Vault(tmp_path).begin("0" * 64, 100)
    upload.write(b"x")
    with pytest.raises(SampleRefused, match="another hash"):
        upload.finish()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "key"]


def test_more_than_the_limit_is_not_stored(tmp_path):
    upload = Vault(tmp_path).begin("0" * 64, 10)
    upload.write(b"x" * 10)
    with pytest.raises(SampleRefused, match="larger than the 10 bytes"):
        upload.write(b"x")
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("name", ["", "../" * 20 + "x", "A" * 64, "g" * 64, "0" * 63, "0" * 64 + "/..", "\x00" * 64])
def test_a_name_that_is_no_hash_reaches_no_path(tmp_path, name):
    vault = Vault(tmp_path)
    for act in (lambda: vault.begin(name, 10), lambda: vault.open(name), lambda: vault.has(name)):
        with pytest.raises(SampleRefused):
            act()


def test_a_sample_that_is_not_there(tmp_path):
    with pytest.raises(SampleRefused, match="not stored"):
        Vault(tmp_path).open("0" * 64)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_change_on_disk_is_seen(tmp_path, data):
    vault = Vault(tmp_path)
    content = b"a" * (CHUNK + 100)
    path = vault.path(put(vault, content))
    stored = path.read_bytes()
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(stored) - 1))
        changed = stored[:at] + bytes([stored[at] ^ 1]) + stored[at + 1 :]
    else:
        changed = stored[: data.draw(st.integers(0, len(stored) - 1))]
    path.write_bytes(changed)
    with pytest.raises(SampleRefused, match="damaged"):
        vault.open(path.name)


def test_a_sample_under_another_s_name_is_seen(tmp_path):
    vault = Vault(tmp_path)
    one, other = put(vault, b"one"), put(vault, b"other")
    vault.path(other).write_bytes(vault.path(one).read_bytes())
    with pytest.raises(SampleRefused, match="damaged"):
        vault.open(other)


def test_processes_that_come_at_once_have_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        vaults = list(pool.map(lambda _: Vault(tmp_path), range(8)))
    sha256 = put(vaults[0], b"x")
    assert {take(vault, sha256) for vault in vaults} == {b"x"}
