from hypothesis import given
from hypothesis import strategies as st
from tramgac_agent.ledger import AGE, FULL, TORN, LaneBook
from tramgac_wire.chain import START, extend


def emit(book, count):
    for _ in range(count):
        book.emit(extend(book.chain, [b"x"]))


def with_frames(*counts):
    book = LaneBook()
    for position, count in enumerate(counts):
        first = book.emitted + 1
        emit(book, count)
        book.stored(position, first, count, age=position)
    return book


def test_an_empty_book():
    book = LaneBook()
    assert (book.position, book.first, book.chain, book.ledger.balanced) == (None, 1, START, True)


def test_an_acknowledgement_may_end_within_a_frame():
    book = with_frames(10, 10)
    book.ack(13)
    assert (book.acked, book.spooled, book.first, book.position) == (13, 7, 14, 1)
    book.ack(12)
    assert book.acked == 13
    book.ack(20)
    assert (book.acked, book.spooled, book.first, book.position) == (20, 0, 21, None)


def test_an_acknowledgement_beyond_what_is_written_counts_what_is_written():
    book = with_frames(5)
    book.ack(1000)
    assert (book.acked, book.watermark) == (5, 5)


def test_what_is_given_up_is_not_acknowledged_later():
    book = with_frames(5, 5, 5)
    assert book.drop_before(1, FULL) == 5
    book.ack(15)
    assert book.ledger.dropped == {"spool_full": 5}
    assert (book.acked, book.ledger.balanced) == (10, True)


def test_frames_that_a_refused_sync_took_are_given_up():
    book = with_frames(5, 5, 5)
    assert book.drop_from(1, TORN) == 10
    assert (book.first, book.ledger.balanced) == (1, True)


def test_ages():
    book = with_frames(1, 1, 1)
    assert (book.age_before(0), book.age_before(2), book.age_before(99)) == (None, 1, 2)


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["frame", "lost", "ack", "before", "from"]), st.integers(0, 60)), max_size=60
)


@given(ACTIONS)
def test_the_books_balance_whatever_happens(actions):
    book, position = LaneBook(), 0
    for action, number in actions:
        if action == "frame":
            first = book.emitted + 1
            emit(book, number % 7 + 1)
            book.stored(position, first, number % 7 + 1, 0)
            position += 1
        elif action == "lost":
            first = book.emitted + 1
            emit(book, number % 7 + 1)
            book.unwritten(first, number % 7 + 1, FULL)
        elif action == "ack":
            book.ack(number)
        elif action == "before":
            book.drop_before(number, AGE)
        else:
            book.drop_from(number, TORN)
            position = min(position, number) if number < position else position
        assert book.ledger.balanced
        assert book.waiting() == book.spooled


def test_a_span_in_the_middle_is_given_up_and_acknowledged_no_more():
    book = with_frames(10, 10, 10)
    assert book.drop_span(11, 20, TORN) == 10
    assert book.drop_span(11, 20, TORN) == 0
    assert (book.spooled, book.waiting(), book.first, book.ledger.balanced) == (20, 20, 1, True)
    book.ack(30)
    assert (book.acked, book.spooled, book.dropped) == (20, 0, {TORN: 10})


def test_a_span_that_begins_in_a_frame_takes_what_was_not_acknowledged_of_it():
    book = with_frames(10, 10)
    book.ack(4)
    assert book.drop_span(5, 10, TORN) == 6
    assert (book.acked, book.spooled, book.first, book.ledger.balanced) == (4, 10, 11, True)
    assert book.drop_span(12, 20, TORN) == 0


def told(book):
    return book.resent, book.gone, book.behind


def test_what_a_collector_lost_again_is_counted_apart():
    book = LaneBook()
    for _ in range(10):
        book.emit(START)
    book.stored(0, 1, 10, 0)
    book.ack(8)
    assert not book.held(8)
    assert book.held(3)
    assert told(book) == (0, 0, True)
    book.miss(4, 5)
    book.miss(4, 5)
    book.ack(7)
    assert told(book) == (2, 2, True)
    assert not book.held(7)
    book.ack(10)
    assert told(book) == (3, 2, False)
    assert (book.ledger.acked, book.ledger.balanced) == (10, True)


def test_what_cannot_be_sent_again_is_not_asked_for_a_second_time():
    book = LaneBook()
    for _ in range(10):
        book.emit(START)
    book.stored(0, 1, 10, 0)
    book.ack(8)
    assert book.held(2)
    book.miss(3, 9)
    assert told(book) == (0, 6, False)
    assert not book.held(2)
    book.ack(9)
    assert book.held(2)


def test_what_goes_on_under_a_later_epoch_is_neither_acknowledged_nor_given_up():
    book = with_frames(10, 10, 10)
    book.ack(5)
    assert book.oldest(2) == [(0, 1, 10), (1, 11, 20)]
    book.carry(20)
    assert (book.carried, book.acked, book.spooled, book.first, book.ledger.balanced) == (15, 5, 10, 21, True)
    assert not book.dropped


def test_what_lacks_at_the_end_begins_after_what_the_collector_holds():
    book = LaneBook()
    for _ in range(9):
        book.emit(START)
    book.stored(0, 1, 9, 0)
    assert book.missing_from == 0  # it waits
    book.ack(4)
    book.drop_before(1, FULL)
    assert book.missing_from == 5
    book.held(2)
    assert book.missing_from == 3
    book.miss(3, 4)
    assert book.missing_from == 3
    book.held(4)
    assert book.missing_from == 5
    book.ack(9)
    assert book.missing_from == 0
