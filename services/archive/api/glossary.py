"""What the members of requests and answers of the archive mean, in plain words and with an example in Lao."""

from typing import Final

from shared.http.glossary import Glossary, Word

_RECORD: Final = "01835394-6c00-7000-8000-000000000501"
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_ADDRESS: Final = f"https://archive.example.gov.la/v1/records/{_RECORD}"

GLOSSARY: Final[Glossary] = {
    "record_id": Word("which record", _RECORD),
    "meeting_id": Word("of which meeting", "01835394-6c00-7000-8000-0000000000a1"),
    "phase": Word("how far it is: collecting, complete, sealing or sealed", "sealed"),
    "title": Word("what the meeting is called; null: not known yet", {"lo": "ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ"}),
    "number": Word("of the minutes; null before they are signed", "0123/ຕສ.ສບດ"),
    "organiser": Word("the code of the body that held the meeting; null: not known yet", "MTC"),
    "held": Word("why a legal hold lies on it; null: none does", "ສານຂໍໃຫ້ຮັກສາໄວ້"),
    "reason": Word("why", "ສານຂໍໃຫ້ຮັກສາໄວ້"),
    "sealed_at": Word("when it was sealed; null before", "2022-09-30T04:00:00Z"),
    "retain_until": Word("the last day on which it is kept; null before it is sealed", "2032-12-31"),
    "package": Word("where the package is; null before it is sealed", f"{_ADDRESS}/package"),
    "proof": Word("where the proof of the package is (C2SP tlog-proof); null before it is sealed", f"{_ADDRESS}/proof"),
    "package_sha256": Word("of the package, hexadecimal; null before it is sealed", _HASH),
    "package_size": Word("bytes; null before it is sealed", 184320),
    "facts": Word("facts that the package lists; null before it is sealed", 214),
    "log_index": Word("its place in the log, from 0; null before it is sealed", 6),
    "log_size": Word("entries of the log when it was proven; null before it is sealed", 7),
    "log_root": Word("the root of the log then, hexadecimal; null before it is sealed", _HASH),
    "q": Word("part of a title, in any spelling", "ຍຸດທະສາດ"),
    "old": Word("number of entries of the smaller tree", 5),
    "new": Word("number of entries of the larger tree", 7),
    "path": Word("SHA-256 hashes, base64", ["n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="]),
    "size": Word("how many entries the log has", 7),
    "root": Word("hexadecimal", _HASH),
    "checkpoints": Word("how many signed checkpoints there are", 7),
    "findings": Word("every flaw; none in a sound log"),
    "flaw": Word("what is wrong", "wrong-node"),
    "level": Word("at which level of the tree; null: it is about a signed root", 0),
    "position": Word("at which place of the level; null: it is about a signed root", 3),
    "Finding.size": Word("the size for which a root was signed; null: it is about a node", None),
}
