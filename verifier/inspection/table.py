"""The inspector's decision as data: rows C and P, and what to do next for each headline.

`docs/inspection.md` is written from it, so that an inspector and the code cannot disagree.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from verifier.verdict import Headline, Standing


class Row(NamedTuple):
    """One line of the table."""

    id: str
    condition: str
    headline: Headline
    verdict: Standing
    note: str = ""


# What is said of a certificate that must not be accepted.
_REFUSE: Final = "do not accept it; report its number, or a picture of it, to the flag's authority"
_ASK: Final = "it does not count; ask the seafarer for the certificate that replaces it, or the authority"
_NEWER: Final = "import a newer sea pack, then check again"

# What the inspector does next; the apps translate these texts.
ADVICE: Final[Mapping[Headline, str]] = {
    Headline.NOT_READABLE: "scan it again; else look its tracking number up, or ask the flag's authority",
    Headline.UNKNOWN_ISSUER: _NEWER + "; else ask the flag's authority",
    Headline.UNTRUSTED: "do not rely on it; ask the flag's authority, with its number",
    Headline.TAMPERED: _REFUSE,
    Headline.WRONG_HOLDER: "do not accept it; ask to see it on the seafarer's own phone",
    Headline.REVOKED: _REFUSE,
    Headline.SUSPENDED: "it does not count while it is suspended; ask the flag's authority",
    Headline.REPLACED: _ASK,
    Headline.EXPIRED: "it does not count; ask for one that is in date",
    Headline.CLOCK_UNTRUSTED: "set this device's clock, then check again",
    Headline.NOT_YET_VALID: "it does not count yet; ask for the one that is in force",
    Headline.STATUS_UNKNOWN: _NEWER,
    Headline.UNCONFIRMED: "scan the phone's live code again; a picture of it goes stale in minutes",
    Headline.VALID_WITH_REMARK: "read the remarks, and compare the holder with the identity document",
    Headline.VALID: "compare the holder with the identity document",
    Headline.NOT_THE_SAME_PERSON: "check each person alone; ask for an identity document, and ask the flag",
    Headline.DEPENDENCY_INVALID: "the endorsement falls with its certificate: ask for one that is in force",
    Headline.ENDORSEMENT_MISSING: "ask for the flag's endorsement, or the proof that one was applied for",
    Headline.MEDICAL_MISSING: "ask for the medical certificate; without one the seafarer must not serve",
    Headline.MEDICAL_EXPIRED: "a new medical examination is due; the flag alone can permit an urgent case",
    Headline.MEDICAL_RESTRICTION: "give the seafarer another duty, or ask the flag's authority",
    Headline.NOT_FOR_THIS: "this person may not serve in this duty here; ask for what covers it",
    Headline.GRACE: "it counts until the next port with a recognised practitioner: note that port",
    Headline.REMARK: "read the remarks; what they name counts for now",
    Headline.ORIGINAL_REQUIRED: "ask to see the paper original; the flag wants it carried on board",
    Headline.FIT_FOR_DUTY: "nothing more is asked of this person in this duty",
    Headline.NOT_ASSESSED: "describe the ship, choose the duty and compare the identity document",
}


def advice(headline: Headline) -> str:
    """What the inspector does next, in English (a msgid of the apps')."""
    return ADVICE[headline]
