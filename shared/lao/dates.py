"""Writes dates and times as Lao documents do; the caller converts them to the right time zone before."""

from datetime import date, datetime, time
from typing import Final

MONTHS: Final = (
    "ມັງກອນ",
    "ກຸມພາ",
    "ມີນາ",
    "ເມສາ",
    "ພຶດສະພາ",
    "ມິຖຸນາ",
    "ກໍລະກົດ",
    "ສິງຫາ",
    "ກັນຍາ",
    "ຕຸລາ",
    "ພະຈິກ",
    "ທັນວາ",
)


def long_date(day: date) -> str:
    """Write a date as running text does: ``19 ກັນຍາ 2022`` (Common Era, Arabic digits)."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def short_date(day: date) -> str:
    """Write a date as forms do: ``19/09/2022``."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def clock_time(at: time | datetime) -> str:
    """Write a time of day as letters do: ``08:30 ໂມງ``."""
    return f"{at.hour:02}:{at.minute:02} ໂມງ"
