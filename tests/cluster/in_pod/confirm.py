"""Registers one person and waits until the e-mail with his ticket has come; prints the time, in seconds since 1970."""

import json
import sys
import time
from pathlib import Path

from pasum.api import Client, bearer

SETTINGS = Path("/settings/settings.json")
WAIT_SECONDS = 120.0
MEETING = {
    "title": {"lo": "ກອງປະຊຸມທົດສອບ", "en": "Test meeting"},
    "venue": {"lo": "ນະຄອນຫຼວງວຽງຈັນ"},
    "starts_at": "2030-01-01T01:30:00Z",
    "ends_at": "2030-01-01T05:00:00Z",
    "organiser": "MTC",
    "chair": {"given_name": "ປະທານ", "rank": 50, "email": "chair@example.la"},
    "capacity": 10,
}
PERSON = {"given_name": "ສົມພອນ", "rank": 80, "email": "first@example.la"}


def main() -> None:
    """Register and wait; the exit code is 1 if no e-mail comes."""
    found = json.loads(SETTINGS.read_text(encoding="utf-8"))
    url = found["services"]["registration"]
    with Client(url, bearer(found, "organiser", organisation="MTC", subject="first")) as organiser:
        meeting = organiser.post("/v1/meetings", MEETING)["meeting_id"]
        organiser.post(f"/v1/meetings/{meeting}/open")
        organiser.post(f"/v1/meetings/{meeting}/registrations", {"organisation": "MOF", "person": PERSON})
    until = time.monotonic() + WAIT_SECONDS
    with Client(found["services"]["mailbox"]) as mailbox:
        while time.monotonic() < until:
            if any(mail["to"] == [PERSON["email"]] for mail in mailbox.get("/messages")):
                sys.stdout.write(f"{time.time()}\n")
                return
            time.sleep(0.1)
    sys.exit("the e-mail with the ticket has not come")


if __name__ == "__main__":
    main()
