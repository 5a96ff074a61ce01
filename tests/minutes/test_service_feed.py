"""The feed is well-formed whatever is stored: rows may be older than the rules for what comes in."""

import json
from xml.etree import ElementTree as ET

from tests.minutes.running_service import MinutesService

ATOM = "{http://www.w3.org/2005/Atom}"
NO_XML = "".join(map(chr, (*range(1, 9), 11, 12, *range(14, 32), 0x7F, 0xFFFE, 0xFFFF, 0x1FFFE)))
MARKUP = '</content><entry a="1">&amp;]]><!-- '


async def test_the_feed_is_well_formed_whatever_an_older_release_has_stored(minutes_service: MinutesService) -> None:
    await minutes_service.published()
    stored = {"title": f"ຂ່າວ{NO_XML}{MARKUP}", "byline": NO_XML, "date": "19/09/2022", "paragraphs": [f"1{NO_XML}\r2"]}
    async with minutes_service.database.transaction() as connection:
        await connection.execute("UPDATE news SET item = item || $1::text::jsonb", json.dumps(stored))
    answer = await minutes_service.call("GET", "/v1/news/feed.atom")
    feed = ET.fromstring(answer.content)  # noqa: S314 -- our own
    (entry,) = feed.iter(f"{ATOM}entry")
    title, content = (entry.findtext(f"{ATOM}{name}", "") for name in ("title", "content"))
    assert (" ".join(title.split()), content.split()) == (f"ຂ່າວ {MARKUP.strip()}", ["1", "2"])
