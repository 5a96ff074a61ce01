"""The outside systems of minutes: who renders a document, who signs it, who verifies it; and all it depends on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Final, Protocol

from services.minutes.domain.attendance import AttendanceClass
from services.minutes.domain.draft import AgendaLine
from shared.contracts.minutes import Position
from shared.database import Database
from shared.kernel import Refusal
from shared.objects import ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionLine:
    """One opinion as printed: who, which position, and in which words."""

    speaker: str
    position: Position
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussion:
    """What was said to one agenda item: a summary, where there is one, and the opinions."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    opinions: tuple[OpinionLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """One line of the table of tasks: what, who, until when."""

    task: str
    owner: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBlock:
    """One block above a name at the end of the document."""

    role: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesDocument:
    """Everything that is printed, and `data`, the structured text attached to the PDF as JSON.

    `issuer` goes from the ministry down to the unit; `number` is allocated (`0123/ຕສ.ສບດ`) or that of a draft
    (`……/ຕສ`, then `draft` marks every page). `created_at` becomes the creation date of the file: equal documents
    render to equal bytes. All text is plain: no character has a meaning for the typesetter. `session` is the agenda as
    it was treated, `agenda` the titles alone, and `bodies` are those of whose people somebody came, in protocol order.
    """

    issuer: tuple[str, ...]
    number: str
    place: str
    dated: date
    title: str
    opening: str
    purpose: tuple[str, ...]
    agenda: tuple[str, ...]
    discussions: tuple[Discussion, ...]
    decisions: tuple[str, ...]
    actions: tuple[ActionLine, ...]
    closing: str
    attendance: tuple[AttendanceClass, ...]
    session: tuple[AgendaLine, ...]
    bodies: tuple[str, ...]
    held_on: date
    signatures: tuple[SignatureBlock, ...]
    verify_url: str
    created_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    draft: bool = False


ATTACHMENT: Final = "minutes.json"
"""Name of the file attached to the document that holds its structured text."""


class Renderer(Protocol):
    """Typesets minutes as an archival PDF (PDF/A-3a with the structured text attached)."""

    async def render(self, document: MinutesDocument) -> bytes:
        """The finished file, ready to be signed; equal documents give equal bytes."""
        ...


ROLE_TITLES: Final[Mapping[str, str]] = {"recorder": "ຜູ້ບັນທຶກ", "chair": "ປະທານກອງປະຊຸມ"}
"""What each signing role is called: above its signature, and as the title (X.520) in its certificate of office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """Who signs: `role` chooses key and signature field (`recorder`, `chair`), `reason` and `location` are shown.

    `name` is what the document calls the signatory. The certificate must be of that person or of the role's office.
    """

    role: str
    name: str
    reason: str
    location: str | None = None


class Signer(Protocol):
    """Signs a PDF for people whose approval was checked before: PAdES, one incremental update a signature."""

    async def sign(self, pdf: bytes, signatories: Sequence[Signatory], *, awaited: Sequence[str] = ()) -> bytes:
        """The file with one more signature for each signatory, in their order; earlier signatures stay valid.

        `awaited` names the roles that will sign later: their empty fields are reserved now, so that the later
        signature changes nothing but its own field. Raises a Refusal (below) before anything is signed, and
        `shared.kernel.Unavailable` when a time stamp or revocation service does not answer: nothing is ever signed at
        a lower level instead.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the signatures of a file prove; `render_sha256` (hexadecimal) is that of the file before it was signed."""

    trusted: bool
    render_sha256: str | None
    findings: tuple[str, ...] = ()


class Verifier(Protocol):
    """Verifies signed PDFs offline, as the reader of a document would; blocks for some milliseconds of CPU."""

    def verify(self, pdf: bytes) -> Proof:
        """Judge all signatures of the file; never raises for what is in it."""
        ...


class CertificateExpired(Refusal):
    """The signer's certificate, or one above it, has ended."""

    status: ClassVar[int] = 409
    lao: ClassVar[str] = "ໃບຮັບຮອງລາຍເຊັນເອເລັກໂຕຣນິກ ໝົດອາຍຸແລ້ວ"
    english: ClassVar[str] = "The certificate of the signer has expired."


class CertificateNotYetValid(Refusal):
    """The validity of the signer's certificate, or one above it, has not begun."""

    status: ClassVar[int] = 409
    lao: ClassVar[str] = "ໃບຮັບຮອງລາຍເຊັນເອເລັກໂຕຣນິກ ຍັງບໍ່ທັນມີຜົນນຳໃຊ້"
    english: ClassVar[str] = "The certificate of the signer is not valid yet."


class CertificateUnfit(Refusal):
    """The signer's certificate does not lead to its root, or is not for signing documents."""

    status: ClassVar[int] = 409
    lao: ClassVar[str] = "ໃບຮັບຮອງລາຍເຊັນເອເລັກໂຕຣນິກ ບໍ່ສາມາດນຳໃຊ້ລົງລາຍເຊັນໄດ້"
    english: ClassVar[str] = "The certificate of the signer cannot be used to sign documents."


class CertificateOfAnother(Refusal):
    """The certificate is neither of the signatory's office nor of the person whom the document names."""

    status: ClassVar[int] = 409
    lao: ClassVar[str] = "ໃບຮັບຮອງລາຍເຊັນເອເລັກໂຕຣນິກ ບໍ່ແມ່ນຂອງຜູ້ລົງລາຍເຊັນນີ້"
    english: ClassVar[str] = "The certificate belongs to somebody else than this signatory."


class SigningKeyMissing(Refusal):
    """No key is held for the role that should sign."""

    status: ClassVar[int] = 409
    lao: ClassVar[str] = "ບໍ່ມີກະແຈລາຍເຊັນດິຈິຕອນ ສຳລັບຜູ້ລົງລາຍເຊັນນີ້"
    english: ClassVar[str] = "There is no signing key for this signatory."


class FieldAlreadySigned(Refusal):
    """The role has signed this file before."""

    status: ClassVar[int] = 409
    lao: ClassVar[str] = "ເອກະສານນີ້ ໄດ້ລົງລາຍເຊັນແລ້ວ"
    english: ClassVar[str] = "This signatory has already signed the document."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependencies:
    """What the routes and the effects of minutes work with; `public_url` is where the documents are found later."""

    database: Database
    objects: ObjectStore
    renderer: Renderer
    signer: Signer
    verifier: Verifier
    public_url: str
