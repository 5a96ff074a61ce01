"""Commands against facts: what was promised has happened once, what was not promised at most once, and nothing else."""

from collections.abc import Iterator

from tests.chaos.checker.finding import Flaw
from tests.chaos.checker.history_index import Command, HistoryIndex, succeeded, word_of
from tests.chaos.checker.vocabulary import ASKED_FOR, OUTCOMES, PERSON, STATED, WITH_PERSON
from tests.chaos.history import Answered, Fact


def command_unknown(history: HistoryIndex) -> Iterator[Flaw]:
    """Every command is one that the checker knows, and was invoked before it was answered."""
    for command in history.commands.values():
        if command.invoked.command not in OUTCOMES:
            yield Flaw(about=command.id, what=f"no such command: {command.invoked.command}", proof=(command.invoked,))
    for stray in history.strays:
        yield Flaw(about=stray.id, what="answered without having been invoked", proof=(stray,))


def acknowledged_without_fact(history: HistoryIndex) -> Iterator[Flaw]:
    """Every acknowledged command has led to its fact."""
    for command in _known(history):
        if command.acknowledged is None:
            continue
        for words, least, _ in _wanted(command):
            if len(_led_to(history, command, words)) < least:
                yield Flaw(about=command.id, what=f"{_name(command)}: no {' or '.join(words)}", proof=command.records)


def command_took_effect_twice(history: HistoryIndex) -> Iterator[Flaw]:
    """No command has led to its fact twice, acknowledged or not."""
    for command in _known(history):
        for words, _, most in _wanted(command):
            facts = _led_to(history, command, words)
            if len(facts) > most:
                what = f"{_name(command)}: {len(facts)} of {' or '.join(words)}"
                yield Flaw(about=command.id, what=what, proof=(*command.records, *facts))


def refused_took_effect(history: HistoryIndex) -> Iterator[Flaw]:
    """A command whose every try was refused has led to nothing."""
    for command in _known(history):
        facts = history.by_trace.get(command.id, []) if command.impossible else []
        if facts:
            yield Flaw(about=command.id, what=f"{_name(command)} was refused", proof=(*command.records, *facts))


def fact_nobody_asked_for(history: HistoryIndex) -> Iterator[Flaw]:
    """Every fact that only a command leads to was asked for by one that does."""
    for fact in history.facts.values():
        word = word_of(fact)
        if word not in ASKED_FOR:
            continue
        command = history.commands.get(fact.trace)
        if command is None or word not in _allowed(command.invoked.command):
            asked = f"by {_name(command)}" if command else "by nobody known"
            proof = (fact, command.invoked) if command else (fact,)
            yield Flaw(about=fact.event_id, what=f"{word} was asked for {asked}", proof=proof)


def answers_differ(history: HistoryIndex) -> Iterator[Flaw]:
    """What was acknowledged once is answered alike every time."""
    for command in history.commands.values():
        first = command.acknowledged
        if first is None:
            continue
        later = command.answers[command.answers.index(first) + 1 :]
        for answer in later:
            if (answer.status, answer.result) != (first.status, first.result):
                what = f"{_name(command)}: {first.status} {first.result}, then {answer.status} {answer.result}"
                yield Flaw(about=command.id, what=what, proof=(first, answer))


def answer_contradicts_fact(history: HistoryIndex) -> Iterator[Flaw]:
    """What was answered is what the fact says."""
    for command in _known(history):
        answer = command.acknowledged
        facts = _led_to(history, command, OUTCOMES[command.invoked.command].words)
        if answer is None or not facts:
            continue
        told = [_contradictions(command, answer, fact) for fact in facts]
        if all(told):
            what = f"{_name(command)}: {', '.join(told[0])}"
            yield Flaw(about=command.id, what=what, proof=(answer, facts[0]))


def target_differs(history: HistoryIndex) -> Iterator[Flaw]:
    """A command has changed what it was aimed at."""
    for command in _known(history):
        target = command.invoked.target
        for fact in _led_to(history, command, OUTCOMES[command.invoked.command].words) if target else ():
            if target not in {fact.subject, *fact.refs.values()}:
                what = f"{_name(command)} was aimed at {target}, the fact is about {fact.subject}"
                yield Flaw(about=command.id, what=what, proof=(command.invoked, fact))


def _known(history: HistoryIndex) -> Iterator[Command]:
    return (command for command in history.commands.values() if command.invoked.command in OUTCOMES)


def _wanted(command: Command) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Groups of facts with the least and the greatest number of them that may follow."""
    outcome = OUTCOMES[command.invoked.command]
    yield outcome.words, outcome.least, 1
    for word in outcome.also:
        yield (word,), 0, 1
    if command.invoked.command in WITH_PERSON:
        yield (PERSON,), outcome.least, 1


def _allowed(command: str) -> frozenset[str]:
    if command not in OUTCOMES:
        return frozenset()
    person = (PERSON,) if command in WITH_PERSON else ()
    return frozenset({*OUTCOMES[command].words, *OUTCOMES[command].also, *person})


def _led_to(history: HistoryIndex, command: Command, words: tuple[str, ...]) -> list[Fact]:
    return [fact for fact in history.by_trace.get(command.id, ()) if word_of(fact) in words]


def _contradictions(command: Command, answer: Answered, fact: Fact) -> list[str]:
    """Members of which answer and fact say different things."""
    told = {**fact.refs, **STATED.get(word_of(fact), {})}
    return [
        f"{name} is {answer.result[name]} in the answer, {told.get(name)} in the fact"
        for name in OUTCOMES[command.invoked.command].members
        if name in answer.result and _text(answer.result[name]) != told.get(name)
    ]


def _name(command: Command) -> str:
    promised = next((answer.status for answer in command.answers if succeeded(answer)), None)
    return f"{command.invoked.command} ({promised or 'not acknowledged'})"


def _text(value: str | int | None) -> str | None:
    return None if value is None else str(value)
