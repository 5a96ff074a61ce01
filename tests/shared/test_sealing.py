"""Sealed values: only who holds a key opens them, and keys may be rotated."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from shared.sealing import SealBroken, Sealer

OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))
LINK = "https://pasum.la/answer/1#ລິ້ງ"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_is_opened_again(text: str) -> None:
    sealer = Sealer([NEW])
    assert sealer.open(sealer.seal(text)) == text


def test_a_seal_shows_nothing_and_is_never_the_same() -> None:
    first, second = Sealer([NEW]).seal(LINK), Sealer([NEW]).seal(LINK)
    assert (first == second, LINK in first, first.isascii()) == (False, False, True)


def test_the_first_key_seals_and_all_open() -> None:
    rotated = Sealer([NEW, OLD])
    assert rotated.open(Sealer([OLD]).seal(LINK)) == LINK
    assert Sealer([NEW]).open(rotated.seal(LINK)) == LINK
    with pytest.raises(SealBroken):
        Sealer([OLD]).open(rotated.seal(LINK))


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "no seal",
        LINK,
        Sealer([FOREIGN]).seal(LINK),
        Sealer([NEW]).seal(LINK)[:-4],
        Sealer([NEW]).seal(LINK) + "AAAA",
    ],
    ids=["empty", "text", "not ASCII", "foreign", "cut", "lengthened"],
)
def test_a_broken_seal_is_told_without_what_it_held(sealed: str) -> None:
    with pytest.raises(SealBroken) as broken:
        Sealer([NEW, OLD]).open(sealed)
    assert (str(broken.value), broken.value.__suppress_context__) == ("", True)


@pytest.mark.parametrize("keys", [["short"], ["ກ" * 44], [NEW, ""]], ids=["short", "not base64", "one is empty"])
def test_a_key_that_is_none_is_refused_at_once(keys: list[str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- cryptography's own, whatever it says
        Sealer(keys)
