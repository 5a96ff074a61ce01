"""The reasons for which packages, proofs and checkpoints are refused."""

from shared.kernel import Refusal


class EvidenceRefused(Refusal):
    """The evidence does not prove what it should; subclasses say why."""

    status = 422
    lao = "ຫຼັກຖານບໍ່ຖືກຕ້ອງ"
    english = "The evidence does not prove it."


class MalformedNote(EvidenceRefused):
    """The text is not a signed note in the C2SP format."""

    lao = "ຮູບແບບຂອງບັນທຶກທີ່ລົງລາຍເຊັນບໍ່ຖືກຕ້ອງ"
    english = "The signed note is not well formed."


class MalformedKey(EvidenceRefused):
    """The text is not an Ed25519 verifier key `name+id+key`."""

    lao = "ຮູບແບບຂອງກະແຈສຳລັບກວດສອບບໍ່ຖືກຕ້ອງ"
    english = "The verification key is not well formed."


class ForeignSignature(EvidenceRefused):
    """The note bears no signature of the key that is trusted."""

    lao = "ບໍ່ມີລາຍເຊັນຂອງກະແຈທີ່ເຊື່ອຖືໄດ້"
    english = "It is not signed by the trusted key."


class ForgedSignature(EvidenceRefused):
    """A signature claims to be the trusted key's and is not."""

    lao = "ລາຍເຊັນດິຈິຕອນບໍ່ກົງກັບເນື້ອໃນ"
    english = "The signature of the trusted key does not fit the text."


class MalformedCheckpoint(EvidenceRefused):
    """The note's text is not a checkpoint."""

    lao = "ຮູບແບບຂອງຈຸດກວດສອບບັນຊີບໍ່ຖືກຕ້ອງ"
    english = "The log's checkpoint is not well formed."


class ForeignLog(EvidenceRefused):
    """The checkpoint is of another log than the key."""

    lao = "ຈຸດກວດສອບເປັນຂອງບັນຊີອື່ນ"
    english = "The checkpoint belongs to another log."


class MalformedProof(EvidenceRefused):
    """The file is not a C2SP tlog-proof of this log's making."""

    lao = "ຮູບແບບຂອງໃບຢັ້ງຢືນບໍ່ຖືກຕ້ອງ"
    english = "The proof is not well formed."


class EntryNotInLog(EvidenceRefused):
    """The inclusion path does not lead from the entry to the signed root."""

    lao = "ບໍ່ມີຊຸດເອກະສານນີ້ຢູ່ໃນບັນຊີຂອງສຳນວນເກັບມ້ຽນ"
    english = "This exact package is not in the archive's log."


class MalformedPackage(EvidenceRefused):
    """The package is not one that the archive writes; `details["why"]` names the difference, in English."""

    lao = "ຮູບແບບຂອງຊຸດເອກະສານບໍ່ຖືກຕ້ອງ"
    english = "The package is not well formed."


class UnreadablePackage(MalformedPackage):
    """No ZIP, or one that was cut off: it has no directory at its end, so that nothing can be said of its content."""

    lao = "ຊຸດເອກະສານບໍ່ແມ່ນ ZIP ຫຼື ຖືກຕັດຂາດ"
    english = "The package is not a ZIP, or it was cut off; fetch it once more."


class UnsafeName(MalformedPackage):
    """A member's name is absolute, climbs with `..`, or holds characters the archive never writes."""

    lao = "ຊື່ຟາຍໃນຊຸດເອກະສານບໍ່ປອດໄພ"
    english = "A file name in the package is not safe."


class DuplicateMember(MalformedPackage):
    """Two members have one name."""

    lao = "ມີຟາຍຊື່ຊ້ຳກັນໃນຊຸດເອກະສານ"
    english = "A file name occurs twice in the package."


class PackageTooLarge(MalformedPackage):
    """More bytes or members than a package may have, or more than it really holds (a bomb)."""

    lao = "ຊຸດເອກະສານໃຫຍ່ເກີນກຳນົດ"
    english = "The package is larger than allowed or than it says."


class UndeclaredFile(MalformedPackage):
    """A file is in the package and not in its manifest."""

    lao = "ມີຟາຍທີ່ບໍ່ໄດ້ລະບຸໄວ້ໃນບັນຊີຟາຍ"
    english = "The package holds a file that its manifest does not list."


class MissingFile(MalformedPackage):
    """A file is in the manifest and not in the package."""

    lao = "ຟາຍທີ່ລະບຸໄວ້ໃນບັນຊີຟາຍຂາດຫາຍໄປ"
    english = "A file that the manifest lists is missing."


class AlteredFile(MalformedPackage):
    """A file's SHA-256 is not the one in the manifest."""

    lao = "ຟາຍຖືກດັດແກ້ບໍ່ກົງກັບບັນຊີຟາຍ"
    english = "A file is not the one that the manifest lists."


class FileNotInPackage(EvidenceRefused):
    """No file of the package has these bytes."""

    lao = "ຟາຍນີ້ບໍ່ກົງກັບຟາຍໃດໃນຊຸດເອກະສານ"
    english = "No file of the package has exactly these bytes."
