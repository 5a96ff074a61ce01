"""The words of OParl."""

from typing import Final

from shared.http.glossary import Glossary, Word

_DAY: Final = "2022-09-01T00:00:00+07:00"

WORDS: Final[Glossary] = {
    "open data.kind": Word("which list of the body", "meetings"),
    "created_since": Word("only objects that were created then or later", _DAY),
    "created_until": Word("only objects that were created then or before", _DAY),
    "modified_since": Word("only objects that were last changed then or later", _DAY),
    "modified_until": Word("only objects that were last changed then or before", _DAY),
    "organization": Word("only meetings of this body, by its code", "MTC"),
    "elementsPerPage": Word("the most objects of a page", 50),
}
