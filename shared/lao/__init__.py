"""The Lao script: normalised spelling, search keys, sort order, dates. Standard library only.

Line breaks need ICU and are in `shared.lao.words`; a service that uses that module has `icu4py` in its extra.
"""

from shared.lao.collation import dictionary_key
from shared.lao.dates import MONTHS, clock_time, long_date, short_date
from shared.lao.spelling import normalise, parse_digits, search_key

__all__ = [
    "MONTHS",
    "clock_time",
    "dictionary_key",
    "long_date",
    "normalise",
    "parse_digits",
    "search_key",
    "short_date",
]
