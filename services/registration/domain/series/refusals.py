"""Why a rule gives no series."""

from shared.kernel import Refusal


class RecurrenceInvalid(Refusal):
    """The rule is no RRULE of RFC 5545 that a series may have; `why` says what is wrong with it."""

    status = 422
    lao = "ກົດການປະຊຸມຊ້ຳ (RRULE) ບໍ່ຖືກຕ້ອງ"
    english = "The rule of recurrence (RRULE, RFC 5545) cannot be used; see why."


class SeriesEmpty(Refusal):
    """The rule gives no date besides that of the meeting itself, or all of them are left out."""

    status = 422
    lao = "ກົດນີ້ບໍ່ມີວັນປະຊຸມອື່ນ"
    english = "The rule gives no date besides that of the meeting itself."
