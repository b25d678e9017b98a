"""The rules of releasing, in its transaction: in force still, one phone a certificate, one person a phone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import ColumnElement, Connection, and_, select, update

from issuer.adapters.repository import among, set_status
from issuer.adapters.tables import certificate, credential
from issuer.domain.errors import NotInForce, PhoneTaken
from issuer.domain.register import CredentialState
from issuer.services.audit.trail import AuditEvent
from issuer.services.issuing.draft_rows import Overtaken, rows_of
from issuer.services.issuing.drafting import Draft
from verifier.status import Status


class TwoSeafarers(Exception):
    """This draft would give one phone the certificates of two seafarers."""

    def __init__(self, serial: str) -> None:
        super().__init__(serial)
        self.serial = serial


def still_in_force(connection: Connection, drafts: Sequence[Draft], good: ColumnElement[bool]) -> set[str]:
    """Serials whose certificate is in force, and stays so until we commit.

    Not shared with another release: of two phones that one certificate is released for at once, the second
    must find the first to replace it.
    """
    query = (
        select(credential.c.serial)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(rows_of(connection, drafts), good)
        .order_by(certificate.c.id)
        .with_for_update(key_share=True, of=certificate)
    )
    return set(connection.execute(query).scalars())


def supersede_older(connection: Connection, released: Sequence[Draft], now: int) -> Iterable[AuditEvent]:
    """A certificate has one phone and one edition on paper: the newest."""
    own = {draft.serial for draft in released}
    for on_paper in (True, False):
        certificates = {d.certificate_id for d in released if is_on_paper(d) is on_paper}
        if not certificates:
            continue
        query = select(credential.c.serial).where(_older(connection, certificates, on_paper=on_paper))
        replaced = connection.execute(query).scalars().all()
        if not replaced:
            continue
        if not own.isdisjoint(replaced):
            raise Overtaken  # another process has just released it: it is not older than itself
        chosen = among(connection, credential.c.serial, replaced)
        set_status(connection, chosen, Status.REPLACED)  # locks the lists, then the credentials
        connection.execute(update(credential).where(chosen).values(superseded_at=now))
        yield from (AuditEvent("credential-superseded", serial) for serial in replaced)


def is_on_paper(draft: Draft) -> bool:
    """Whether no phone's key is in it."""
    return draft.holder_thumbprint is None


def one_of_each(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """In rounds of one draft a certificate and medium: of two phones, the second finds the first released."""
    rounds: list[list[Draft]] = []
    times: Counter[tuple[int, bool]] = Counter()
    for draft in drafts:
        place = draft.certificate_id, is_on_paper(draft)
        if times[place] == len(rounds):
            rounds.append([])
        rounds[times[place]].append(draft)
        times[place] += 1
    return rounds


def _older(connection: Connection, certificates: AbstractSet[int], *, on_paper: bool) -> ColumnElement[bool]:
    """Released credentials of these certificates, on whatever phone, or on earlier paper."""
    holder = credential.c.holder_thumbprint
    same_medium = holder.is_(None) if on_paper else holder.is_not(None)
    return and_(
        among(connection, credential.c.certificate_id, certificates),
        same_medium,
        credential.c.state == CredentialState.RELEASED.value,
        credential.c.superseded_at.is_(None),
    )


def refuse_second_seafarer(connection: Connection, released: Sequence[Draft]) -> None:
    """A sync could not tell whose a phone with two seafarers' certificates is. Raises TwoSeafarers."""
    on_phones = [draft.serial for draft in released if draft.holder_thumbprint is not None]
    if not on_phones:
        return
    mine, its = credential.alias(), certificate.alias()
    query = (
        select(mine.c.serial)
        .join(its, its.c.id == mine.c.certificate_id)
        .join(credential, credential.c.holder_thumbprint == mine.c.holder_thumbprint)
        .join(certificate, certificate.c.id == credential.c.certificate_id)
        .where(
            among(connection, mine.c.serial, on_phones),
            certificate.c.seafarer_id != its.c.seafarer_id,
            credential.c.state == CredentialState.RELEASED.value,
            credential.c.superseded_at.is_(None),
            # of one batch, the first may stay
            ~among(connection, credential.c.serial, on_phones) | (credential.c.id < mine.c.id),
        )
        .order_by(mine.c.id)
        .limit(1)
    )
    shared = connection.execute(query).scalar_one_or_none()
    if shared is not None:
        raise TwoSeafarers(shared)


def shared(draft: Draft) -> PhoneTaken:
    """Why a draft for another seafarer's phone is given up."""
    return PhoneTaken(
        f"certificate {draft.document_number} is for a phone that holds another seafarer's",
        hint="one phone serves one seafarer",
    )


def lapsed(draft: Draft) -> NotInForce:
    """Why a draft whose certificate was suspended or ended meanwhile is given up."""
    return NotInForce(f"certificate {draft.document_number} ceased to be in force while it was signed")
