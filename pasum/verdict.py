"""The result of a verification, and its text for people: Lao first, then English."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


class Outcome(IntEnum):
    """The exit code of `pasum verify`."""

    TRUSTED = 0
    NOT_TRUSTED = 1
    UNDECIDED = 2  # evidence is missing or cannot be read


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked, and the result."""

    outcome: Outcome
    lao: str
    english: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of information about the file; it does not influence the outcome."""

    lao: str
    english: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All findings about one file; it is trusted if there is at least one and all of them are `TRUSTED`."""

    file: Path
    findings: tuple[Finding, ...]
    details: tuple[Detail, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """`NOT_TRUSTED` outweighs `UNDECIDED`, which outweighs `TRUSTED`."""
        outcomes = {finding.outcome for finding in self.findings} or {Outcome.UNDECIDED}
        return next(one for one in (Outcome.NOT_TRUSTED, Outcome.UNDECIDED, Outcome.TRUSTED) if one in outcomes)

    @property
    def exit_code(self) -> int:
        """0 trusted, 1 not trusted, 2 undecided."""
        return int(self.outcome)


HEADLINES = {
    Outcome.TRUSTED: ("ເຊື່ອຖືໄດ້", "TRUSTED"),
    Outcome.NOT_TRUSTED: ("ເຊື່ອຖືບໍ່ໄດ້ — ຢ່ານຳໃຊ້ຟາຍນີ້ເປັນຫຼັກຖານ", "NOT TRUSTED — do not rely on this file"),
    Outcome.UNDECIDED: ("ຕັດສິນບໍ່ໄດ້ — ຂາດຫຼັກຖານ", "UNDECIDED — evidence is missing or cannot be read"),
}
MARKS = {Outcome.TRUSTED: "✓", Outcome.NOT_TRUSTED: "✗", Outcome.UNDECIDED: "?"}


def render_verdict(verdict: Verdict) -> str:
    """The text of a verdict: Lao, then English; without control characters, whatever is in the file."""
    lao, english = HEADLINES[verdict.outcome]
    return "\n".join(
        [
            *_half(f"ຜົນການກວດສອບ: {lao}", f"ຟາຍ: {verdict.file.name}"),
            *(f"  {MARKS[finding.outcome]} {_plain(finding.lao)}" for finding in verdict.findings),
            *_lines((detail.lao, detail.value) for detail in verdict.details),
            "",
            *_half(f"Verification: {english}", f"File: {verdict.file.name}"),
            *(f"  {MARKS[finding.outcome]} {_plain(finding.english)}" for finding in verdict.findings),
            *_lines((detail.english, detail.value) for detail in verdict.details),
            "",
        ]
    )


def _half(headline: str, file: str) -> list[str]:
    return [headline, "─" * 72, _plain(file)]


def _lines(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f"    {label}: {_plain(value)}" for label, value in pairs]


def _plain(text: str) -> str:
    return "".join(mark for mark in text if mark.isprintable())
