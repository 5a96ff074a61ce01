"""The texts: what shows nothing, what cannot be used, what is dangerous elsewhere and harmless here."""

import random
import unicodedata
from typing import Final

SIGNATURE: Final = "Hx7Qz"
"""Stands in every text that shows something, so that it can be looked for where no text of people may be."""

BLANK: Final = {
    ascii(text): text
    for text in (
        *("", " ", "\t", "\r\n", "\x0b", "\x85", "\u00a0", "\u2028", "\u3000", "\u200b", "\u200d\u2060\ufeff"),
        *(
            "\u115f\u1160",
            "\u3164",
            "\uffa0",
            "\u2800",
            "\u202e",
            "\u2067\u2069",
            "\u180e",
            "\u0301",
            "\u0ec8",
            "\ufe0f",
        ),
    )
}
"""Nothing to see."""

_BROKEN: Final = (*"\x00\x01\x07\x1b\x7f\x9b\ud800\ue000\ufdd0\ufffd\ufffe\u0378\U0001ffff\U000f0000",)
UNUSABLE: Final = {
    **{f"with {character!a}": f"{SIGNATURE} {character} ແກ້ວ" for character in _BROKEN},
    "a tower of marks": f"{SIGNATURE} z" + "\u0301\u0334" * 20,
    "a long tower of marks": f"{SIGNATURE} ກ\u0ec8" + "\u0eb4\u0334" * 90,
    "an escape sequence": f"{SIGNATURE}\x1b]0;title\x07\x1b[2J",
}
"""Refused wherever text is taken."""

TAKEN: Final = {
    "an encoded word": f"=?utf-8?q?=0D=0ABcc=3A_noy=40example.org=0D=0A=0D=0A{SIGNATURE}?=",
    "encoded words": f"=?utf-8?b?DQpCY2M6IG5veUBleGFtcGxlLm9yZw==?= =?us-ascii?q?{SIGNATURE}?=",
    "a list of mailboxes": f'"{SIGNATURE}" <noy@example.org>, mali@example.org; x: (y), Vice-Minister "Z"',
    "an open comment": f'{SIGNATURE} (open "quote \\',
    "an element": f'</td></title><script>alert("{SIGNATURE}")</script><img src=x onerror=alert(1)>',
    "an attribute": f'{SIGNATURE}" onmouseover=\'alert(1)\' style="position:fixed"',
    "an entity": f"&lt;{SIGNATURE}&#x0A;&amp;&nbsp;]]>--><!--",
    "a template": f"{{{{ {SIGNATURE} }}}}{{% raw %}}{{{{ ''.__class__ }}}}${{7*7}}<%= 7*7 %>",
    "a property of a calendar": f"{SIGNATURE};X=1:mailto:noy@example.org\\nATTENDEE:x\\,^n^'",
    "code of Typst": f'#panic() #import "/etc/passwd": * *{SIGNATURE}* _x_ $x^2$ `c` @ref <label> = H // c',
    "code of LaTeX": f"\\input{{/etc/passwd}} \\u{{41}} %{SIGNATURE} ~ & #1 \\\\",
    "a formula": f'=HYPERLINK("https://example.org/{SIGNATURE}")',
    "a command of a table": f"+{SIGNATURE}|' /C calc'!A0",
    "SQL": f"{SIGNATURE}'); DROP TABLE meeting; --",
    "wildcards": f"%_{SIGNATURE}\\%",
    "a path": f"../../{SIGNATURE}/etc/passwd",
    "an address of the web": f"javascript:alert('{SIGNATURE}')",
    "JSON": f'{{"{SIGNATURE}": [1e999, null, "\\u0000"]}}',
    "a turned line": f"{SIGNATURE} \u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "invisible letters": f"{SIGNATURE}\u200b\u00ad\u2060\ufeff\U000e0041\u3164 x",
    "odd spaces": f"{SIGNATURE}\u00a0\u2003\u3000\u2800x",
    "signs of GSM": f"{SIGNATURE} €[]{{}}^~|\\ @£$¥èéùìòÇ",
    "emoji": f"{SIGNATURE} 😀👨\u200d👩\u200d👧 ❤\ufe0f 🇱🇦",
    "many scripts": f"{SIGNATURE} ປິ່ນ ปิ่น ខ្មែរ မြန်မာ 王明 김철수 हिन्दी العربية Nguyễn ཧྐྵྨླྺྼྻྂ",
    "Lao in disorder": f"{SIGNATURE} ນ້ໍາ ນໍ້າ ເເກ້ວ ສື່່ ທ\u0e35\u0e48 ໐໑໒",
}
"""Taken as people's own words, and nothing but words wherever they come out."""

LINES: Final = {
    "lines": f"{SIGNATURE}\r\nBcc: noy@example.org\r\n\r\nbody\u2028END:VCALENDAR\x0b.\n.\n",
    "a table": f"{SIGNATURE}\t1\t2\n3\t4",
}
"""Taken where a text may have lines."""

_PIECES: Final = (*TAKEN.values(), " ", ", ", "\u200b", '"', "<", "&", "=?", "?=", "\\", "#", "{{")


def mixtures(count: int, *, seed: int) -> dict[str, str]:
    """Taken too: pieces of the others in chance's order, but always the same."""
    chance = random.Random(seed)  # noqa: S311 -- nothing is kept secret with it
    texts = {}
    for number in range(count):
        pieces = [chance.choice(_PIECES) for _ in range(chance.randint(2, 5))]
        texts[f"mixture {number}"] = (SIGNATURE + "".join(pieces))[: chance.randint(20, 190)]
    return texts


_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEEN_NOWHERE: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u3164\uffa0\u115f\u1160\u034f\ufffc\ufffd")


def harm(text: str) -> str | None:
    """What a text holds that may stand in no text, found without the code that is tested."""
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Cs", "Co", "Cn"} and character not in "\n\t":
            return f"{category} {character!a}"
        if character in _DIRECTIONS or character in _SEEN_NOWHERE or 0xE0000 <= ord(character) <= 0xE007F:
            return ascii(character)
        if marks > 8:
            return "a tower of marks"
    return None
