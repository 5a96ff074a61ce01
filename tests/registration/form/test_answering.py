"""Who may correct answers, and until when."""

from services.registration.domain.form.commands import CorrectAnswers, ReplaceOwnAnswers
from services.registration.domain.form.refusals import AnswersInvalid
from services.registration.domain.refusals import NotSeated, WrongPhase
from shared.kernel import Actor, NotFound, NotPermitted
from tests.registration.facts import held, opened, registered, started, withdrawn
from tests.registration.form.words import choice, form_changed
from tests.registration.scenario import (
    FOCAL_POINT,
    KEO,
    LINK_HOLDER,
    NOW,
    NOY,
    ORGANISER,
    Refused,
    Somebody,
    after,
    refuses,
)

ASKED = (*opened(), form_changed(choice("meal", "any", "fish", required=True)), registered(KEO))


def answer(who: Somebody, meal: str | None, *, code: str | None = None) -> ReplaceOwnAnswers:
    answers = {"meal": meal} if meal else {}
    return ReplaceOwnAnswers(
        actor=LINK_HOLDER, at=NOW, registration_id=who.seat, code=code or who.code, answers=answers
    )


def correct(who: Somebody, meal: str | None, by: Actor = ORGANISER) -> CorrectAnswers:
    return CorrectAnswers(actor=by, at=NOW, registration_id=who.seat, changes={"meal": meal})


def invalid(code: str, **limits: str) -> Refused:
    error = {"type": code, "loc": ("body", "answers", "meal"), "ctx": limits}
    return refuses(AnswersInvalid, at="/answers/meal", errors=[error])


def test_what_is_answered_is_in_no_fact() -> None:
    assert after(*ASKED, command=answer(KEO, "fish")) == []
    assert after(*ASKED, command=correct(KEO, "fish")) == []


def test_a_person_answers_all_that_must_be_answered_and_the_organiser_what_he_knows() -> None:
    assert after(*ASKED, command=answer(KEO, None)) == invalid("missing")
    assert after(*ASKED, command=correct(KEO, None)) == []
    assert after(*ASKED, command=correct(KEO, "meat")) == invalid("enum", expected="any, fish")


def test_a_person_answers_with_his_own_code_until_the_meeting_begins() -> None:
    assert after(*ASKED, command=answer(KEO, "fish", code=NOY.code)) == refuses(NotPermitted, at="/code")
    assert after(*ASKED, command=answer(NOY, "fish")) == refuses(NotFound)
    assert after(*ASKED, started(), command=answer(KEO, "fish")) == refuses(WrongPhase, phase="in-session")


def test_the_organiser_corrects_until_the_meeting_ends() -> None:
    assert after(*ASKED, started(), command=correct(KEO, "fish")) == []
    assert after(*ASKED, started(), held(), command=correct(KEO, "fish")) == refuses(WrongPhase, phase="held")
    refused = after(*ASKED, command=correct(KEO, "fish", by=FOCAL_POINT))
    assert refused == refuses(NotPermitted, roles=["organiser"])
    assert after(*ASKED, command=correct(NOY, "fish")) == refuses(NotFound)


def test_who_has_withdrawn_is_asked_nothing() -> None:
    gone = refuses(NotSeated, state="withdrawn")
    assert after(*ASKED, withdrawn(KEO), command=answer(KEO, "fish")) == gone
    assert after(*ASKED, withdrawn(KEO), command=correct(KEO, "fish")) == gone
