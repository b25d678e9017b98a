"""The answer to a sync, read strictly: an authority is believed only where it says what it should."""

from datetime import datetime, timedelta
from typing import Final

from keys.encoding import EncodingError, Json, json_dumps, json_object
from keys.transparency.entry import MAX_RECEIPT
from wallet_app.core.sync_record import StoredReceipt, SyncRecord, ToldStatus
from wallet_app.core.transport import Response, require_secure
from wallet_app.core.troubles import PickUpError, Trouble

STATUSES: Final = frozenset({"valid", "suspended", "revoked", "replaced"})
MOST_ENTRIES: Final = 512
MOST_OFFERED: Final = 200
MOST_NUMBER: Final = 64
MOST_CODE: Final = 64
# The proof shows that both clocks agree to five minutes; an answer dated elsewhere would block later ones.
MOST_APART: Final = timedelta(minutes=15)
TROUBLE_OF: Final = {
    "urn:ombord:problem:no-longer-bound": Trouble.NO_LONGER_BOUND,
    "urn:ombord:problem:shared-phone": Trouble.NO_LONGER_BOUND,
    "urn:ombord:problem:not-recognised": Trouble.NOT_RECOGNISED,
    "urn:ombord:problem:invalid-proof": Trouble.PROOF_REFUSED,
}


def problem_of(answer: Response) -> str:
    """The `type` of RFC 9457 problem details; empty for anything else."""
    if answer.content_type != "application/problem+json":
        return ""
    try:
        kind = json_object(answer.body).get("type")
    except EncodingError:
        return ""
    return kind[:80] if isinstance(kind, str) else ""


def members_of(answer: Response, problem: str) -> dict[str, Json]:
    """The JSON of a good answer. Raises PickUpError for any other, by what it says."""
    if answer.status == 200 and answer.content_type == "application/json":
        try:
            return json_object(answer.body, max_size=len(answer.body))
        except EncodingError as error:
            raise _not_understood(str(error)) from None
    raise PickUpError(*trouble_of(answer, problem, absent=Trouble.NO_SYNC))


def trouble_of(answer: Response, problem: str, *, absent: Trouble) -> tuple[Trouble, str]:
    """What an answer that is no good one means, and its detail; `absent` where there is no such thing."""
    if problem in TROUBLE_OF:
        return TROUBLE_OF[problem], problem.rpartition(":")[2]
    if answer.status == 429:
        return Trouble.TOO_OFTEN, "answer 429"
    if answer.status in {404, 405}:
        return absent, f"answer {answer.status}"
    if answer.status >= 500:
        return Trouble.SERVICE, f"answer {answer.status}"
    return Trouble.NOT_UNDERSTOOD, f"answer {answer.status}"


def read_answer(members: dict[str, Json], issuer: str, at: datetime) -> SyncRecord:
    """The authority's answer as a record. Raises PickUpError where it is not as it should be."""
    as_of = _integer(members.get("as_of"), "as_of")
    if abs(as_of - int(at.timestamp())) > MOST_APART.total_seconds():
        raise PickUpError(Trouble.CLOCKS_APART, f"sync: as_of is {as_of}, here it is {int(at.timestamp())}")
    sea_pass = members.get("pass")
    if sea_pass is not None and not isinstance(sea_pass, str):
        raise _not_understood("pass is no text")
    offers = [_offer(one) for one in _items(members.get("offers"), "offers", MOST_OFFERED)]
    if len({(uri, code) for uri, code, _ in offers}) > 1:
        raise _not_understood("several offers where one serves all")
    uri, code = offers[0][:2] if offers else ("", "")
    left_out = _items(members.get("left_out", []), "left_out", MOST_ENTRIES)
    statuses = _items(members.get("credentials"), "credentials", MOST_ENTRIES)
    return SyncRecord(
        issuer=issuer,
        as_of=as_of,
        pass_text=sea_pass,
        statuses=tuple(_status(one, as_of) for one in statuses),
        left_out=tuple(_text(one, "left_out", MOST_NUMBER) for one in left_out),
        ready=tuple(dict.fromkeys(number for _, _, number in offers)),
        offer=uri,
        tx_code=code,
    )


def read_receipts(members: dict[str, Json], as_of: int) -> tuple[StoredReceipt, ...]:
    """Receipts of the log beside the statuses, as they came; what they are worth is asked when shown.

    For an answer that `read_answer` has read. Raises PickUpError for one that is too long to keep.
    """
    found = []
    for one in _items(members.get("credentials"), "credentials", MOST_ENTRIES):
        if isinstance(one, dict) and "log_receipt" in one:
            text, status = json_dumps(one["log_receipt"]).decode(), _status(one, as_of)
            if len(text) > MAX_RECEIPT:
                raise _not_understood(f"log_receipt is longer than {MAX_RECEIPT} characters")
            found.append(StoredReceipt(status.uri, status.idx, as_of, text))
    return tuple(found)


def _status(value: Json, as_of: int) -> ToldStatus:
    members = value if isinstance(value, dict) else {}
    status = members.get("status")
    if not isinstance(status, str) or status not in STATUSES:
        raise _not_understood("a status that is none")
    uri, idx = _text(members.get("uri"), "uri", 500), _integer(members.get("idx"), "idx")
    return ToldStatus(uri, idx, status, as_of)


def _offer(value: Json) -> tuple[str, str, str]:
    members = value if isinstance(value, dict) else {}
    uri = require_secure(_text(members.get("offer"), "offer", 2_000))
    code = _text(members.get("tx_code"), "tx_code", MOST_CODE)
    return uri, code, _text(members.get("document_number"), "document_number", MOST_NUMBER)


def _text(value: Json, name: str, most: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise _not_understood(f"{name} is no text of at most {most} characters")
    return value


def _integer(value: Json, name: str) -> int:
    if type(value) is not int or not 0 <= value < 2**40:
        raise _not_understood(f"{name} is no number")
    return value


def _items(value: Json, name: str, most: int) -> list[Json]:
    if not isinstance(value, list) or len(value) > most:
        raise _not_understood(f"{name} is no list of at most {most}")
    return value


def _not_understood(detail: str) -> PickUpError:
    return PickUpError(Trouble.NOT_UNDERSTOOD, f"sync: {detail}")
