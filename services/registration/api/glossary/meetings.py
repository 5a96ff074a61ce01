"""The words of meetings, their policy and their agenda."""

from typing import Final

from services.registration.api.glossary.identifiers import MEETING
from shared.http.glossary import Glossary, Word

WORDS: Final[Glossary] = {
    "meeting_id": Word("which meeting", MEETING),
    "title": Word(
        "what the meeting is called",
        {"lo": "ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ", "en": "Consultation on the Digital Government strategy"},
    ),
    "purpose": Word("why people meet", "ປຶກສາຫາລືຮ່າງຍຸດທະສາດ ກ່ອນສະເໜີລັດຖະບານ"),
    "outcome": Word("what is expected of the meeting", "ຄຳເຫັນຂອງຂະແໜງການຕໍ່ຮ່າງຍຸດທະສາດ"),
    "venue": Word("where it is", {"lo": "ຫ້ອງປະຊຸມໃຫຍ່ ກະຊວງ", "en": "Main hall of the ministry"}),
    "starts_at": Word("when it begins, with the offset from UTC", "2022-09-19T08:30:00+07:00"),
    "ends_at": Word("when it ends, with the offset from UTC", "2022-09-19T12:00:00+07:00"),
    "organiser": Word("the code of the body that holds the meeting", "MTC"),
    "InvitedMeeting.organiser": Word(
        "the body that holds the meeting",
        {"lo": "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ", "en": "Ministry of Technology and Communications"},
    ),
    "organiser_unit": Word(
        "the unit of the body that prepares the meeting",
        {"lo": "ສູນບໍລິຫານລັດດິຈິຕອນ", "en": "Digital Administration Centre"},
    ),
    "co_hosts": Word("the codes of bodies that hold the meeting, too", ["UNDP"]),
    "co_host_contacts": Word("who is told for the co-hosts"),
    "chair": Word("who leads the session"),
    "capacity": Word("how many people may have a seat", 55),
    "rank_floor": Word("the highest number of a rank that is admitted; null: any", 100),
    "tacit_consent": Word("whether minutes count as accepted by whoever does not object in time", example=False),
    "agenda": Word("what is discussed, in order"),
    "phase": Word("how far the meeting is: draft, open, in_session, held, closed or cancelled", "open"),
    "version": Word("of the meeting, the ETag without quotation marks; it rises with each change", 7),
    "confirmed": Word("how many people have a seat", 42),
    "waitlisted": Word("how many people wait in the queue", 0),
    "requested": Word("how many people wait for the organiser's decision", 0),
    "over_capacity": Word("how many more people have a seat than there are seats", 0),
    "over_most": Word("by organisation: how many more of its people have a seat than may", {}),
    "policy": Word("who may register", "open"),
    "waiting_list": Word("who waits when no seat is free", "automatic"),
    "registration_closes_at": Word("until when people may register", "2022-09-16T16:00:00+07:00"),
    "representatives": Word("whether people may send a representative", example=True),
    "may_pass_groups": Word(
        "whether people may move up past a group that needs more seats than are free", example=False
    ),
    "organisation_seats": Word("seats kept for organisations, and the most that their people may have"),
    "reserved": Word("how many seats are kept for it", 2),
    "most": Word("how many of its people may have a seat; null: as many as there are seats", 5),
    "Moment.at": Word("when it really was; now where it is left out", "2022-09-19T08:35:00+07:00"),
    "Schedule.venue": Word("where it is now", {"lo": "ຫໍປະຊຸມແຫ່ງຊາດ", "en": "National Convention Centre"}),
    "item_id": Word("which item of the agenda", "01835394-6c00-7000-8000-0000000000c1"),
    "number": Word("the number of the item, as it is printed; a part begins with the number of its item", "2"),
    "minutes": Word("how long it takes, in minutes", 45),
    "presenter": Word("the code of the body whose people present it", "MTC"),
    "parent": Word("the item of which it is a part; a main item without one", None),
    "AgendaItem.title": Word("what the item is about", {"lo": "ນຳສະເໜີ ຮ່າງຍຸດທະສາດ", "en": "Presentation of the draft"}),
    "StrictAgendaItem.title": Word("what the item is about", {"lo": "ນຳສະເໜີ ຮ່າງຍຸດທະສາດ"}),
    "AgendaItemInput.title": Word("what the item is about", {"lo": "ນຳສະເໜີ ຮ່າງຍຸດທະສາດ"}),
    "AgendaItemChange.title": Word("what the item is about", {"lo": "ນຳສະເໜີ ຮ່າງຍຸດທະສາດ"}),
    "AgendaItemInput.position": Word("its place, from 1; the last without one", 2),
    "AgendaItemChange.position": Word("its place among the parts of the same item, from 1", 2),
    "AgendaView.items": Word("the items in order"),
}
