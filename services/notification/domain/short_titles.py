"""The title of a meeting in an SMS: as much of it as leaves the text in as few segments as it has without."""

from typing import Final

import regex

from services.notification.domain.segments import CONCATENATED, SINGLE, Encoding, count_units, segments

PLACE: Final = "\ue000"
"""Stands in a text for the title, until it is known how much of it there is room for; no text holds this character."""
LEAST: Final = 12
"""Characters of a long title that are always named."""

_GROUP, _MEETING = "ກອງ", "ປະຊຸມ"  # most titles begin with ກອງປະຊຸມ: ປະຊຸມ says as much
_LEADING_VOWELS: Final = "ເແໂໃໄ"  # written before the consonant after which they are spoken
_CLUSTERS: Final = regex.compile(r"\X")


def with_short_title(text: str, title: str, *, most_parts: int) -> str | None:
    """The text with the title in its `PLACE`, shortened where it must be; None where there is no room in `most_parts`.

    A longer title never costs a part: it is shortened to what the first part has room for that takes its beginning.
    """
    if PLACE not in text:
        return text if len(segments(text).parts) <= most_parts else None
    title = _plain(title)
    rest = text.replace(PLACE, "")
    dots = "..." if title.isascii() else "…"
    encoding = segments(rest + title + dots).encoding
    least, used = min(LEAST, count_units(title, encoding)), count_units(rest, encoding)
    for parts in range(1, most_parts + 1):
        most = SINGLE[encoding] if parts == 1 else parts * CONCATENATED[encoding]
        for room in range(most - used, least - 1, -1):  # a part may leave some units empty: no letter is cut
            named = text.replace(PLACE, _shortened(title, room, dots, encoding))
            if len(segments(named).parts) <= parts:
                return named
    return None


def with_least_title(text: str, title: str) -> str:
    """The text with a title that is shortened as much as one may be, however long the text is."""
    return text.replace(PLACE, _shortened(_plain(title), LEAST, "…", Encoding.UCS_2))


def _plain(title: str) -> str:
    """The title without what says nothing in an SMS."""
    return title.removeprefix(_GROUP) if title.startswith(_GROUP + _MEETING) else title


def _shortened(title: str, room: int, dots: str, encoding: Encoding) -> str:
    """The title in at most `room` units; cut at the end of a word where one ends near, never inside a letter."""
    if count_units(title, encoding) <= room:
        return title
    kept, left = "", room - count_units(dots, encoding)
    for cluster in _CLUSTERS.findall(title):
        left -= count_units(cluster, encoding)
        if left < 0:
            break
        kept += cluster
    words, space, last = kept.rpartition(" ")
    if space and len(last) < LEAST // 2 and len(words) >= LEAST // 2:
        kept = words
    return kept.rstrip(_LEADING_VOWELS + " ,.:;-–") + dots
