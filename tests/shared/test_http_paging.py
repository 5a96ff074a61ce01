"""Cursors: what a client was given is taken back, and nothing else."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.http import InvalidCursor, decode_cursor, encode_cursor

NOON = datetime(2022, 9, 19, 12, tzinfo=UTC)


@pytest.mark.parametrize("cursor", [encode_cursor("a\0b"), encode_cursor("a" * 1024)], ids=["NUL", "too long"])
def test_a_cursor_that_nobody_could_have_been_given_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(cursor, str)


def test_a_position_comes_back_as_it_went() -> None:
    position = (NOON, uuid4())
    assert decode_cursor(encode_cursor(position), tuple[datetime, UUID]) == position
