"""The words of bodies of government and their past."""

from typing import Final

from shared.http.glossary import Glossary, Word

_BODIES: Final = (
    *("OrganisationInput", "OrganisationView", "OrganisationDetails", "OrganisationChangeInput"),
    *("EarlierInput", "EarlierView"),
)
_OF_BODIES: Final = {
    "kind": Word("what sort of body it is", "ministry"),
    "parent": Word("the code of the body that it is a part of; null: of none", None),
    "reason": Word("why, for example the decree; kept in the list of changes", "ດຳລັດວ່າດ້ວຍການປັບປຸງໂຄງປະກອບລັດຖະບານ"),
    "name": Word("what the body is called", {"lo": "ກະຊວງການເງິນ", "en": "Ministry of Finance"}),
}
WORDS: Final[Glossary] = {
    **{f"{model}.{name}": word for model in _BODIES for name, word in _OF_BODIES.items()},
    "OrganisationEndInput.reason": _OF_BODIES["reason"],
    "abbreviation_lo": Word("its abbreviation in Lao; null without", "ກງ"),
    "abbreviation_en": Word("its abbreviation in English; null without", "MOF"),
    "protocol_order": Word("bodies are listed in this order", 12),
    "valid_from": Word("the first day on which it exists; null: since ever", "2021-03-22"),
    "valid_until": Word("the first day on which it is no more; null: it exists", None),
    "day": Word("the first day on which it is so", "2025-03-20"),
    "until": Word("the first day on which what follows holds", "2021-03-22"),
    "earlier": Word("how it was called before, the oldest first"),
    "successors": Word("the codes of the bodies to which its work has gone", []),
    "predecessors": Word("the codes of the bodies that it has taken over", []),
    "taken_over_by": Word("the code of the successor that acts for the body; null: nobody does", None),
    "organisation_names": Word(
        "by code: what these bodies are called on the day of the meeting", {"MOF": {"lo": "ກະຊວງການເງິນ"}}
    ),
    "OrganisationDetails.version": Word("of the body; it rises with each change", 2),
    "ChangeView.version": Word("of the body after the change", 2),
    "changed_at": Word("when it was changed", "2025-03-20T01:00:00Z"),
    "changed_by": Word("who has changed it", "user:42"),
    "ChangeView.after": Word("what was recorded", {"name": {"lo": "ກະຊວງການເງິນ"}, "protocol_order": 12}),
    "organisations.at": Word("only bodies that existed on this day", "2022-09-19"),
}
