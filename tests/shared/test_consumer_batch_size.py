"""A consumer takes as much at a time as it can in a quarter of a second."""

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.consumer.adaptive_batch_size import LONG, AdaptiveBatchSize

MOST = 500


def test_it_begins_with_the_most() -> None:
    assert AdaptiveBatchSize(MOST).size == MOST


def test_after_a_long_transaction_the_next_has_as_much_as_fits_in_the_time() -> None:
    pace = AdaptiveBatchSize(MOST)
    pace.note(500, 20.0)
    assert pace.size == 6


def test_it_grows_again_when_there_is_time() -> None:
    pace = AdaptiveBatchSize(MOST)
    pace.note(500, 500.0)
    sizes = []
    for _ in range(10):
        sizes.append(pace.size)
        pace.note(pace.size, 0.01)
    assert sizes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 500]


@given(st.lists(st.tuples(st.integers(1, MOST), st.floats(0.0, 1e6))), st.floats(0.001, 10.0))
def test_it_is_never_nothing_and_settles_where_a_transaction_takes_its_time(
    before: list[tuple[int, float]], each: float
) -> None:
    pace = AdaptiveBatchSize(MOST)
    for count, seconds in before:
        pace.note(count, seconds)
        assert 1 <= pace.size <= MOST
    for _ in range(20):
        pace.note(pace.size, pace.size * each)
    assert pace.size == 1 or pace.size * each <= 2 * LONG
