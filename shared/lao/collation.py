"""Sorts Lao words as dictionaries and lists of names do: as ICU's Lao collation, which PostgreSQL has too.

ICU is imported inside the function, so that only services that call it need `pyicu-wheels` in their extra.
"""

from functools import lru_cache
from typing import Any


def dictionary_key(text: str) -> bytes:
    """A key that sorts texts as PostgreSQL's ``COLLATE "lo-x-icu"`` does: Lao before Latin, ສ after ຈ.

    A vowel that is written before its consonant counts after it, and tones count where all else is equal. As in
    PostgreSQL, texts that the collation holds for equal are sorted by their bytes.
    """
    key: bytes = _collator().getSortKey(text)  # it ends with a zero byte and has no other
    return key + text.encode(errors="surrogatepass")


@lru_cache(maxsize=1)
def _collator() -> Any:
    from icu import Collator, Locale  # noqa: PLC0415 -- only some services install ICU

    return Collator.createInstance(Locale("lo"))
