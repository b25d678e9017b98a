"""Sync, the holder's side: ask each authority how its certificates stand, and store what it answers.

An answer is stored whole or not at all, once it is shown to be this phone's and this seafarer's; a sync that
fails changes nothing. Everything works without one, for weeks: it tells as of when it knows what it shows.
"""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from keys.encoding import EncodingError, Json, json_dumps, json_object
from keys.signer import Signer
from wallet_app.core import held as reading
from wallet_app.core import held_pass, oid4vci
from wallet_app.core.held import Held
from wallet_app.core.oid4vci import JSON_HEADERS
from wallet_app.core.pickup import PickUps, Progress, Proposal
from wallet_app.core.records import SyncRecord, ToldStatus
from wallet_app.core.transport import Response, Transport, require_secure
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.vault import Vault, VaultError

PROOF_TYPE: Final = "ombord-sync+jwt"
STATUSES: Final = frozenset({"valid", "suspended", "revoked", "replaced"})
NONCE_TRIES: Final = 3
MOST_ENTRIES: Final = 512
MOST_OFFERED: Final = 200
MOST_NUMBER: Final = 64
MOST_CODE: Final = 64
# The proof shows that both clocks agree to five minutes; an answer dated elsewhere would block later ones.
MOST_APART: Final = timedelta(minutes=15)
# Offers are open for ten minutes: an older one is asked for anew before it is used.
OFFER_GOOD_FOR: Final = timedelta(minutes=5)
TROUBLE_OF: Final = {
    "urn:ombord:problem:no-longer-bound": Trouble.NO_LONGER_BOUND,
    "urn:ombord:problem:shared-phone": Trouble.NO_LONGER_BOUND,
    "urn:ombord:problem:not-recognised": Trouble.NOT_RECOGNISED,
    "urn:ombord:problem:invalid-proof": Trouble.PROOF_REFUSED,
}
# That a sync at sea got no answer is no news; that the authority refuses this phone is.
WORTH_TELLING: Final = frozenset({Trouble.NO_LONGER_BOUND, Trouble.PROOF_REFUSED})
INVALID_NONCE: Final = "urn:ombord:problem:invalid-nonce"


class Outcome(NamedTuple):
    """What stopped each authority that did not answer, and whether any of the others had news."""

    failures: tuple[tuple[str, PickUpError], ...]
    has_news: bool

    @property
    def unasked(self) -> "Outcome":
        """Of a sync that nobody asked for: what the seafarer should hear all the same."""
        return Outcome(tuple(one for one in self.failures if one[1].trouble in WORTH_TELLING), has_news=True)


class ReadyOffer(NamedTuple):
    """An offer that a sync brought, looked at, with the code that came along."""

    proposal: Proposal
    tx_code: str


class Syncs:
    """Syncs into one vault, under one holder key. `run` and `ready_offer` wait for the network."""

    def __init__(
        self,
        vault: Vault,
        signer: Signer,
        transport: Transport,
        clock: Callable[[], datetime],
        pick_ups: PickUps,
    ) -> None:
        """Use `signer` for proofs and `clock` for their times."""
        self._vault = vault
        self._signer = signer
        self._transport = transport
        self._clock = clock
        self._pick_ups = pick_ups
        self._one_at_a_time = threading.Lock()

    @property
    def records(self) -> tuple[SyncRecord, ...]:
        """What each authority answered last."""
        return self._vault.contents.syncs

    @property
    def issuers(self) -> tuple[str, ...]:
        """The authorities whose certificates are bound to this phone."""
        return tuple(dict.fromkeys(one.credential.issuer for one in self._held() if one.is_ours))

    @property
    def as_of(self) -> datetime | None:
        """Since when all that is shown is known: the oldest answer; None while one authority gave none."""
        found = [self._vault.contents.sync_with(issuer) for issuer in self.issuers]
        known = [one.as_of for one in found if one is not None]
        return datetime.fromtimestamp(min(known), UTC) if known and len(known) == len(found) else None

    def run(self, tell: Callable[[Progress], None]) -> Outcome:
        """Ask every authority, and `tell` after each one.

        What one of several answered is stored, whatever becomes of the others.
        """
        with self._one_at_a_time:
            issuers, before = self.issuers, _facts(self.records)
            failures: list[tuple[str, PickUpError]] = []
            for number, issuer in enumerate(issuers, 1):
                try:
                    self._ask(issuer)
                except PickUpError as error:
                    failures.append((urlsplit(issuer).netloc, error))
                tell(Progress(number, len(issuers)))
            return Outcome(tuple(failures), _facts(self.records) != before)

    def ready_offer(self, *, anew: bool = False) -> ReadyOffer | None:
        """The offer of the first authority that has something ready, as it stands now; None for nothing.

        Asked for again where it is older than offers live, or `anew`. Raises PickUpError.
        """
        with self._one_at_a_time:
            record = next((one for one in self.records if one.ready), None)
            if record is None:
                return None
            age = self._clock() - datetime.fromtimestamp(record.as_of, UTC)
            if anew or not timedelta(0) <= age <= OFFER_GOOD_FOR:
                record = self._ask(record.issuer)
            if not record.ready:
                return None
            proposal = self._pick_ups.look_at(record.offer)
            if proposal.offer.issuer != record.issuer:
                raise PickUpError(Trouble.NOT_ITSELF, f"an offer of {proposal.offer.issuer[:80]}")
            return ReadyOffer(proposal, record.tx_code)

    def _ask(self, issuer: str) -> SyncRecord:
        answer = self._answer(issuer)
        mine = [one for one in self._held() if one.credential.issuer == issuer]
        at = self._clock()
        record = read_answer(answer, issuer, at)
        if record.pass_text is not None:
            held_pass.require_good(
                record.pass_text,
                issuer=issuer,
                issuer_keys=oid4vci.fetch_keys(self._transport, issuer),
                holder_key=self._signer.public_key,
                known=[one.certificate for one in mine],
                as_of=datetime.fromtimestamp(record.as_of, UTC),
            )
        return self._store(record, mine)

    def _answer(self, issuer: str) -> dict[str, Json]:
        """One request with a fresh proof; nonces that went stale on a slow link are fetched again."""
        url = require_secure(f"{issuer}/api/v1/sync")
        nonce_endpoint = oid4vci.fetch_nonce_endpoint(self._transport, issuer)
        for _ in range(NONCE_TRIES):
            nonce = oid4vci.fetch_nonce(self._transport, nonce_endpoint)
            proof = oid4vci.proof(self._signer, issuer, nonce, self._clock(), typ=PROOF_TYPE)
            headers = {**JSON_HEADERS, "Content-Type": "application/json"}
            answer = self._transport.send("POST", url, headers=headers, body=json_dumps({"proof": proof}))
            problem = _problem(answer)
            if problem != INVALID_NONCE:
                return _answered(answer, problem)
        raise PickUpError(Trouble.SERVICE, "fresh nonces are refused")

    def _store(self, record: SyncRecord, mine: list[Held]) -> SyncRecord:
        """Of the statuses, those of what is held; the rest is none of this phone's."""
        places = {(one.credential.status.uri, one.credential.status.idx) for one in mine}
        try:
            contents = self._vault.update(lambda before: before.with_sync(record, places))
        except VaultError as error:
            raise PickUpError(Trouble.NOT_STORED, str(error)) from error
        return contents.sync_with(record.issuer) or record

    def _held(self) -> list[Held]:
        found = []
        for stored in self._vault.contents.credentials:
            try:
                found.append(reading.read(stored, self._signer.public_key))
            except reading.Unreadable:
                continue
        return found


def _facts(records: Iterable[SyncRecord]) -> set[tuple[str, ...]]:
    """What a seafarer would call news: how a certificate stands, and what is ready."""
    told = {(one.uri, str(one.idx), one.status) for record in records for one in record.statuses}
    good = {(uri, idx, status) for uri, idx, status in told if status == "valid"}
    return (told - good) | {(record.issuer, number) for record in records for number in record.ready}


def read_answer(members: dict[str, Json], issuer: str, at: datetime) -> SyncRecord:
    """The authority's answer as a record. Raises PickUpError where it is not as it should be."""
    as_of = _integer(members.get("as_of"), "as_of")
    if abs(as_of - int(at.timestamp())) > MOST_APART.total_seconds():
        raise _not_understood("as_of is not about now")
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


def _problem(answer: Response) -> str:
    """The `type` of RFC 9457 problem details; empty for anything else."""
    if answer.content_type != "application/problem+json":
        return ""
    try:
        kind = json_object(answer.body).get("type")
    except EncodingError:
        return ""
    return kind[:80] if isinstance(kind, str) else ""


def _answered(answer: Response, problem: str) -> dict[str, Json]:
    if answer.status == 200 and answer.content_type == "application/json":
        try:
            return json_object(answer.body, max_size=len(answer.body))
        except EncodingError as error:
            raise _not_understood(str(error)) from None
    if problem in TROUBLE_OF:
        raise PickUpError(TROUBLE_OF[problem], problem.rpartition(":")[2])
    if answer.status == 429:
        raise PickUpError(Trouble.TOO_OFTEN, "answer 429")
    if answer.status in {404, 405}:
        raise PickUpError(Trouble.NO_SYNC, f"answer {answer.status}")
    if answer.status >= 500:
        raise PickUpError(Trouble.SERVICE, f"answer {answer.status}")
    raise _not_understood(f"answer {answer.status}")


def _not_understood(detail: str) -> PickUpError:
    return PickUpError(Trouble.NOT_UNDERSTOOD, f"sync: {detail}")
