"""Sorts Lao words as dictionaries and lists of names do."""

import re
from typing import Final

from shared.lao.spelling import normalise

_LEADING_VOWEL: Final = re.compile("([ເແໂໃໄ])(.)")


def dictionary_key(word: str) -> str:
    """A key that sorts as Lao dictionaries do: a vowel written before its consonant counts after it, ສ after ຈ."""
    return _LEADING_VOWEL.sub(r"\2\1", normalise(word)).replace("ສ", "ຈ\U0010ffff")
