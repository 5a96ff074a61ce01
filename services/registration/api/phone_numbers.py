"""Telephone numbers that can receive an SMS, in E.164."""

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from services.registration.domain.refusals import MobileInvalid

_DIGITS = re.compile(r"\+?[0-9]+")
_BETWEEN_DIGITS = "().-"
_WITHOUT_GAPS = str.maketrans("", "", f" \t{_BETWEEN_DIGITS}")
_LAO = re.compile(r"(?:\+856|0)([1-9][0-9]{7,9})", re.ASCII)
_REACHED_BY_SMS = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
)  # some countries do not tell them apart


def e164(number: str, *, field: str) -> str:
    """The number in E.164; every usual Lao form gives the same. Raises `MobileInvalid`.

    One number, in digits of any script, and nothing else: the library alone would read letters as a keypad does, cut
    off an extension or a second number, and so find somebody else's.
    """
    try:
        plain = _only_digits(number)
        written = _LAO.fullmatch(plain)
        parsed = (
            PhoneNumber(country_code=856, national_number=int(written[1]))  # nothing is left to be parsed
            if written
            else phonenumbers.parse(plain, "LA")
        )
    except phonenumbers.NumberParseException:
        raise MobileInvalid(field=field) from None
    if phonenumbers.number_type(parsed) not in _REACHED_BY_SMS:  # of a number that is not valid it is unknown
        raise MobileInvalid(field=field)
    return str(phonenumbers.format_number(parsed, PhoneNumberFormat.E164))


def _only_digits(number: str) -> str:
    """The digits as 0-9, after a plus where there is one; raises `NumberParseException` where anything else stands."""
    plain = number.translate(_WITHOUT_GAPS)
    if not plain.isascii():
        plain = "".join(
            str(unicodedata.decimal(each)) if each.isdecimal() else each
            for each in unicodedata.normalize("NFKC", number)
            if not (each.isspace() or each in _BETWEEN_DIGITS or unicodedata.category(each) in {"Cf", "Pd"})
        )
    if _DIGITS.fullmatch(plain) is None:
        raise phonenumbers.NumberParseException(phonenumbers.NumberParseException.NOT_A_NUMBER, "not only digits")
    return plain
