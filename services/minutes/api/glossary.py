"""What the members of requests and answers of minutes mean, in plain words and with an example in Lao."""

from typing import Final

from shared.http.glossary import Glossary, Word

_MINUTES: Final = "01835394-6c00-7000-8000-000000000301"
_WHEN: Final = "2022-09-21T03:00:00Z"
_SPOKEN: Final = "ເຫັນດີກັບຮ່າງຍຸດທະສາດ ໂດຍສະເໜີໃຫ້ກຳນົດຜູ້ຮັບຜິດຊອບແຕ່ລະວຽກ"
_TITLE: Final = {"lo": "ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ"}
_SECTION: Final = {"text": "ກອງປະຊຸມໄດ້ໄຂຂຶ້ນ…", "drafted": "ກອງປະຊຸມໄດ້ໄຂຂຶ້ນ…", "edited": False}

GLOSSARY: Final[Glossary] = {
    "minutes_id": Word("which minutes", _MINUTES),
    "meeting_id": Word("of which meeting", "01835394-6c00-7000-8000-0000000000a1"),
    "title": Word("what the meeting is called", _TITLE),
    "NewsView.title": Word("the headline", "ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ"),
    "state": Word("how far they are: opened, draft, in-review, approved, signed, published or filed", "draft"),
    "revision": Word("of the text, the ETag without quotation marks; it rises with each change", 3),
    "number": Word("the number of the document; null before the approval", "0123/ຕສ.ສບດ"),
    "DecisionView.number": Word("its number among the decisions of the meeting, from 1", 1),
    "DecisionCreated.number": Word("its number among the decisions of the meeting, from 1", 1),
    "ActionView.number": Word("its number among the actions of the meeting, from 1", 1),
    "ActionCreated.number": Word("its number among the actions of the meeting, from 1", 1),
    "agenda": Word("the agenda as it was treated, item by item"),
    "AgendaItemView.number": Word("its place in the agenda; 2.1 is a part of 2", "2"),
    "AgendaItemView.title": Word("what it is about", "ລາຍງານຜົນການປະເມີນຄວາມພ້ອມ"),
    "started_at": Word("when it began; null: nobody has recorded it", "2022-09-19T01:45:00Z"),
    "ended_at": Word(
        "when it was done, at the latest with the session; null: it has not begun", "2022-09-19T03:00:00Z"
    ),
    "AgendaItemView.present": Word("how many people were there for some of it; null: it has not begun", 38),
    "AgendaItemView.women": Word("how many of them were women; null: it has not begun", 15),
    "bodies": Word("each body of which somebody was there, in protocol order"),
    "body": Word("what the body was called on the day of the meeting", "ກະຊວງການເງິນ"),
    "BodyAtItem.present": Word("how many of its people were there for some of the item", 2),
    "present": Word("how many people were present; null before the draft", 41),
    "women": Word("how many of them were women; null before the draft", 17),
    "returned": Word("why the chair has sent them back; null: he has not", None),
    "approved_at": Word("when the chair has approved them; null before", None),
    "published_at": Word("when they were published; null before", None),
    "NewsView.published_at": Word("when it was published", _WHEN),
    "opinion_id": Word("which opinion", "01835394-6c00-7000-8000-000000000311"),
    "decision_id": Word("which decision", "01835394-6c00-7000-8000-000000000321"),
    "action_id": Word("which action", "01835394-6c00-7000-8000-000000000331"),
    "news_id": Word("which news item", "01835394-6c00-7000-8000-000000000341"),
    "opinions": Word("what bodies have said"),
    "decisions": Word("what the meeting has decided"),
    "actions": Word("who has to do what until when"),
    "organisation": Word("the code of the body", "MOF"),
    "speaker": Word("who has spoken for the body, as it is printed", "ກະຊວງການເງິນ"),
    "owner": Word("who has to do it, as it is printed", "ກະຊວງການເງິນ"),
    "agenda_item": Word("the number of the item of the agenda; null: the meeting as a whole", "2"),
    "position": Word("whether the body supports it", "support-with-comment"),
    "due": Word("the last day for it; null: none", "2022-10-31"),
    "text": Word("in Lao", _SPOKEN),
    "text_en": Word("in English; null where nobody has translated it", None),
    "BilingualText.lo": Word("in Lao", _SPOKEN),
    "BilingualText.en": Word("in English", "We support the draft and ask to name who is responsible for each task."),
    "OpinionInput.text": Word("what was said: in Lao alone, or in both languages", _SPOKEN),
    "DecisionInput.text": Word("what was decided", "ເຫັນດີຮັບຮອງຮ່າງຍຸດທະສາດ ໂດຍໃຫ້ປັບປຸງຕາມຄຳເຫັນ"),
    "DecisionView.text": Word("what was decided", "ເຫັນດີຮັບຮອງຮ່າງຍຸດທະສາດ ໂດຍໃຫ້ປັບປຸງຕາມຄຳເຫັນ"),
    "ActionInput.text": Word("what is to be done", "ສົ່ງຄຳເຫັນເປັນລາຍລັກອັກສອນ"),
    "ActionView.text": Word("what is to be done", "ສົ່ງຄຳເຫັນເປັນລາຍລັກອັກສອນ"),
    "MinutesDetail.text": Word("the text, section by section; empty before the draft", {"opening": _SECTION}),
    "MinutesFile.text": Word("the text, section by section; empty before the draft", {"opening": _SECTION}),
    "SectionView.text": Word("as it stands", _SECTION["text"]),
    "drafted": Word("what the facts give for it; null: nothing", _SECTION["drafted"]),
    "edited": Word("whether somebody has written it himself", example=False),
    "opening": Word("the opening paragraph", "ກອງປະຊຸມໄດ້ໄຂຂຶ້ນ ໃນວັນທີ 19 ກັນຍາ 2022"),
    "purpose": Word("why people have met", "ປຶກສາຫາລືຮ່າງຍຸດທະສາດ"),
    "summary": Word("what was discussed", "ຜູ້ເຂົ້າຮ່ວມໄດ້ປະກອບຄຳເຫັນຢ່າງກົງໄປກົງມາ"),
    "closing": Word("the closing paragraph", "ກອງປະຊຸມໄດ້ປິດລົງ ໃນເວລາ 12:00 ໂມງຂອງວັນດຽວກັນ"),
    "place": Word("where the minutes were written", "ນະຄອນຫຼວງວຽງຈັນ"),
    "recorder": Word("who has written them", "ທ່ານ ຄຳແພງ"),
    "quote": Word("what somebody has said, for the news item", "ລັດຖະບານດິຈິຕອນ ແມ່ນຂອງທຸກຄົນ"),
    "background": Word("how it came to the meeting, for the news item", "ຮ່າງຍຸດທະສາດໄດ້ກະກຽມແຕ່ປີ 2021"),
    "outcome": Word("what has come of it, for the news item", "ກອງປະຊຸມເຫັນດີກັບຮ່າງຍຸດທະສາດ"),
    "reason": Word("why", "ຂໍໃຫ້ປັບປຸງຂໍ້ 2"),
    "date": Word("the day of the meeting, dd/mm/yyyy", "19/09/2022"),
    "paragraphs": Word("the text, paragraph by paragraph", ["ໃນວັນທີ 19 ກັນຍາ 2022 ໄດ້ຈັດກອງປະຊຸມປຶກສາຫາລື…"]),
    "byline": Word("who has written it", "ສູນບໍລິຫານລັດດິຈິຕອນ"),
    "address": Word("permanent", "https://minutes.example.gov.la/v1/news/01835394-6c00-7000-8000-000000000341"),
}
