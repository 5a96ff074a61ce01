"""The identifiers of the examples: one meeting, the consultation of 19 September 2022 in Vientiane, and one answer."""

from typing import Final

MEETING: Final = "01835394-6c00-7000-8000-0000000000a1"
ANSWER: Final = "01835394-6c00-7000-8000-0000000000b1"
