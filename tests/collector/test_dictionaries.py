import pytest
from tramgac_collector import dictionaries
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import ContentRefused
from tramgac_wire.content import update
from tramgac_wire.dictionary import Dictionary, train
from tramgac_wire.limits import MAX_DICTIONARIES

from tests.wire.repository import Repository


def made(word):
    return train([word + b" /usr/bin/program %d %d " % (n % 7, n) * 9 for n in range(200)], 1_000)


@pytest.fixture(scope="module")
def linux():
    return made(b"linux")


def test_those_of_a_repository_are_verified(tmp_path, linux):
    repository = Repository()
    repository.publish(b"{}", further={"linux.dictionary": linux.content})
    update(repository.root, tmp_path, repository.fetch)
    (found,) = dictionaries.verified(tmp_path, repository.fetch)
    assert found.number == linux.number
    name = next(name for name in repository.files if name.endswith(".dictionary"))
    repository.files[name] += b"x"
    with pytest.raises(ContentRefused, match="tampered"):
        dictionaries.verified(tmp_path, repository.fetch)
    del repository.files[name]
    with pytest.raises(ContentRefused, match="lacks its linux"):
        dictionaries.verified(tmp_path, repository.fetch)
    repository.publish(b"{}", further={"windows.dictionary": b"none"})
    update(repository.root, tmp_path, repository.fetch)
    with pytest.raises(ContentRefused, match="no dictionary"):
        dictionaries.verified(tmp_path, repository.fetch)
    repository.publish(b"{}")
    update(repository.root, tmp_path, repository.fetch)
    assert dictionaries.verified(tmp_path, repository.fetch) == []


def test_the_last_ones_are_kept_and_known_the_newest_first(tmp_path, linux):
    paths = StatePaths(tmp_path)
    assert dictionaries.known(paths) == {}
    others = [made(b"%d" % number) for number in range(MAX_DICTIONARIES)]
    dictionaries.keep(paths, [linux])
    for other in others[:-1]:
        dictionaries.keep(paths, [other])
    assert list(dictionaries.known(paths)) == [other.number for other in reversed(others[:-1])] + [linux.number]
    dictionaries.keep(paths, [linux])
    dictionaries.keep(paths, others[-1:])
    numbers = list(dictionaries.known(paths))
    assert numbers[:2] == [others[-1].number, linux.number]
    assert len(numbers) == MAX_DICTIONARIES
    assert others[0].number not in numbers
    (paths.content / f"dictionaries/{linux.number:08x}.dictionary").write_bytes(b"damaged")
    assert linux.number not in dictionaries.known(paths)
    assert isinstance(dictionaries.known(paths)[numbers[0]], Dictionary)
