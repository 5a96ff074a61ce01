"""No document says what nobody said: the page lists every printed sentence, and the fact or person behind it."""

import re
from pathlib import Path

from services.minutes import adapters
from shared import contracts
from tests.minutes.wording import LAO, wordings

PAGE = Path(contracts.__file__).parents[2] / "docs" / "architecture" / "minutes.md"
FACTS = {model.__name__ for model in contracts.BY_MODEL}
ROW = re.compile(r"^\| `([^`]*)` \| (.+?) \|$", re.MULTILINE)
LABELS = re.compile(r"^Labels assert nothing: (.*?)\n\n", re.MULTILINE | re.DOTALL)


def listed() -> dict[str, str]:
    """Sentence → its source, as the page has it."""
    return {
        sentence: source for sentence, source in ROW.findall(PAGE.read_text(encoding="utf-8")) if LAO.search(sentence)
    }


def labels() -> set[str]:
    listed_labels = LABELS.findall(PAGE.read_text(encoding="utf-8"))[0]
    return {" ".join(label.split()) for label in re.findall("`([^`]*)`", listed_labels)}


def test_every_sentence_is_listed_and_every_listed_sentence_is_printed() -> None:
    assert {text.strip() for text in wordings()} == {*listed(), *labels()}


def test_every_sentence_has_a_fact_or_a_person_behind_it() -> None:
    named = {sentence: set(re.findall(r"`(\w+)`", source)) & FACTS for sentence, source in listed().items()}
    persons = {sentence for sentence, source in listed().items() if source.startswith("person: ")}
    assert [sentence for sentence, facts in named.items() if not facts and sentence not in persons] == []


def test_a_label_has_no_place_for_a_value_and_no_full_stop() -> None:
    assert [label for label in labels() if "{" in label or label.endswith(".")] == []


def test_the_template_brings_no_words_of_its_own() -> None:
    assert LAO.findall((Path(adapters.__file__).parent / "minutes.typ").read_text(encoding="utf-8")) == []


def test_nothing_is_said_of_reading_approval_or_consensus() -> None:
    """ອ່ານໃຫ້, ຮັບຮອງ, ເອກະພາບ: the motto of the state alone has the last word."""
    said = [text for text in wordings() if re.search("ອ່ານ|ຮັບຮອງ|ເອກະພາບ", text)]
    assert said == ["ສັນຕິພາບ ເອກະລາດ ປະຊາທິປະໄຕ ເອກະພາບ ວັດທະນະຖາວອນ"]
