"""The inspector's decision as data: rows C and P, and what to do next for each headline.

`docs/inspection.md` is written from it (`python -m verifier.inspection.document`), and tests hold the code to
it, so that an inspector and the code cannot disagree.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from verifier.verdict import Headline, Standing

_VALID: Final = Standing.VALID
_NO: Final = Standing.REJECTED
_UNKNOWN: Final = Standing.UNDETERMINED


class Row(NamedTuple):
    """One way in which a row can end: the first row that matches gives the headline."""

    id: str
    condition: str
    headline: Headline
    verdict: Standing


# C: one credential, from itself, the directory, status and time.
ROWS_C: Final = (
    Row(
        "C1",
        "text that is no credential: cannot be decoded, unknown schema, forbidden header, "
        "something kept back",
        Headline.NOT_READABLE,
        _UNKNOWN,
    ),
    Row(
        "C2",
        "issuer or key not in the directory, or a flag that the policy does not cover",
        Headline.UNKNOWN_ISSUER,
        _UNKNOWN,
    ),
    Row(
        "C3",
        "key known but not good for this: other type, outside its window, test key in production,"
        " revoked, compromised and not on its allow-list",
        Headline.UNTRUSTED,
        _NO,
    ),
    Row(
        "C4",
        "signature fails under the known key; no claim is shown",
        Headline.TAMPERED,
        _NO,
    ),
    Row(
        "C4b",
        "signature good, but its own dates contradict each other",
        Headline.NOT_READABLE,
        _UNKNOWN,
    ),
    Row(
        "C5",
        "the holder's proof is there and fails: other key, other credential, other challenge",
        Headline.WRONG_HOLDER,
        _NO,
    ),
    Row(
        "C6",
        "revoked or cancelled, however old the list",
        Headline.REVOKED,
        _NO,
    ),
    Row(
        "C7",
        "suspended (as of the list)",
        Headline.SUSPENDED,
        _NO,
    ),
    Row(
        "C8",
        "replaced or lost",
        Headline.REPLACED,
        _NO,
    ),
    Row(
        "C9",
        "past its last day (P4 may excuse a medical certificate)",
        Headline.EXPIRED,
        _NO,
    ),
    Row(
        "C10",
        "clock earlier than the time floor, over 400 days after it, or a year away from the clock last seen",
        Headline.CLOCK_UNTRUSTED,
        _UNKNOWN,
    ),
    Row(
        "C11",
        "before its first day",
        Headline.NOT_YET_VALID,
        _NO,
    ),
    Row(
        "C12",
        "status missing, or older than the policy's limit (45 days)",
        Headline.STATUS_UNKNOWN,
        _UNKNOWN,
    ),
    Row(
        "C13",
        "bound to a phone, shown without a proof or with one over five minutes off, and the "
        "policy demands one (the default does)",
        Headline.UNCONFIRMED,
        _UNKNOWN,
    ),
    Row(
        "C14",
        "a remark: status 8-45 days old, a newer status list known to exist, or one that "
        "contradicts the one held, paper, holder unconfirmed, expires within 90 days, limitation "
        "in free text, colour test over 6 years",
        Headline.VALID_WITH_REMARK,
        _VALID,
    ),
    Row(
        "C15",
        "otherwise",
        Headline.VALID,
        _VALID,
    ),
)

# P: this person, on this ship, in this duty.
ROWS_P: Final = (
    Row(
        "P1",
        "what was shown has different phones, birth dates, or ids with one authority; or the "
        "identity document's name, birth date or photo does not match",
        Headline.NOT_THE_SAME_PERSON,
        _NO,
    ),
    Row(
        "P1",
        "a question left unanswered; no identity document; a name that differs by one letter or "
        "in part, without a reason; certificates with names that differ",
        Headline.UNCONFIRMED,
        _UNKNOWN,
    ),
    Row(
        "P1",
        "a name that differs, with the reason that the inspector has seen",
        Headline.REMARK,
        _VALID,
    ),
    Row(
        "P2",
        "what a valid certificate rests on is shown, and is not valid",
        Headline.DEPENDENCY_INVALID,
        _NO,
    ),
    Row(
        "P2",
        "what it rests on is shown, and cannot be judged",
        Headline.UNCONFIRMED,
        _UNKNOWN,
    ),
    Row(
        "P2",
        "an endorsement that outlives the certificate it recognises: it holds until that one's last day",
        Headline.REMARK,
        _VALID,
    ),
    Row(
        "P3",
        "a certificate of another flag, of a type that needs recognition (competency, GMDSS, "
        "tanker), has no valid endorsement of the ship's flag",
        Headline.ENDORSEMENT_MISSING,
        _NO,
    ),
    Row(
        "P3",
        "the endorsement shown cannot be judged",
        Headline.UNCONFIRMED,
        _UNKNOWN,
    ),
    Row(
        "P3",
        "its proof of application is shown, at most 3 months from its issue, not for radio operators",
        Headline.REMARK,
        _VALID,
    ),
    Row(
        "P4",
        "no medical certificate that counts",
        Headline.MEDICAL_MISSING,
        _NO,
    ),
    Row(
        "P4",
        "past its last day, or past two years from its issue (one where the holder was under 18 then)",
        Headline.MEDICAL_EXPIRED,
        _NO,
    ),
    Row(
        "P4",
        "a medical certificate that cannot be judged, in its days or past them",
        Headline.UNCONFIRMED,
        _UNKNOWN,
    ),
    Row(
        "P4",
        "expired on this voyage, at most 3 months ago, no port with a recognised practitioner "
        "since: lifts that C9",
        Headline.GRACE,
        _VALID,
    ),
    Row(
        "P4",
        "the flag's urgent permit for that very certificate, for at most 3 months, and while its "
        "last day is at most 3 months ago: lifts that C9",
        Headline.REMARK,
        _VALID,
    ),
    Row(
        "P5",
        "not fit for look-out, or colour vision against the standard, in a duty that keeps a "
        "look-out; outside the area that it is limited to",
        Headline.MEDICAL_RESTRICTION,
        _NO,
    ),
    Row(
        "P5",
        "the same by a list of duties that nobody has compared with the STCW Code; an area that "
        "nothing orders",
        Headline.MEDICAL_RESTRICTION,
        _UNKNOWN,
    ),
    Row(
        "P5",
        "a restriction in words, or a standard not met",
        Headline.REMARK,
        _VALID,
    ),
    Row(
        "P6",
        "no valid certificate for the duty; over a GT, kW, area, ship-type or machinery limit of "
        "it or of its endorsement; outside where it is accepted",
        Headline.NOT_FOR_THIS,
        _NO,
    ),
    Row(
        "P6",
        "the certificate for the duty cannot be judged; an area that nothing orders; a "
        "dispensation that names no ship, one whose holder shows no certificate for the post below, or "
        "one for a master or chief engineer (force majeure alone: ask the flag)",
        Headline.UNCONFIRMED,
        _UNKNOWN,
    ),
    Row(
        "P6",
        "a dispensation of the ship's flag for this duty on this ship, for at most 6 months, "
        "within its own limits, never for radio; a limitation in words; a higher capacity by a "
        "list that nobody has compared with the STCW Code",
        Headline.REMARK,
        _VALID,
    ),
    Row(
        "P7",
        "the policy says that the ship's flag wants the paper original of this type",
        Headline.ORIGINAL_REQUIRED,
        _VALID,
    ),
    Row(
        "P8",
        "P1 to P7 all assessed, none against",
        Headline.FIT_FOR_DUTY,
        _VALID,
    ),
)
ROWS: Final = (*ROWS_C, *ROWS_P)

# What is said of a certificate that must not be accepted.
_REFUSE: Final = "do not accept it; report its number, or a picture of it, to the flag's authority"
_ASK: Final = "it does not count; ask the seafarer for the certificate that replaces it, or the authority"
_NEWER: Final = "import a newer sea pack, then check again"

# What the inspector does next; the apps translate these texts.
ADVICE: Final[Mapping[Headline, str]] = {
    Headline.NOT_READABLE: "scan it again; else look its tracking number up, or ask the flag's authority",
    Headline.UNKNOWN_ISSUER: "import a newer sea pack, then check again; else ask the flag's authority",
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
    Headline.SAFE_MANNING_EXPIRED: "ask for the safe manning document that is in force, or ask the flag",
}


def advice(headline: Headline) -> str:
    """What the inspector does next, in English (a msgid of the apps')."""
    return ADVICE[headline]
