"""Answers to the form of a meeting: from the fields of a page, and back into them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.portal.web.forms import Sent

PREFIX: Final = "answer-"
DATE_PARTS: Final = ("day", "month", "year")
_YES_NO: Final = {"yes": True, "no": False}


def answers_of(sent: Sent, questions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The answers as registration takes them: only what somebody has written or chosen."""
    answers = {one["name"]: _answer(sent, one["kind"], f"{PREFIX}{one['name']}") for one in questions}
    return {name: answer for name, answer in answers.items() if answer not in ("", [], None)}


def _answer(sent: Sent, kind: str, name: str) -> Any:
    if kind == "multiple-choice":
        return sent.all(name)
    if kind == "yes-no":
        return _YES_NO.get(sent.get(name))
    if kind == "date":
        parts = [sent.get(f"{name}-{part}").strip() for part in DATE_PARTS]
        return "/".join(parts) if any(parts) else ""
    return sent.get(name)


def sent_answers(answers: Mapping[str, Any], questions: Iterable[Mapping[str, Any]]) -> Sent:
    """The answers that somebody has given before, as his form would send them again."""
    fields: dict[str, list[str]] = {}
    for one in questions:
        given, name = answers.get(one["name"]), f"{PREFIX}{one['name']}"
        if given is None:
            continue
        if one["kind"] == "date":
            year, month, day = str(given).split("-")
            fields |= {f"{name}-day": [day], f"{name}-month": [month], f"{name}-year": [year]}
        elif isinstance(given, bool):
            fields[name] = ["yes" if given else "no"]
        else:
            fields[name] = [str(each) for each in given] if isinstance(given, list) else [str(given)]
    return Sent(fields)
