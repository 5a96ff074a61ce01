"""What a verifier says of a signed PDF: of the whole file, and of each signature."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from pyhanko.sign.diff_analysis import ModificationLevel


class Finding(Enum):
    """Why a file is not trusted, in Lao and in English."""

    UNREADABLE = ("ບໍ່ສາມາດອ່ານເອກະສານໄດ້", "The file is not a readable PDF.")
    UNSIGNED = ("ເອກະສານບໍ່ມີລາຍເຊັນດິຈິຕອນ", "The file has no signature.")
    CONTENT_CHANGED = ("ເນື້ອໃນບໍ່ກົງກັບລາຍເຊັນ", "The content does not match the signature.")
    CHANGED_AFTER_SIGNING = ("ເອກະສານຖືກແກ້ໄຂ ຫຼັງຈາກລົງລາຍເຊັນ", "The file was changed after it was signed.")
    NOT_COVERED = ("ລາຍເຊັນບໍ່ກວມເອົາເອກະສານທັງໝົດ", "The signatures do not cover the whole file.")
    TAMPERED_CONTAINER = ("ຂໍ້ມູນລາຍເຊັນຖືກແກ້ໄຂ", "The container of the signature was tampered with.")
    WRONG_SIGNER = (
        "ໃບຮັບຮອງບໍ່ແມ່ນຂອງຜູ້ທີ່ເອກະສານລະບຸໃຫ້ລົງລາຍເຊັນ",
        "The certificate belongs to somebody else than the signatory whom the document names.",
    )
    MISSING_SIGNATURE = (
        "ຂາດລາຍເຊັນຂອງຜູ້ທີ່ຕ້ອງລົງລາຍເຊັນ",
        "A signature of somebody who must sign the document is missing.",
    )
    UNTRUSTED = ("ໃບຮັບຮອງລາຍເຊັນ ບໍ່ໜ້າເຊື່ອຖື", "The certificate does not lead to a trusted root, or was not valid.")

    @property
    def lao(self) -> str:
        """For readers of Lao."""
        return self.value[0]

    @property
    def english(self) -> str:
        """For readers of English."""
        return self.value[1]


OF_INTACT_FILES: Final = frozenset({Finding.UNTRUSTED, Finding.WRONG_SIGNER, Finding.MISSING_SIGNATURE})
"""Findings about signers; the file itself was not changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVerdict:
    """One signature: whose certificate it bears, and what is wrong with it; no findings mean that it is good.

    `signer` is the certificate's name for its holder; `name` (in the signature) and `claimed` (the document's name for
    whoever signs this field) are claims, compared with it.
    """

    field: str
    signer: str
    certificate_subject: str
    name: str | None
    claimed: str | None
    reason: str | None
    signed_at: datetime | None
    """As the clock of the signer said."""
    proven_at: datetime | None
    """As a trusted time stamp says, where there is one."""
    modification: ModificationLevel | None
    """What was added to the file after this signature; None where it cannot be determined."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfVerdict:
    """What the signatures of a file prove.

    `intact`: each signature matches its bytes, nothing was changed after it but by later signatures, the last one
    covers the file. `trusted`: intact, every certificate leads to one of the roots and belongs to the signatory, and
    no signature is missing. `first_revision_sha256` is the hash of the document before it was signed, to be compared
    with that of the archived render; `sha256` that of the whole file, to be looked up in the log.
    """

    intact: bool
    trusted: bool
    signatures: tuple[SignatureVerdict, ...]
    findings: tuple[Finding, ...]
    sha256: str
    first_revision_sha256: str | None
