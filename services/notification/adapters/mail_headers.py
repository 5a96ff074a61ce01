"""The header lines of an e-mail, written here and not by a parser: a text is never read for syntax that it may hold.

`email.message.EmailMessage` parses what it is given and so decodes encoded words (RFC 2047) that stand in somebody's
name. Here text becomes plain ASCII only where it cannot mean anything else, and encoded words of ours otherwise.
"""

import re
from collections.abc import Iterable
from email.header import Header
from typing import Final

from email_validator import EmailNotValidError, validate_email

from shared.text import printable

_BEYOND_ASCII: Final = r"[^\x00-\x9f\s\ud800-\udfff]"
_ATEXT: Final = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_ATOM: Final = rf"(?:[{_ATEXT}]|{_BEYOND_ASCII})+"
_LABEL: Final = rf"(?:[A-Za-z0-9-]|{_BEYOND_ASCII})+"
# RFC 5321 dot-string and domain, with RFC 6531's letters; quoted local parts and address literals are not for people.
_ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_PLAIN_NAME: Final = re.compile(rf"[{_ATEXT}]+(?: [{_ATEXT}]+)*")  # a phrase of atoms (RFC 5322 §3.2.5)
_PLAIN_TEXT: Final = re.compile(r"[!-~]+(?: [!-~]+)*")
_LINE_BREAK: Final = re.compile(r"[\r\n]")
_CONTROLS: Final = dict.fromkeys((*range(32), *range(127, 160)), " ")
_ENCODED_WORD: Final = "=?"
_MOST_PLAIN: Final = 60
"""Characters that fit a line of 78 behind any header's name; a longer text is encoded, which also folds it."""


def header_block(lines: Iterable[tuple[str, str]]) -> bytes:
    """Write headers, each value as the functions below give it. Raises `ValueError` for a line break of its own."""
    written = []
    for name, value in lines:
        if _LINE_BREAK.search(value.replace("\r\n ", "")):
            raise ValueError("a header value holds a line break")
        written.append(f"{name}: {value}\r\n")
    return "".join(written).encode()


def text(value: str, *, header: str) -> str:
    """Write unstructured text, such as a subject; white space and control characters become single spaces."""
    return _written(value, _PLAIN_TEXT, header)


def mailbox(name: str, address: str, *, header: str) -> str:
    """Write one mailbox, whatever the name holds. Raises `ValueError` for what is no address."""
    if _ADDRESS.fullmatch(address) is None or _ENCODED_WORD in address:
        raise ValueError("no e-mail address")
    shown = _written(name, _PLAIN_NAME, header)
    return f"{shown}\r\n <{address}>" if shown else f"<{address}>"


def on_the_wire(address: str) -> str:
    """The address as every relay takes it: with A-labels (RFC 5890), unless the local part is not ASCII either."""
    if address.isascii():
        return address
    try:
        return validate_email(address, check_deliverability=False).ascii_email or address
    except EmailNotValidError:
        return address


def _written(value: str, plain: re.Pattern[str], header: str) -> str:
    words = " ".join(printable(value.translate(_CONTROLS)).split())
    if not words or (len(words) <= _MOST_PLAIN and _ENCODED_WORD not in words and plain.fullmatch(words)):
        return words
    return Header(words, "utf-8", header_name=header).encode(linesep="\r\n")
