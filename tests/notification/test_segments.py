"""SMS segments: what a text costs, and that no cut hurts a character."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.segments import (
    CONCATENATED,
    GSM_BASIC,
    GSM_EXTENSION,
    SINGLE,
    Encoding,
    count_units,
    segments,
)


def runs(alphabet: str) -> st.SearchStrategy[str]:
    """Texts long enough to be cut: runs of short pieces."""
    piece = st.text(st.sampled_from(alphabet), min_size=1, max_size=4)
    return st.lists(st.builds(lambda text, times: text * times, piece, st.integers(1, 60)), max_size=5).map("".join)


GSM = runs("".join(sorted(GSM_BASIC | GSM_EXTENSION)))
LAO = runs("ກຂຫນລາຳິີຸູ້່ໍຼັົເແໝ 😀a\u0301\r\n🇱🇦")


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", Encoding.GSM_7, 0, [0]),
        ("a" * 160, Encoding.GSM_7, 160, [160]),
        ("a" * 161, Encoding.GSM_7, 161, [153, 8]),
        ("a" * 306, Encoding.GSM_7, 306, [153, 153]),
        ("€" * 80, Encoding.GSM_7, 160, [80]),
        ("€" * 81, Encoding.GSM_7, 162, [76, 5]),
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM_7, 306, [152, 152, 1]),
        ("ກ" * 70, Encoding.UCS_2, 70, [70]),
        ("ກ" * 71, Encoding.UCS_2, 71, [67, 4]),
        ("ກ" * 66 + "😀" + "ກ" * 66, Encoding.UCS_2, 134, [66, 66, 1]),
        ("ກ" * 66 + "ນ້ຳ" + "ກ" * 2, Encoding.UCS_2, 71, [66, 5]),
        ("a" * 100 + "`", Encoding.UCS_2, 101, [67, 34]),
    ],
)
def test_a_text_is_encoded_and_cut_as_the_standard_says(
    text: str, encoding: Encoding, units: int, parts: list[int]
) -> None:
    found = segments(text)
    assert (found.encoding, found.units, [len(part) for part in found.parts]) == (encoding, units, parts)


@given(st.one_of(GSM, LAO))
def test_the_parts_are_the_text_and_each_fits(text: str) -> None:
    found = segments(text)
    limit = (SINGLE if len(found.parts) == 1 else CONCATENATED)[found.encoding]
    assert "".join(found.parts) == text
    assert [part for part in found.parts if count_units(part, found.encoding) > limit] == []
    assert sum(count_units(part, found.encoding) for part in found.parts) == found.units


@given(st.one_of(GSM, LAO))
def test_a_text_that_fits_one_segment_is_not_cut(text: str) -> None:
    found = segments(text)
    assert (len(found.parts) == 1) == (found.units <= SINGLE[found.encoding])


@given(LAO)
def test_ucs_2_units_are_those_of_utf_16(text: str) -> None:
    assert count_units(text, Encoding.UCS_2) == len(text.encode("utf-16-be")) // 2


@given(st.one_of(GSM, LAO))
def test_no_part_ends_inside_a_grapheme_cluster(text: str) -> None:
    found = segments(text)
    clusters = [regex.findall(r"\X", part) for part in found.parts]
    longest = max((count_units(c, found.encoding) for c in regex.findall(r"\X", text)), default=0)
    rejoined = [cluster for part in clusters for cluster in part]
    assert rejoined == regex.findall(r"\X", text) or longest > CONCATENATED[found.encoding]


@given(st.one_of(GSM, LAO))
def test_no_other_cut_needs_fewer_parts(text: str) -> None:
    """Greedy is best: each part but the last would overflow with the next cluster."""
    found = segments(text)
    for part, following in zip(found.parts, found.parts[1:], strict=False):
        first = regex.match(r"\X", following)
        assert first is not None
        assert count_units(part + first[0], found.encoding) > CONCATENATED[found.encoding]


def test_a_cluster_longer_than_a_part_is_cut_between_its_characters() -> None:
    found = segments("ກ" + "\u0ec8" * 100 + "😀")
    assert [len(part) for part in found.parts] == [67, 35]
    assert "".join(found.parts) == "ກ" + "\u0ec8" * 100 + "😀"


def test_the_basic_alphabet_has_its_128_places_without_the_escape() -> None:
    assert (len(GSM_BASIC), len(GSM_EXTENSION)) == (127, 10)
