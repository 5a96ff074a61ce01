"""The Lao script: normalised spelling, search keys, dates. Standard library only.

Line breaks (`shared.lao.words`) and order (`shared.lao.collation`) need ICU: a service that uses these modules has
`pyicu-wheels` in its extra.
"""

from shared.lao.dates import MONTHS, clock_time, long_date, short_date
from shared.lao.spelling import normalise, parse_digits, search_key

__all__ = [
    "MONTHS",
    "clock_time",
    "long_date",
    "normalise",
    "parse_digits",
    "search_key",
    "short_date",
]
