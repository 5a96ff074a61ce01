"""Why a document or its file is not taken."""

from shared.kernel import Refusal


class DocumentUnknown(Refusal):
    """The meeting has no such document, or it was withdrawn."""

    status = 404
    lao = "ບໍ່ມີເອກະສານນີ້ ຫຼື ໄດ້ຖອນອອກແລ້ວ"
    english = "There is no such document, or it was withdrawn."


class FileUnknown(Refusal):
    """No file with this SHA-256 was uploaded for this meeting, or it was not used within a day."""

    status = 422
    lao = "ຍັງບໍ່ໄດ້ສົ່ງໄຟລ໌ນີ້ສຳລັບກອງປະຊຸມ ຫຼື ໝົດກຳນົດແລ້ວ ກະລຸນາສົ່ງໄຟລ໌ໃໝ່"
    english = "This file was not uploaded for the meeting, or it was not used in time; upload it again."


class FileTypeDiffers(Refusal):
    """The content of the file is of another type (`found`) than Content-Type says (`declared`)."""

    status = 415
    lao = "ເນື້ອໃນໄຟລ໌ ບໍ່ກົງກັບປະເພດທີ່ແຈ້ງ"
    english = "The content of the file is not of the type that Content-Type says."


class FileDamaged(Refusal):
    """The SHA-256 of what has arrived is not the one that the client has sent (`Content-Digest`, RFC 9530)."""

    status = 422
    lao = "ໄຟລ໌ທີ່ໄດ້ຮັບ ບໍ່ກົງກັບຄ່າ SHA-256 ທີ່ແຈ້ງ ກະລຸນາສົ່ງໃໝ່"
    english = "The file that has arrived does not have the SHA-256 that was sent with it; upload it again."


class FileTooLarge(Refusal):
    """The file has more bytes than may be sent here: `most`."""

    status = 413
    lao = "ໄຟລ໌ໃຫຍ່ເກີນກຳນົດ"
    english = "The file is larger than may be sent here; most says how many bytes it may have."


class FileEmpty(Refusal):
    """The body is empty."""

    status = 422
    lao = "ໄຟລ໌ບໍ່ມີເນື້ອໃນ"
    english = "The file is empty."


class DocumentsNotKept(Refusal):
    """The installation has no store for documents of meetings (`REGISTRATION_OBJECTS_KIND`)."""

    status = 501
    lao = "ລະບົບນີ້ ຍັງບໍ່ໄດ້ຕັ້ງບ່ອນເກັບເອກະສານກອງປະຊຸມ"
    english = "Documents of meetings are not kept here: no store is set up for them."
