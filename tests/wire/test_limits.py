from tramgac_wire import limits


def test_a_full_batch_fits_into_a_message_even_if_it_does_not_compress():
    assert limits.MAX_BATCH_BYTES + 64 * 1024 < limits.MAX_MESSAGE


def test_an_event_and_a_chunk_fit_into_what_carries_them():
    assert limits.MAX_EVENT_BYTES < limits.MAX_BATCH_BYTES
    assert limits.CHUNK < limits.MAX_MESSAGE < limits.MAX_RECORD
    assert limits.MAX_EVENT_BYTES < 1 << 21  # three bytes of a varint


def test_versions_are_a_range():
    assert 0 < limits.VERSION_LOW <= limits.VERSION_HIGH
