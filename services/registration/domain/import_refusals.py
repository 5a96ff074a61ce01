"""Why a file of participants, or a row of it, is refused; in Lao and English."""

from shared.kernel import Refusal


class UnreadableFile(Refusal):
    """The file is damaged, protected by a password, or not what its type says."""

    status = 422
    lao = "ບໍ່ສາມາດອ່ານໄຟລ໌ໄດ້ ກະລຸນາບັນທຶກໃໝ່ເປັນ CSV (UTF-8) ຫຼື XLSX ໂດຍບໍ່ໃສ່ລະຫັດຜ່ານ"
    english = "The file cannot be read; save it again as CSV (UTF-8) or XLSX, without a password."


class TooManyRows(Refusal):
    """The file has more rows than `limit`."""

    status = 422
    lao = "ໄຟລ໌ມີລາຍຊື່ຫຼາຍເກີນກຳນົດ"
    english = "The file has too many rows; divide it."


class HeaderMissing(Refusal):
    """None of the first rows names the columns; `columns` are those that are looked for."""

    status = 422
    lao = "ບໍ່ພົບແຖວຫົວຕາຕະລາງ"
    english = "No row with the names of the columns was found."


class ColumnsMissing(Refusal):
    """The row of headers lacks `columns`; where one has alternatives, all are named."""

    status = 422
    lao = "ຂາດຖັນທີ່ຈຳເປັນ"
    english = "Columns are missing."


class ColumnTwice(Refusal):
    """Two headers mean the same column, `column`."""

    status = 422
    lao = "ມີສອງຖັນທີ່ໝາຍເຖິງຂໍ້ມູນດຽວກັນ"
    english = "Two columns mean the same."


class DuplicateRow(Refusal):
    """An earlier row of the file, `line`, has the same number, address or registration."""

    lao = "ຊ້ຳກັບແຖວກ່ອນໜ້າໃນໄຟລ໌ດຽວກັນ"
    english = "An earlier row of the file has the same number, address or registration."


class TwoRegistrations(Refusal):
    """The number belongs to one registration of the meeting, the address to another."""

    lao = "ເບີໂທ ແລະ ອີເມວ ເປັນຂອງການລົງທະບຽນຄົນລະລາຍການ"
    english = "The number and the address belong to two different registrations."


class RegistrationUnknown(Refusal):
    """The meeting has no registration with this identifier, or its person was erased."""

    status = 422
    lao = "ບໍ່ມີການລົງທະບຽນນີ້ໃນກອງປະຊຸມ"
    english = "This meeting has no such registration."


class OrganisationFixed(Refusal):
    """A registration belongs to the body that has given the seat."""

    status = 422
    lao = "ບໍ່ສາມາດປ່ຽນອົງການຂອງການລົງທະບຽນໄດ້ ກະລຸນາຖອນ ແລ້ວລົງທະບຽນໃໝ່"
    english = "The organisation of a registration cannot be changed; withdraw it and register again."


class RoundedNumber(Refusal):
    """A number in scientific notation has lost digits (8.56E+12)."""

    status = 422
    lao = "ຕົວເລກຖືກປັດເສດ (ເຊັ່ນ 8.56E+12) ກະລຸນາຕັ້ງຮູບແບບຖັນເປັນຂໍ້ຄວາມ"
    english = "The number was rounded when the file was saved (8.56E+12); format the column as text."


class ChangedSincePreview(Refusal):
    """The registration is not as it was when the preview was made."""

    lao = "ຂໍ້ມູນໄດ້ປ່ຽນໄປແລ້ວ ນັບແຕ່ກວດເບິ່ງຄັ້ງກ່ອນ ກະລຸນານຳເຂົ້າໃໝ່"
    english = "It has changed since the preview; import the file again."


class ImportNotReady(Refusal):
    """The import cannot be applied in its `state`."""

    lao = "ການນຳເຂົ້ານີ້ ບໍ່ຢູ່ໃນສະຖານະທີ່ນຳໃຊ້ໄດ້"
    english = "The import cannot be applied in its present state."
