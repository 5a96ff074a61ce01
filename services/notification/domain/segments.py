"""How an SMS text is encoded and cut: GSM 7-bit or UCS-2, one segment or several (3GPP TS 23.038 and 23.040)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import regex


class Encoding(StrEnum):
    """The alphabet of a short message; one character outside GSM 7-bit puts all of it into UCS-2."""

    GSM_7 = "gsm-7"
    UCS_2 = "ucs-2"


SINGLE: Final = {Encoding.GSM_7: 160, Encoding.UCS_2: 70}
"""Units of a message that is not cut: septets, or UTF-16 code units."""

CONCATENATED: Final = {Encoding.GSM_7: 153, Encoding.UCS_2: 67}
"""Units of each part of a longer message: six octets are taken by the concatenation header."""

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Characters that take two septets: an escape and their own."""

_GSM: Final = GSM_BASIC | GSM_EXTENSION
_LAST_OF_BMP: Final = "\uffff"
# A flag is two letters of a country; left to \X, a row of flags is looked over again for each of them.
_CLUSTERS: Final = regex.compile(r"[\U0001f1e6-\U0001f1ff]{2}[\p{GCB=EX}\p{GCB=SM}\p{GCB=ZWJ}]*|\X")


@dataclass(frozen=True, slots=True)
class Segments:
    """An SMS text as it will travel: the parts in order (an empty text is one empty part), and its units in all."""

    encoding: Encoding
    units: int
    parts: tuple[str, ...]


def segments(text: str) -> Segments:
    """Choose the encoding of a text and cut it into the fewest parts that split no grapheme cluster.

    A cluster that is longer than a part (no language has one) is cut between its characters; never inside a character.
    """
    encoding = Encoding.GSM_7 if _GSM.issuperset(text) else Encoding.UCS_2
    units = count_units(text, encoding)
    fits = units <= SINGLE[encoding]
    return Segments(encoding, units, (text,) if fits else tuple(_cut(text, encoding)))


def count_units(text: str, encoding: Encoding) -> int:
    """Count the septets or the UTF-16 code units of a text; extension characters and surrogate pairs count two."""
    if encoding is Encoding.GSM_7:
        return len(text) + sum(character in GSM_EXTENSION for character in text)
    return len(text) + sum(character > _LAST_OF_BMP for character in text)


def _cut(text: str, encoding: Encoding) -> Iterator[str]:
    limit = CONCATENATED[encoding]
    start, end, used = 0, 0, 0
    for piece in _pieces(text, encoding):
        units = count_units(piece, encoding)
        if used + units > limit:
            yield text[start:end]
            start, used = end, 0
        end, used = end + len(piece), used + units
    yield text[start:end]


def _pieces(text: str, encoding: Encoding) -> Iterable[str]:
    """Give the pieces that may not be cut: grapheme clusters, or the characters of one too long for any part."""
    for cluster in _CLUSTERS.findall(text):
        yield from (cluster,) if count_units(cluster, encoding) <= CONCATENATED[encoding] else cluster
