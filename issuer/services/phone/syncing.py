"""Sync: what a phone is told about the seafarer whose certificates are bound to its key.

The caller has seen a fresh proof of the key. A phone is answered while it has a living credential: one that
was released and that no newer one has taken the place of. Nothing of any other seafarer is ever looked at.
"""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import Row

from issuer.adapters.database import Database
from issuer.domain.errors import EvidenceRefused, IssuerError
from issuer.services.clock import Clock
from issuer.services.log.checkpoints import Checkpoints
from issuer.services.phone.known import Known, NotBound, look
from issuer.services.phone.offering import Offer, Offering
from issuer.services.phone.passes import Entry, PassSigning, SignedPass, read_certificate
from issuer.settings import Settings
from keys.custody import CustodyError
from keys.jwk import PublicKey
from keys.transparency.entry import Receipt
from verifier.credential.model import StatusReference
from verifier.status import Status

log = logging.getLogger(__name__)

MOST_STATUSES: Final = 256  # of a phone's credentials, newest first
MOST_OFFERED: Final = 100


class Reason(StrEnum):
    """Why a certificate is there to be picked up."""

    RENEWED = (
        "renewed"  # of the same kind as one on this phone, or it again: under a corrected name, a new key
    )
    REPLACED = "replaced"  # it takes another one's place
    ISSUED = "issued"


class OwnStatus(NamedTuple):
    """The status of one credential that is bound to the key."""

    uri: str
    idx: int
    status: Status


class Place(NamedTuple):
    """Which credential: by its place in a status list, which is all that a phone has to name it by."""

    uri: str
    idx: int


class Ready(NamedTuple):
    """A certificate in force that this phone lacks, or has in an older edition."""

    document_number: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """The answer to one phone. `left_out` are certificates in force that the pass does not sum up.

    `is_pass_late`: nobody signs it now, so that nothing is said of it. `receipts` of the transparency log are
    of those credentials that were asked for and have one.
    """

    as_of: datetime
    sea_pass: str | None
    is_pass_late: bool = False
    left_out: tuple[str, ...]
    credentials: tuple[OwnStatus, ...]
    ready: tuple[Ready, ...]
    offer: Offer | None
    receipts: Mapping[Place, Receipt]


class Syncing:
    """Answers phones."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        passes: PassSigning,
        offering: Offering,
        checkpoints: Checkpoints,
        sign_changed: Callable[[Collection[str]], bool],
    ) -> None:
        """`sign_changed` signs those of these status lists that show another state than was signed last."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._passes = passes
        self._offering = offering
        self._checkpoints = checkpoints
        self._sign_changed = sign_changed

    def sync(self, key: PublicKey, without_receipt: AbstractSet[Place] = frozenset()) -> Synced | NotBound:
        """How the key's seafarer stands; asked again after a lost answer, the same with a new offer.

        `without_receipt` are credentials whose receipt of the log this phone lacks.
        """
        thumbprint = key.thumbprint()
        # Before looking: whatever is decided while we look is newer than what this answer claims to know.
        as_of = self._clock().astimezone(UTC).replace(microsecond=0)
        offer = None
        with self._database.read() as connection:
            known = look(connection, thumbprint, self._settings.today(as_of))
        ready = () if isinstance(known, NotBound) else _ready(known, thumbprint)
        if ready:
            known, ready, offer = self._offer(thumbprint, as_of)
        if isinstance(known, NotBound):
            return known
        entries = list(_entries(known, thumbprint))
        signed = self._pass(entries, key, as_of, known.picture)
        numbers = () if signed is None else (entry.document_number for entry in entries)
        return Synced(
            as_of=as_of,
            sea_pass=None if signed is None else signed.text,
            is_pass_late=signed is None,
            left_out=tuple(one for one in numbers if signed is not None and one not in signed.members),
            credentials=tuple(
                OwnStatus(row.uri, row.idx, Status(row.status)) for row in known.own[:MOST_STATUSES]
            ),
            ready=ready,
            offer=offer,
            receipts=self._receipts(known.own, without_receipt),
        )

    def _pass(
        self, entries: Sequence[Entry], key: PublicKey, as_of: datetime, picture: bytes | None
    ) -> SignedPass | None:
        """None where nobody signs it now, the signer stopped or its quota reached: the rest is answered.

        The signer goes by lists as they were signed, also of a certificate that was just reinstated.
        """
        good = [entry for entry in entries if entry.status is not None]
        try:
            try:
                return self._passes.sign(good, key, as_of, picture=picture)
            except EvidenceRefused:
                if not self._sign_changed({entry.status.uri for entry in good if entry.status is not None}):
                    raise
                return self._passes.sign(good, key, as_of, picture=picture)
        except (IssuerError, CustodyError) as error:  # its words may quote what was to be signed
            log.error("no pass: %s", type(error).__name__)
            return None

    def _receipts(self, own: Sequence[Row[Any]], wanted: AbstractSet[Place]) -> dict[Place, Receipt]:
        """Of the phone's own credentials alone; a log that cannot be signed now keeps nobody from a sync."""
        serials = {place: row.serial for row in own if (place := Place(row.uri, row.idx)) in wanted}
        if not serials:
            return {}
        try:
            found = self._checkpoints.receipts(sorted(serials.values()))
        except (IssuerError, CustodyError) as error:
            log.error("no receipts: %s", error)
            return {}
        return {place: found[serial] for place, serial in serials.items() if serial in found}

    def _offer(
        self, thumbprint: str, as_of: datetime
    ) -> tuple[Known | NotBound, tuple[Ready, ...], Offer | None]:
        """Look again with the certificates locked: a `rebind` comes before us, or closes our offer."""
        with self._database.write() as connection:
            known = look(connection, thumbprint, self._settings.today(as_of), lock=True)
            if isinstance(known, NotBound):
                return known, (), None
            ready = _ready(known, thumbprint)
            if not ready:
                return known, (), None
            numbers = [one.document_number for one in ready]
            offer = self._offering.create_bound(connection, known.seafarer_id, numbers, thumbprint)
        return known, ready, offer


def _ready(known: Known, thumbprint: str) -> tuple[Ready, ...]:
    """What this phone may pick up: never what another phone holds, which `rebind` alone moves."""
    ready = []
    for row in known.certificates:
        on_phones = [one for one in known.living[row.id] if one.holder_thumbprint is not None]
        mine = [one for one in on_phones if one.holder_thumbprint == thumbprint]
        if mine:
            if mine[-1].id <= known.due.get(row.id, 0) or _is_older_edition(mine[-1], row):
                ready.append(Ready(row.document_number, Reason.RENEWED))
        elif not on_phones:
            ready.append(Ready(row.document_number, _reason(row, known.own)))
    return tuple(ready[:MOST_OFFERED])


def _reason(row: Row[Any], own: Sequence[Row[Any]]) -> Reason:
    """Why a certificate is new to a phone that has its `own`."""
    claims = json.loads(row.claims)
    if "replaces" in claims or any(one.replaced_by == row.document_number for one in own):
        return Reason.REPLACED
    kind = row.type, claims.get("stcw_code")
    if any((one.type, json.loads(one.payload).get("stcw_code")) == kind for one in own):
        return Reason.RENEWED
    return Reason.ISSUED


def _is_older_edition(signed: Row[Any], row: Row[Any]) -> bool:
    """Whether what was signed says something else than the register does now."""
    now = read_certificate(row.type, row.claims, row.holder_claims)
    before = read_certificate(row.type, signed.payload, "{}")
    return now is not None and before is not None and now != before


def _entries(known: Known, thumbprint: str) -> Iterable[Entry]:
    """Each certificate in force as this phone's own credential says it, if it has one, with its status entry.

    Never the paper's: that entry stays good when the phone is lost, and so would the pass. Nor what only the
    register says, as a name corrected since: the signer goes by what was signed.
    """
    for row in known.certificates:
        mine = [
            one
            for one in known.living[row.id]
            if one.status == Status.VALID.value and one.holder_thumbprint == thumbprint
        ]
        if not mine:
            yield Entry(row.document_number, None, None)
            continue
        last = mine[-1]
        good = read_certificate(row.type, row.claims, row.holder_claims) is not None
        signed = read_certificate(row.type, last.payload, "{}") if good else None
        place = StatusReference(last.uri, last.idx)
        yield Entry(row.document_number, signed, place, known.texts.get(last.id, ""), last.id)
