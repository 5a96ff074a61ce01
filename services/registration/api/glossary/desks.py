"""The words of check-in and tickets."""

from typing import Final

from shared.http.glossary import Glossary, Word

WORDS: Final[Glossary] = {
    "device": Word("which device, by a name of its own", "desk-1"),
    "offline": Word("whether the desk had no network when it scanned", example=False),
    "sent_at": Word("the device's clock when it sends", "2022-09-19T08:20:05+07:00"),
    "Scan": Word(
        "a scan",
        {"nonce": "desk-1-0001", "scanned_at": "2022-09-19T08:20:00+07:00", "code": "7K3MPQ", "direction": "entry"},
    ),
    "scans": Word("what was scanned, in order"),
    "nonce": Word("which scan, by a name of its own on this device; sent again, it counts once", "desk-1-0001"),
    "scanned_at": Word("the device's clock when it scanned", "2022-09-19T08:20:00+07:00"),
    "direction": Word("at the entrance or at the exit", "entry"),
    "method": Word("how the person was found", "ticket"),
    "turned_away": Word("why a desk without a network has sent the person away; null: it has not", None),
    "results": Word("one for each scan, in their order"),
    "ScanResult.outcome": Word("what has become of the scan", "checked-in"),
    "clock_skew": Word("seconds by which the device's clock is ahead; null where it cannot be known", 2),
    "ScanResult.reason": Word("why the scan was refused; null where it was not", None),
    "ScanResult.problems": Word("why the scan cannot be read; null where it can", None),
    "would_have_been_refused": Word("why an online desk would have refused it; null: it would not", None),
    "check_in_opens_at": Word("from when on people are let in", "2022-09-19T06:30:00+07:00"),
    "ticket_serial": Word("of the only ticket that is good; 0 where none is signed yet", 1),
    "good_from": Word("tickets with a lower serial number are revoked; null: all of them", None),
    "keys": Word("the public keys by which tickets are checked (JWKS, RFC 7517)"),
    "code_check": Word("by which a desk without a network knows a code", "9f86d081884c7d65"),
    "walk_ins": Word("whether people are let in who have not registered", example=False),
    "kty": Word("the kind of key (RFC 8037)", "OKP"),
    "crv": Word("the curve", "Ed25519"),
    "alg": Word("the algorithm", "EdDSA"),
    "use": Word("what it is for: signatures", "sig"),
    "kid": Word("which key; a ticket names it", "2022-1"),
    "TicketKey.state": Word("what the key does", "signing"),
    "TicketKeyUse.kid": Word("which key; null: it was not recorded then", "2022-1"),
    "TicketKeyUse.state": Word("what the key does; null: it is set no more", "retired"),
    "TicketKeyUse.tickets": Word("how many of its tickets are good now", 412),
    "last_expires_at": Word("when the last of them expires", "2022-09-20T00:30:00+07:00"),
    "Reissue.why": Word("why the tickets are replaced", "ກະແຈເຊັນບັດຖືກລັກ"),
    "Reissued.tickets": Word("how many new tickets were ordered", 412),
    "x": Word("the public key, base64url", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
}
