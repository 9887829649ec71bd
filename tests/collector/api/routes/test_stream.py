import pytest

from tests.tools.console import Console


@pytest.fixture
def ended(console: Console) -> Console:
    """A console whose streams end when they have said what there is."""
    console.services.hub.close()
    return console


def test_a_stream_is_one_of_events(ended: Console):
    answer = ended.signed_in("viewer").get("/api/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == "retry: 2000\nid: 0\n\n"


@pytest.mark.parametrize(
    ("headers", "params", "position"),
    [
        ({}, {}, 0),
        ({"Last-Event-ID": "7"}, {}, 7),
        ({}, {"last": 8}, 8),
        ({"Last-Event-ID": "7"}, {"last": 8}, 7),
        ({"Last-Event-ID": "abc"}, {}, -1),
        ({"Last-Event-ID": "-3"}, {}, -1),
    ],
)
def test_where_a_stream_begins(ended: Console, headers, params, position):
    answer = ended.signed_in("viewer").get("/api/stream", headers=headers, params=params)
    assert f"id: {position}\n" in answer.text


def test_what_is_no_position_is_refused(ended: Console):
    client = ended.signed_in("viewer")
    assert client.get("/api/stream", params={"last": -1}).status_code == 422
    assert client.get("/api/stream", headers={"Last-Event-ID": "9" * 21}).status_code == 422
