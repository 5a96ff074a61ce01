"""The templates: Lao and English, SMS and e-mail; one segment, formal, never a blank."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.notification.adapters.template_files import read_templates
from services.notification.domain.segments import segments
from services.notification.domain.template_lint import lint
from services.notification.domain.templates import (
    NoSuchTemplate,
    TemplateValueMissing,
    TemplateValueUnreadable,
    channels,
    compose,
)
from shared.contracts.base import Language
from shared.lao import normalise

TEMPLATES = read_templates()
OWN = "https://e-office.example.gov.la/r#0123456789ABCDEF"
VALUES: dict[str, Any] = {
    "recipient": {"lo": "ທ່ານ ແກ້ວ", "en": "Mr Keo"},
    "title": {"lo": "ກອງປະຊຸມປຶກສາຫາລື", "en": "Consultation"},
    "organiser": {"lo": "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", "en": "Ministry of Technology and Communications"},
    "starts_at": "2022-09-19T01:30:00Z",
    "old_starts_at": datetime(2022, 9, 18, 1, 30, tzinfo=UTC),
    "checked_in_at": "2022-09-19T08:21:00+07:00",
    "venue": {"lo": "ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3, ຕສ", "en": None},
    "code": "A7K2Q9",
    "reason": "ປະທານ ຕິດວຽກດ່ວນ",
    "position": 12,
    "seats": 2,
    "answer_by": "2022-09-15T17:00:00+07:00",
    "confirm_link": "https://example.org/1",
    "link": "https://example.org/answer",
    "delegate_link": "https://example.org/2",
    "decline_link": "https://example.org/3",
    "represented": {"lo": "ທ່ານ ບຸນ", "en": "Mr Boun"},
    "representative": {"lo": "ທ່ານ ນ້ອຍ", "en": "Mr Noy"},
    "number": "0123/ຕສ",
    "signed_on": date(2022, 9, 26),
    "comments_by": "2022-09-26",
    "document_link": "https://example.org/4",
}
KEYS = TEMPLATES.keys
SMS = [key for key in KEYS if "sms" in channels(TEMPLATES, key)]
EMAIL = [key for key in KEYS if "email" in channels(TEMPLATES, key)]


@pytest.mark.parametrize("key", KEYS)
def test_every_template_passes_the_lint(key: str) -> None:
    assert lint(TEMPLATES, TEMPLATES.template(key)) == []


@pytest.mark.parametrize(
    ("key", "units", "text"),
    [
        ("registered", 64, "ລົງທະບຽນແລ້ວ: ປະຊຸມປຶກສາຫາລື 19/09/2022, 08:30 ໂມງ. ລະຫັດ A7K2Q9"),
        ("waitlisted", 64, "ປະຊຸມປຶກສາຫາລື 19/09/2022: ບ່ອນນັ່ງເຕັມ. ທ່ານຢູ່ລຳດັບລໍຖ້າທີ 12."),
        ("promoted", 67, "ທ່ານໄດ້ບ່ອນນັ່ງ: ປະຊຸມປຶກສາຫາລື 19/09/2022, 08:30 ໂມງ. ລະຫັດ A7K2Q9"),
        ("rescheduled", 68, "ເລື່ອນປະຊຸມປຶກສາຫາລື ເປັນ 19/09/2022, 08:30 ໂມງ. ຕອບກ່ອນ 15/09/2022."),
        ("venue_changed", 64, "ປ່ຽນສະຖານທີ່ປະຊຸມປຶກສາຫາລື 19/09/2022: ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3, ຕສ."),
        ("cancelled", 56, "ຍົກເລີກປະຊຸມປຶກສາຫາລື ວັນທີ 19/09/2022. ຂໍອະໄພມາຍັງທ່ານ."),
        ("meeting_changed", 58, "ປ່ຽນຫົວຂໍ້ ຫຼື ວາລະ: ປະຊຸມປຶກສາຫາລື 19/09/2022, 08:30 ໂມງ."),
        ("invitation_extended", 52, "ປະຊຸມປຶກສາຫາລື 19/09/2022: ກະລຸນາຕອບກ່ອນ 15/09/2022."),
        ("invitation_revoked", 54, "ຂໍຖອນຄຳເຊີນປະຊຸມປຶກສາຫາລື 19/09/2022. ຂໍອະໄພມາຍັງທ່ານ."),
        ("chair_released", 59, "ຮຽນແຈ້ງ: ທ່ານບໍ່ໄດ້ເປັນປະທານປະຊຸມປຶກສາຫາລື 19/09/2022 ແລ້ວ."),
        ("co_host_released", 57, "ທ່ານບໍ່ໄດ້ເປັນເຈົ້າພາບຮ່ວມປະຊຸມປຶກສາຫາລື 19/09/2022 ແລ້ວ."),
        ("delegated", 60, "ທ່ານຖືກມອບໝາຍໃຫ້ເຂົ້າປະຊຸມປຶກສາຫາລື 19/09/2022. ລະຫັດ A7K2Q9"),
        ("requested", 63, "ໄດ້ຮັບຄຳຂໍເຂົ້າປະຊຸມປຶກສາຫາລື 19/09/2022 ແລ້ວ. ຈະແຈ້ງຜົນໃຫ້ຊາບ."),
        ("rejected", 60, "ຂໍອະໄພ, ຄຳຂໍເຂົ້າປະຊຸມປຶກສາຫາລື 19/09/2022 ບໍ່ໄດ້ຮັບອະນຸມັດ."),
        ("declined", 55, "ຮັບຊາບແລ້ວ: ທ່ານບໍ່ສະດວກເຂົ້າປະຊຸມປຶກສາຫາລື 19/09/2022."),
        ("checked_in", 54, "ປະຊຸມປຶກສາຫາລື: ຢືນຢັນການເຂົ້າຮ່ວມແລ້ວ ເວລາ 08:21 ໂມງ."),
        ("minutes_circulated", 69, "ຮ່າງບົດບັນທຶກປະຊຸມປຶກສາຫາລື ສົ່ງໃຫ້ທ່ານແລ້ວ. ຂໍຄຳເຫັນກ່ອນ 26/09/2022."),
        ("minutes_signed", 53, "ບົດບັນທຶກປະຊຸມປຶກສາຫາລື ເລກທີ 0123/ຕສ ລົງລາຍເຊັນແລ້ວ."),
        ("chair_named", 59, "ຮຽນແຈ້ງ: ທ່ານເປັນປະທານປະຊຸມປຶກສາຫາລື 19/09/2022, 08:30 ໂມງ."),
        ("co_host_named", 57, "ທ່ານເປັນເຈົ້າພາບຮ່ວມປະຊຸມປຶກສາຫາລື 19/09/2022, 08:30 ໂມງ."),
        ("withdrawn", 54, "ຮັບຊາບແລ້ວ: ຖອນຊື່ທ່ານອອກຈາກປະຊຸມປຶກສາຫາລື 19/09/2022."),
        ("represented", 51, "ຜູ້ຕາງໜ້າ ຈະເຂົ້າປະຊຸມປຶກສາຫາລື 19/09/2022 ແທນທ່ານ."),
        ("registered_again", 43, "ທ່ານລົງທະບຽນປະຊຸມປຶກສາຫາລື 19/09/2022 ແລ້ວ."),
        ("confirm_registration", 64, "ກະລຸນາຢືນຢັນການລົງທະບຽນ: ປະຊຸມປຶກສາຫາລື 19/09/2022. ລະຫັດ A7K2Q9"),
        ("registration_lapsed", 58, "ບໍ່ໄດ້ຢືນຢັນ: ການລົງທະບຽນປະຊຸມປຶກສາຫາລື 19/09/2022 ໝົດຜົນ."),
        ("reminder", 61, "ແຈ້ງເຕືອນ: ປະຊຸມປຶກສາຫາລື 19/09/2022, 08:30 ໂມງ. ລະຫັດ A7K2Q9"),
        ("chair_changed", 35, "ປ່ຽນປະທານປະຊຸມປຶກສາຫາລື 19/09/2022."),
        ("representative_withdrawn", 60, "ຜູ້ຕາງໜ້າຂອງທ່ານ ຖອນຊື່ອອກຈາກປະຊຸມປຶກສາຫາລື 19/09/2022 ແລ້ວ."),
        ("ticket_renewed", 62, "ປະຊຸມປຶກສາຫາລື 19/09/2022: ບັດໃໝ່ ໃຊ້ແທນອັນເກົ່າ. ລະຫັດ A7K2Q9"),
        ("new_documents", 40, "ມີເອກະສານໃໝ່: ປະຊຸມປຶກສາຫາລື 19/09/2022."),
        ("invitation_reminder", 60, "ຍັງບໍ່ໄດ້ຮັບຄຳຕອບ: ປະຊຸມປຶກສາຫາລື. ກະລຸນາຕອບກ່ອນ 15/09/2022."),
    ],
)
def test_a_lao_sms_reads_as_agreed_and_fits_one_segment(key: str, units: int, text: str) -> None:
    composed = compose(TEMPLATES, key, "sms", language="lo", values=VALUES)
    assert (composed.text, composed.subject, composed.html) == (text, None, None)
    assert (segments(text).units, len(segments(text).parts)) == (units, 1)


@pytest.mark.parametrize(
    ("language", "link", "parts", "text"),
    [
        ("lo", None, 1, "ກະລຸນາຢືນຢັນ: ປະຊຸມປຶກສາຫາລື 19/09/2022. ລະຫັດຢືນຢັນ 048213"),
        ("lo", OWN, 2, f"ກະລຸນາຢືນຢັນ: ປະຊຸມປຶກສາຫາລື 19/09/2022. ລະຫັດຢືນຢັນ 048213, ເຂົ້າປະຊຸມ A7K2Q9 {OWN}"),
        (
            "en",
            OWN,
            1,
            f"Please confirm: Consultation, 19 September 2022. Confirm code: 048213, entrance code: A7K2Q9 {OWN}",
        ),
    ],
)
def test_an_sms_with_digits_to_confirm_has_as_many_parts_as_one_without(
    language: Language, link: str | None, parts: int, text: str
) -> None:
    known = VALUES | {"confirm_code": "048213"} | ({"own_link": link} if link else {})
    without = {name: value for name, value in known.items() if name != "confirm_code"}
    composed, before = [
        compose(TEMPLATES, "confirm_registration", "sms", language=language, values=values).text
        for values in (known, without)
    ]
    assert (composed, len(segments(composed).parts), len(segments(before).parts)) == (text, parts, parts)


def test_an_english_sms_is_plain_gsm() -> None:
    composed = compose(TEMPLATES, "registered", "sms", language="en", values=VALUES)
    assert composed.text == "You are registered: Consultation, 19 September 2022 at 08:30. Code: A7K2Q9"
    assert composed.template == "registered.v3"


def test_a_long_title_is_shortened_rather_than_that_a_second_segment_is_sent() -> None:
    composed = compose(TEMPLATES, "cancelled", "sms", language="lo", values=TEMPLATES.longest_values())
    assert composed.text == "ຍົກເລີກປະຊຸມປຶກສາຫາລື ກ່ຽວກັບການສ້… ວັນທີ 28/09/2022. ຂໍອະໄພມາຍັງທ່ານ."


@pytest.mark.parametrize("language", ["lo", "en"])
@pytest.mark.parametrize("key", SMS)
def test_every_sms_names_its_meeting_however_long_its_values_are(key: str, language: Language) -> None:
    beginning = {"lo": "ປະຊຸມປຶກສາ", "en": "Consultatio"}[language]
    text = compose(TEMPLATES, key, "sms", language=language, values=TEMPLATES.longest_values()).text
    assert (text.count(beginning), len(segments(text).parts) <= TEMPLATES.template(key).sms_parts) == (1, True)


def test_a_long_venue_takes_a_second_segment_as_it_is_what_the_reader_must_know() -> None:
    composed = compose(TEMPLATES, "venue_changed", "sms", language="lo", values=TEMPLATES.longest_values())
    assert composed.text.endswith("28/09/2022: " + TEMPLATES.longest_values()["venue"]["lo"] + ".")


@pytest.mark.parametrize("key", SMS)
def test_everything_can_be_told_by_sms(key: str) -> None:
    assert [*KEYS] == SMS
    assert {*KEYS} - {*EMAIL} == {"checked_in"}
    with pytest.raises(NoSuchTemplate):
        compose(TEMPLATES, "checked_in", "email", language="lo", values=VALUES)
    with pytest.raises(NoSuchTemplate):
        compose(TEMPLATES, key + "?", "sms", language="lo", values=VALUES)


@pytest.mark.parametrize("key", EMAIL)
def test_an_email_holds_both_languages_the_recipients_first(key: str) -> None:
    lao, english = (compose(TEMPLATES, key, "email", language=language, values=VALUES) for language in ("lo", "en"))
    sections = lao.text.split("\n" + "-" * 40 + "\n\n")
    assert english.text.split("\n" + "-" * 40 + "\n\n") == sections[::-1]
    assert re.findall(r'<div lang="(\w+)"', lao.html or "") == ["lo", "en"]
    assert re.findall(r'<div lang="(\w+)"', english.html or "") == ["en", "lo"]
    assert normalise(lao.text) == lao.text


@pytest.mark.parametrize("key", EMAIL)
def test_every_e_mail_closes_with_a_paragraph_of_its_own(key: str) -> None:
    for given in (VALUES, TEMPLATES.longest_values()):
        text = compose(TEMPLATES, key, "email", language="lo", values=given).text
        assert (text.count("\n\nດ້ວຍຄວາມນັບຖືຢ່າງສູງ\n"), text.count("\n\nYours faithfully\n")) == (1, 1)


def test_the_invitation_is_a_formal_e_mail_with_three_answers() -> None:
    composed = compose(TEMPLATES, "invitation", "email", language="lo", values={**VALUES, "phone": "021 254 499"})
    assert composed.subject == "[ເຊີນປະຊຸມ] ກອງປະຊຸມປຶກສາຫາລື - 19/09/2022 08:30"
    assert composed.text.split("\n" + "-" * 40)[0] == (
        "ຮຽນ: ທ່ານ ແກ້ວ\n"
        "ເລື່ອງ: ເຊີນເຂົ້າຮ່ວມກອງປະຊຸມປຶກສາຫາລື\n"
        "\n"
        "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ ຂໍສະແດງຄວາມນັບຖືມາຍັງທ່ານ ແລະ ຂໍຖືເປັນກຽດຮຽນເຊີນທ່ານ ຫຼື ຜູ້ຕາງໜ້າ "
        "ຈຳນວນ 2 ທ່ານ ເຂົ້າຮ່ວມກອງປະຊຸມດັ່ງກ່າວ ຊຶ່ງຈະຈັດຂຶ້ນໃນວັນທີ 19 ກັນຍາ 2022, ເວລາ 08:30 ໂມງ, "
        "ທີ່ ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3, ຕສ.\n"
        "\n"
        "ດັ່ງນັ້ນ, ຈຶ່ງຮຽນມາຍັງທ່ານ ເພື່ອຊາບ ແລະ ກະລຸນາຢືນຢັນການເຂົ້າຮ່ວມ ກ່ອນວັນທີ 15 ກັນຍາ 2022 "
        "ຜ່ານລິ້ງ https://example.org/1 ຫຼື ໂທ 021 254 499.\n"
        "\n"
        "ດ້ວຍຄວາມນັບຖືຢ່າງສູງ\n"
        "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ\n"
        "\n"
        "ວັນທີ: 19 ກັນຍາ 2022\n"
        "ເວລາ: 08:30 ໂມງ\n"
        "ສະຖານທີ່: ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3, ຕສ\n"
        "\n"
        "ຢືນຢັນການເຂົ້າຮ່ວມ: https://example.org/1\n"
        "ມອບໝາຍຜູ້ແທນ: https://example.org/2\n"
        "ບໍ່ສະດວກເຂົ້າຮ່ວມ: https://example.org/3\n"
    )
    links = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', composed.html or "")
    assert links[:3] == [
        ("https://example.org/1", "ຢືນຢັນການເຂົ້າຮ່ວມ"),
        ("https://example.org/2", "ມອບໝາຍຜູ້ແທນ"),
        ("https://example.org/3", "ບໍ່ສະດວກເຂົ້າຮ່ວມ"),
    ]


@pytest.mark.parametrize("absent", [{}, {"code": None}, {"code": "  "}])
def test_a_missing_value_refuses_and_never_leaves_a_blank(absent: dict[str, Any]) -> None:
    values = {name: value for name, value in VALUES.items() if name != "code"} | absent
    with pytest.raises(TemplateValueMissing) as refused:
        compose(TEMPLATES, "registered", "sms", language="lo", values=values)
    assert refused.value.details == {"template": "registered.v3", "value": "code"}


@pytest.mark.parametrize("starts_at", ["tomorrow", "2022-09-19T08:30:00", "2022-09-31"])
def test_an_unreadable_instant_refuses(starts_at: str) -> None:
    with pytest.raises(TemplateValueUnreadable):
        compose(TEMPLATES, "registered", "sms", language="lo", values={**VALUES, "starts_at": starts_at})


def test_missing_english_is_shown_in_lao() -> None:
    composed = compose(TEMPLATES, "reminder", "email", language="en", values=VALUES)
    assert re.findall("^Venue: .*$", composed.text, re.MULTILINE) == ["Venue: ຫ້ອງປະຊຸມໃຫຍ່ ຊັ້ນ 3, ຕສ"]


def test_optional_lines_appear_with_their_values_alone() -> None:
    agenda = [{"lo": "ກ່າວເປີດ", "en": "Opening"}, {"lo": "ປຶກສາຫາລື", "en": "Discussion"}]
    plain = compose(TEMPLATES, "invitation", "email", language="en", values={**VALUES, "agenda": []}).text
    full = compose(TEMPLATES, "invitation", "email", language="en", values={**VALUES, "agenda": agenda}).text
    assert re.findall("^Agenda.*$", plain, re.MULTILINE) == []
    assert re.findall("^Agenda.*$", full, re.MULTILINE) == ["Agenda: Opening; Discussion"]
    tacit = compose(
        TEMPLATES, "minutes_circulated", "email", language="lo", values={**VALUES, "tacit_consent": True}
    ).text
    express = compose(
        TEMPLATES, "minutes_circulated", "email", language="lo", values={**VALUES, "tacit_consent": False}
    ).text
    assert (tacit.count("ຈະຖືວ່າທ່ານເຫັນດີຕາມຮ່າງ"), express.count("ຈະຖືວ່າທ່ານເຫັນດີຕາມຮ່າງ")) == (1, 0)


def test_html_shows_markup_in_values_as_text_and_the_ticket_as_a_picture() -> None:
    values = {**VALUES, "recipient": "<b>{{ code }}</b>", "ticket": "v4.public.x"}
    composed = compose(TEMPLATES, "registered", "email", language="lo", values=values)
    assert re.findall(r"<p[^>]*>ຮຽນ (.*?),</p>", composed.html or "") == ["&lt;b&gt;{{ code }}&lt;/b&gt;"]
    assert re.findall(r'src="([^"]*)"', composed.html or "") == ["cid:ticket"]


def test_a_subject_is_one_line() -> None:
    values = {**VALUES, "title": "ປະຊຸມ\r\nBcc: x@example.org"}
    composed = compose(TEMPLATES, "declined", "email", language="lo", values=values)
    assert composed.subject == "ຮັບຊາບແລ້ວ: ປະຊຸມ Bcc: x@example.org - 19/09/2022"


SHORT = {"lo": ["ສະບາຍດີ"], "en": ["Hello"]}


@pytest.mark.parametrize(
    ("flawed", "flaws"),
    [
        ({"sms": {**SHORT, "lo": ["ນໍ້າ"]}}, ["lo: 'ນໍ້າ' is not in the stored spelling"]),
        ({"sms": {**SHORT, "lo": ["ເຈົ້າມາ"]}}, ["lo: 'ເຈົ້າມາ' is not formal"]),
        ({"sms": {**SHORT, "lo": ["ທ່ານເຈົ້າແຂວງ"]}}, []),
        (
            {"sms": {**SHORT, "en": ["{{ nobody }}"]}},
            [
                "en: '{{ nobody }}' uses the unknown value nobody",
                "en: the SMS cannot be composed: TemplateValueMissing",
            ],
        ),
        (
            {"sms": {**SHORT, "lo": ["ກ" * 71]}},
            ["lo: the SMS needs more than one segment, 71 units with the longest values"],
        ),
        (
            {"sms": {**SHORT, "lo": ["a" * 71]}},
            ["lo: the SMS needs more than one segment, 71 units with the longest values"],
        ),
        ({"sms": {"lo": ["ສະບາຍດີ"]}}, ["the SMS is not in every language"]),
        (
            {"email": {"subject": {"lo": "ກ", "en": "a"}, "text": {"lo": "{{ x.y }}", "en": "a"}, "facts": []}},
            [
                "lo: '{{ x.y }}' uses the unknown value x",
                "lo: the e-mail cannot be composed: TemplateValueMissing",
                "en: the e-mail cannot be composed: TemplateValueMissing",
            ],
        ),
        (
            {"email": {"subject": {"lo": "ກ", "en": "a"}, "text": {"lo": "{{ code.y }}", "en": "a"}, "facts": []}},
            [
                "lo: the e-mail cannot be composed: TemplateValueMissing",
                "en: the e-mail cannot be composed: TemplateValueMissing",
            ],
        ),
    ],
)
def test_the_lint_names_each_flaw(flawed: dict[str, Any], flaws: list[str]) -> None:
    assert lint(TEMPLATES, TEMPLATES.parse("probe", {"version": 1, **flawed})) == flaws
