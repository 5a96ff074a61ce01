"""A person as a form sends him, and as registration takes him; what of it is wrong, registration says."""

from typing import Any, Final

from services.portal.web.forms import Sent
from services.portal.web.languages import Language
from shared.lao import parse_digits

TEXTS: Final = ("honorific", "given_name", "family_name", "position_title", "mobile", "email")


def person_of(sent: Sent, language: Language) -> dict[str, Any]:
    """The person; a field that was left empty is left out, so that registration says that it is needed."""
    person: dict[str, Any] = {name: sent.get(name) for name in TEXTS if sent.get(name).strip()}
    for name in ("gender", "notice"):
        if sent.get(name):
            person[name] = sent.get(name)
    rank = parse_digits(sent.get("rank"))
    if rank.isdecimal():
        person["rank"] = int(rank[:6])
    return {**person, "language": language}
