"""Texts that nobody wrote: random ones of Lao words, of Lao signs in any order, and of many scripts together."""

import random
from collections.abc import Sequence
from typing import Final

_CONSONANTS: Final = "ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮໜໝ"
# Without the letters of Pali and Sanskrit, which the ICU of an old server does not know (Unicode 12, 2019).
_LAO: Final = _CONSONANTS + "ະັາຳິີຶືຸູົຼຽເແໂໃໄໆ່້໊໋໌ໍ\u0ed0໑໒໓໔໕໖໗໘໙ໞໟຯ"
_SYLLABLES: Final = [
    before + consonant + vowel + tone + after
    for before in ("", "ເ", "ແ", "ໂ", "ໃ", "ໄ")
    for consonant in (*_CONSONANTS, "ຫຼ", "ກວ", "ຫງ")
    for vowel, after in (("", ""), ("", "າ"), ("ິ", "ນ"), ("ີ", ""), ("ຸ", ""), ("ູ", "ງ"), ("ົ", "ບ"), ("ັ", "ກ"), ("ໍ", ""))
    for tone in ("", "່", "້")
]
_OTHERS: Final = "azAZéÉßñøk0129\u0ed0໑໙ -.,()/%_\\'\"\u200b\u00a0ກขคงะาิี่้កខခ中文日本한あア🙂\u0435"

KINDS: Final[dict[str, Sequence[str]]] = {
    "Lao words": (*_SYLLABLES, " "),
    "Lao signs in any order": _LAO,
    "all": (*_SYLLABLES[::7], *_LAO, *_OTHERS, *_OTHERS),
}
"""Kind of text → the pieces of which it is put together."""

QUERIES: Final = (
    "",
    "%",
    "_",
    "\\",
    "-",
    "່",
    "່້ ໌",
    "\u200b",
    "%%",
    "ກ%",
    "ກ_ນ",
    "າ",
    "ນຳ",
    "ນໍ້າ",
    "ກ ກ",
    "AZ",
    "é",
    "0",
    "\u0ed0",
    "🙂",
)
"""What people type: nothing, wildcards, signs alone, letters in several spellings."""


def generated(pieces: Sequence[str], number: int, *, seed: int) -> list[str]:
    """So many texts of at most twelve pieces, the same ones for the same seed, in pairs that are nearly alike."""
    chance = random.Random(seed)  # noqa: S311 -- no secret
    texts: list[str] = []
    while len(texts) < number:
        text = "".join(chance.choices(pieces, k=chance.randint(0, 12)))
        texts += [text, text[:4] + text[5:]]
    return texts[:number]


def spelled(text: str) -> str:
    """A part of a text as somebody else types it: other case, other vowel lengths, invisible characters."""
    return text[1:5].upper().replace("ິ", "ີ").replace("ຸ", "ູ").replace("າ", "\u200bາ")
