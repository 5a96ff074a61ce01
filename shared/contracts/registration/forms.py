"""Events of the form of a meeting: what people are asked when they register. What they answer is in no event."""

from shared.contracts.base import Bilingual, Contract, ShortText, Value
from shared.contracts.registration.base import MEETING, MeetingFact


class FormChoice(Value):
    """One of the answers that a field offers: `value` is what is stored, `label` what people read."""

    value: str
    label: Bilingual


class FormCondition(Value):
    """Holds where the answer to `field` is `value`; of several choices, where `value` is one of them."""

    field: str
    value: bool | str


class FormField(Value):
    """One question of a form.

    - `kind`: `text`, `choice`, `multiple-choice`, `number`, `date`, `yes-no` or `file`; others may follow.
    - `shown_when`: the field is asked only where this holds; `required_when`: it must be answered only where this does.
    - `max_length` in characters, of a text; `minimum`, `maximum` and `whole` of a number; `max_choices` of several.
    - `media_types` and `max_bytes`: which files are taken, and how large they may be.
    - `personal_data`: the answers say something of a person that not everybody who sees the list may see.
    - `printed_on`: the papers that show the answer: `badges`, `attendance-sheet`; others may follow.
    - `retention_days`: the answers are erased so many days after the end of the meeting.
    """

    name: str
    kind: str
    label: Bilingual
    help: Bilingual | None = None
    required: bool = False
    shown_when: FormCondition | None = None
    required_when: FormCondition | None = None
    choices: tuple[FormChoice, ...] = ()
    max_choices: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = True
    personal_data: bool = False
    retention_days: int
    printed_on: tuple[str, ...] = ()
    media_types: tuple[str, ...] = ()
    max_bytes: int | None = None


class MeetingFormChanged(MeetingFact):
    """People who register are asked these questions from now on, in this order; none where `fields` is empty.

    `form_version` counts from 1; each answer is kept with the version to which it was given. `announced`: whether the
    meeting was open. Answers to the fields in `erased` were erased: the organiser has said so when he removed them.
    """

    form_version: int
    announced: bool
    fields: tuple[FormField, ...]
    erased: tuple[ShortText, ...] = ()


CONTRACTS = (Contract(model=MeetingFormChanged, topic=MEETING, since="0.1"),)
