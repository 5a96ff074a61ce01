"""What is refused of a form and of the answers to it, in Lao and English."""

from shared.kernel import Refusal


class FieldNameTwice(Refusal):
    """Two fields of a form have the same name."""

    status = 422
    lao = "ມີຊ່ອງຂໍ້ມູນສອງຊ່ອງທີ່ໃຊ້ຊື່ດຽວກັນ"
    english = "Two fields of the form have the same name."


class ChoiceTwice(Refusal):
    """Two choices of a field have the same value."""

    status = 422
    lao = "ມີສອງຕົວເລືອກທີ່ໃຊ້ຄ່າດຽວກັນ"
    english = "Two choices of the field have the same value."


class ConditionUnfit(Refusal):
    """A condition can never hold: it names no field before its own, or a value that this field cannot have.

    Fields that others depend on are of the kinds `choice`, `multiple-choice` and `yes-no`.
    """

    status = 422
    lao = "ເງື່ອນໄຂ ຕ້ອງອ້າງເຖິງຊ່ອງຂໍ້ມູນທີ່ຢູ່ກ່ອນໜ້າ ແລະ ຄ່າທີ່ຊ່ອງນັ້ນມີ"
    english = "A condition must name a field that stands before, and a value which that field can have."


class BoundsReversed(Refusal):
    """The least number that a field takes is above the greatest, or it asks for more choices than it has."""

    status = 422
    lao = "ຂອບເຂດຕ່ຳສຸດ ຕ້ອງບໍ່ຫຼາຍກວ່າຂອບເຂດສູງສຸດ"
    english = "The least value of the field is above the greatest."


class FormTooLarge(Refusal):
    """All texts of a form together are longer than `most` bytes of JSON."""

    status = 422
    lao = "ແບບຟອມ ໃຫຍ່ເກີນກຳນົດ"
    english = "The form is too large."


class FieldAnswered(Refusal):
    """People have answered a field that would be removed or get another kind; `answers` says how many.

    The request names it in `erase_answers` where their answers are to be erased with it.
    """

    lao = "ມີຜູ້ຕອບຊ່ອງຂໍ້ມູນນີ້ແລ້ວ. ຖ້າຕ້ອງການລຶບຄຳຕອບນຳ ໃຫ້ລະບຸໃນ erase_answers"
    english = "People have answered this field; name it in erase_answers to erase their answers with it."


class FieldStays(Refusal):
    """Answers are erased only of fields that are removed or get another kind."""

    status = 422
    lao = "ຊ່ອງຂໍ້ມູນນີ້ ຍັງຢູ່ໃນແບບຟອມ ຈຶ່ງລຶບຄຳຕອບບໍ່ໄດ້"
    english = "This field stays in the form, so its answers are not erased."


class ChoiceTaken(Refusal):
    """People have chosen a value that would be removed; `answers` says how many."""

    lao = "ມີຜູ້ເລືອກຕົວເລືອກນີ້ແລ້ວ ຈຶ່ງເອົາອອກບໍ່ໄດ້"
    english = "People have chosen this value; it cannot be removed."


class PersonalDataFixed(Refusal):
    """People have answered a field as personal data: it stays so."""

    lao = "ມີຜູ້ຕອບແລ້ວ ໂດຍຖືເປັນຂໍ້ມູນສ່ວນຕົວ ຈຶ່ງປ່ຽນບໍ່ໄດ້"
    english = "People have answered this field as personal data; it stays so."


class PersonalDataPrinted(Refusal):
    """A field that is personal data would be printed on a paper that everybody in the room can read."""

    status = 422
    lao = "ຂໍ້ມູນສ່ວນຕົວ ພິມໃສ່ບັດ ຫຼື ບັນຊີລາຍຊື່ບໍ່ໄດ້"
    english = "Personal data is never printed on badges or on the attendance sheet."


class TooManyPrinted(Refusal):
    """More fields would be printed on a `paper` than have room there: `most` of them have."""

    status = 422
    lao = "ມີຊ່ອງຂໍ້ມູນທີ່ຈະພິມຫຼາຍເກີນໄປ ເນື້ອທີ່ໃນເອກະສານບໍ່ພໍ"
    english = "More fields are printed than have room on the paper."


class TooManyFiles(Refusal):
    """More fields would take a file than one form may have: `most`."""

    status = 422
    lao = "ມີຊ່ອງສົ່ງໄຟລ໌ຫຼາຍເກີນກຳນົດ"
    english = "More fields take a file than a form may have."


class FileTypeNotTaken(Refusal):
    """A field would take files of a type that the installation does not take; `allowed` lists those it takes."""

    status = 422
    lao = "ລະບົບນີ້ ບໍ່ຮັບໄຟລ໌ປະເພດນີ້"
    english = "Files of this type are not taken here; allowed lists those that are."


class NoFileAsked(Refusal):
    """The form has no field of this name that takes a file."""

    status = 404
    lao = "ແບບຟອມ ບໍ່ມີຊ່ອງສົ່ງໄຟລ໌ທີ່ມີຊື່ນີ້"
    english = "The form has no field of this name that takes a file."


class NoFileGiven(Refusal):
    """Nobody has sent a file for this field, or it was erased."""

    status = 404
    lao = "ຍັງບໍ່ມີໄຟລ໌ໃນຊ່ອງນີ້ ຫຼື ໄດ້ລຶບອອກແລ້ວ"
    english = "No file was sent for this field, or it was erased."


class AnswersInvalid(Refusal):
    """Answers to the form of the meeting are missing or do not fit; `errors` names each field with its fault."""

    status = 422
    lao = "ຄຳຕອບໃນແບບຟອມ ບໍ່ຄົບ ຫຼື ບໍ່ຖືກຕ້ອງ. ກະລຸນາກວດຄືນ"
    english = "Answers to the form are missing or do not fit; see errors."
