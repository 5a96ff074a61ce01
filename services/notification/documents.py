"""Writes the page that the code implies, `docs/architecture/who-is-told.md`; checks that it is committed.

python -m services.notification.documents --write
python -m services.notification.documents --check
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from services.notification.domain.order import Audience
from services.notification.domain.table_cells import AudienceRow, Silence, Tell
from services.notification.domain.who_is_told import TOLD
from shared.generated_page import command_line

PAGE: Final = Path(__file__).parents[2] / "docs" / "architecture" / "who-is-told.md"
_HEAD: Final = """# Who is told what

Generated from `services/notification/domain/who_is_told.py` by `python -m services.notification.documents --write`;
do not edit. For each fact that notification hears and each audience: the message (its template in
`services/notification/templates`), or the reason why there is none.

- `e-mail or SMS`: one message, on the first of these channels that reaches the person. `SMS and e-mail`: one on each.
- REQUEST, CANCEL: the e-mail carries the meeting's calendar entry with this method. An address that was never sent a
  REQUEST is sent no CANCEL; SEQUENCE rises with each change (RFC 5546).
- One number or address is told of a change once on each channel, whatever its owner is to the meeting: as seated
  rather than as chair, as chair rather than as co-host, as co-host rather than as contact. Who is both host and waiting
  gets both mails, as only one of them is about his calendar. What counts is what this fact tells: who waits is told
  nothing of minutes, so that a host under his number is told as host.
- A message that no provider has yet when a later fact makes it untrue is not sent: it ends `cancelled`, and its reason
  is `meeting-cancelled`, `meeting-started`, `meeting-over`, `seat-given-up`, `answered` (a reminder) or `superseded`
  (`domain/outdated.py`).
- Audiences: contact (of an invited body), chair, co-host (its contacts), former host (no longer chair or contact of a
  co-host), seated, representative, waiting, withdrawn, represented (somebody else comes for him), declined.
"""


def page() -> str:
    """The page."""
    silent: dict[str, list[str]] = {}
    sections = []
    for fact, cases in TOLD.items():
        for case, row in cases.items():
            name = f"{fact.__name__}, {case}" if case else fact.__name__
            reasons = {cell.reason if isinstance(cell, Silence) else "" for cell in row.values()}
            if len(reasons) > 1:
                sections.append("\n".join(_section(name, row)))
            else:
                silent.setdefault(reasons.pop(), []).append(name)
    return "\n".join([_HEAD, *sections, *_silence(silent)])


def _section(name: str, row: AudienceRow) -> Iterator[str]:
    """The audiences that are told, then those that are not, by reason."""
    yield from (f"## {name}", "", "| audience | message |", "|---|---|")
    reasons: dict[str, list[str]] = {}
    for audience, cell in row.items():
        if isinstance(cell, Tell):
            yield f"| {audience} | {_message(cell)} |"
        else:
            reasons.setdefault(cell.reason, []).append(audience)
    yield from (f"| {', '.join(audiences)} | – {reason} |" for reason, audiences in reasons.items())
    yield ""


def _message(cell: Tell) -> str:
    templates = " or ".join(f"`{template}`" for template in cell.templates)
    names = [{"sms": "SMS", "email": "e-mail"}[channel] for channel in cell.channels]
    how = (" or " if cell.how == "one" else " and ").join(names)
    return "; ".join(part for part in (f"{templates} by {how}", cell.calendar, cell.note) if part)


def _silence(silent: Mapping[str, list[str]]) -> Iterator[str]:
    audiences = ", ".join(Audience)
    yield from ("## Facts that tell nobody anything", "", "For every audience,", f"{audiences}:", "")
    yield from ("| facts | reason |", "|---|---|")
    yield from (f"| {', '.join(names)} | {reason} |" for reason, names in silent.items())
    yield ""


if __name__ == "__main__":
    sys.exit(command_line(PAGE, page(), repair="python -m services.notification.documents --write"))
