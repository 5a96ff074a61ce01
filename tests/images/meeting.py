"""The least of a meeting: one that is open and has invited a ministry, and the answer of one person."""

from datetime import datetime, timedelta
from typing import Any

from pasum.api import Client


def opened(organiser: Client, *, at: datetime) -> str:
    """Draft and open a meeting at this time and invite the Ministry of Finance; returns its identifier."""
    drafted = organiser.post("/v1/meetings", _meeting(at))
    meeting = str(drafted["meeting_id"])
    organiser.post(f"/v1/meetings/{meeting}/open")
    contact = {"given_name": "ສົມຈິດ", "rank": 60, "email": "mof@example.la", "fictitious": True}
    organiser.post(f"/v1/meetings/{meeting}/invitations", {"organisation": "MOF", "seats": 3, "contact": contact})
    return meeting


def answered(invited: Client, meeting: str, invitation: str) -> str:
    """Answer with the token of a link; returns the state of the registration."""
    person = {
        "given_name": "ວັນໄຊ",
        "family_name": "(ສົມມຸດ)",
        "rank": 70,
        "email": "vanxay@example.la",
        "gender": "male",
        "fictitious": True,
    }
    body = {"organisation": "MOF", "invitation": invitation, "person": person}
    return str(invited.post(f"/v1/meetings/{meeting}/registrations", body)["state"])


def _meeting(at: datetime) -> dict[str, Any]:
    chair = {
        "given_name": "ບຸນທັນ",
        "family_name": "(ສົມມຸດ)",
        "position_title": "ຮອງລັດຖະມົນຕີ",
        "rank": 50,
        "email": "chair@example.la",
        "fictitious": True,
    }
    return {
        "title": {"lo": "ກອງປະຊຸມທົດລອງ", "en": "Trial meeting"},
        "purpose": "ທົດລອງລະບົບ",
        "venue": {"lo": "ຫ້ອງປະຊຸມ ຊັ້ນ 3", "en": "Meeting room, 3rd floor"},
        "starts_at": at.isoformat(),
        "ends_at": (at + timedelta(hours=3)).isoformat(),
        "organiser": "MTC",
        "chair": chair,
        "capacity": 2,
        "agenda": [{"number": "1", "title": {"lo": "ກ່າວໄຂກອງປະຊຸມ", "en": "Opening"}, "minutes": 10}],
    }
