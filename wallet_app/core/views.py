"""From what is held to what the screens show: pure, with the time and the words passed in."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from verifier.credential.model import CertificateType
from verifier.ui.words import Words
from wallet_app import texts, texts_showing
from wallet_app.core import form, log_receipts, names, reminder_views
from wallet_app.core.held import Held
from wallet_app.core.log_receipts import Logged
from wallet_app.core.plain import plain, shown
from wallet_app.core.records import PickUp
from wallet_app.core.standing import GROUP_OF, Group, Judged, Standing, judge
from wallet_app.core.sync_record import ToldStatus
from wallet_app.core.viewstate import (
    CardState,
    CertificateState,
    CodeState,
    EmptyState,
    ListState,
    NoticeState,
    Person,
    StatusState,
    SyncState,
    Tone,
)

NOTHING_PUT_AWAY: Final[Mapping[str, int]] = MappingProxyType({})

# Letters that have no decomposition, as they are typed where a keyboard lacks them.
_PLAIN: Final = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ð": "d", "þ": "th", "ß": "ss", "ł": "l"})


def list_state(
    held: Iterable[Held],
    *,
    at: datetime,
    query: str = "",
    group: Group = Group.ALL,
    pick_up: PickUp | None = None,
    damage: str | None = None,
    unreadable: int = 0,
    told: Callable[[Held], ToldStatus | None] = lambda _: None,
    news: Iterable[NoticeState] = (),
    sync: SyncState | None = None,
    put_away: Mapping[str, int] = NOTHING_PUT_AWAY,
    has_update: Callable[[Held], bool] = lambda _: False,
    say: Words,
) -> ListState:
    """The list, worst first, with what matches `query` and `group`; counts are of all.

    `told` gives what each authority said last; `news` are a sync's own notices, `sync` its bar. `put_away`
    are reminders that need not be said again, `has_update` tells where a newer certificate waits.
    """
    judged = sorted((judge(one, at, told(one)) for one in held), key=lambda one: one.urgency)
    contested = _contested(judged)
    shown = [one for one in judged if _in_group(one, group) and _matches(one.held, query, say)]
    return ListState(
        person=_person(judged, say),
        cards=tuple(
            card(one, say, with_host=_country(one.held) in contested, has_update=has_update(one.held))
            for one in shown
        ),
        counts=_counts(judged),
        notices=(
            *_notices(judged, pick_up, damage, unreadable, say),
            *news,
            *reminder_views.reminders_due(judged, put_away, at, say),
        ),
        empty=None if shown else _empty(judged, query, say),
        sync=sync,
        medical=reminder_views.medical(judged, at, say),
    )


def reading_state(say: Words) -> ListState:
    """The list before anything was read and judged: no card, no count, and nothing that could be tapped."""
    return ListState(
        person=None,
        cards=(),
        counts=dict.fromkeys(Group, 0),
        notices=(),
        empty=EmptyState(say(texts.READING), say(texts.READING_ADVICE)),
        is_reading=True,
    )


def card(judged: Judged, say: Words, *, with_host: bool = False, has_update: bool = False) -> CardState:
    """One certificate as a card; `with_host` where its authority's name alone leaves open who signed it."""
    certificate = judged.held.certificate
    issued = (shown(certificate.issuing_authority), shown(certificate.document_number))
    standing = status(judged, say)
    if has_update:
        details = (say(texts_showing.UPDATE_AVAILABLE), standing.detail)
        standing = replace(standing, detail="  ·  ".join(part for part in details if part))
    return CardState(
        key=judged.held.key,
        title=names.title(certificate, say),
        kind=names.kind(certificate, say),
        issued="  ·  ".join((*issued, judged.held.host) if with_host else issued),
        icon=names.icon(certificate),
        status=standing,
    )


def certificate_state(
    held: Held,
    *,
    at: datetime,
    told: ToldStatus | None = None,
    has_page: bool = False,
    logged: Logged | None = None,
    say: Words,
) -> CertificateState:
    """The whole certificate; `has_page` where its page to print is on the phone."""
    certificate, judged = held.certificate, judge(held, at, told)
    return CertificateState(
        key=held.key,
        title=names.title(certificate, say),
        kind=names.kind(certificate, say),
        icon=names.icon(certificate),
        number=shown(certificate.document_number),
        authority=shown(certificate.issuing_authority),
        host=say(texts.FROM_ADDRESS, host=held.host),
        status=status(judged, say),
        sections=(*form.sections(held, say), *log_receipts.section(logged, say)),
        notices=(*reminder_views.renewal(judged, at, say), *log_receipts.remarks(logged, say)),
        has_page=has_page,
    )


def code_state(held: Held, *, at: datetime, told: ToldStatus | None = None, say: Words) -> CodeState:
    """What stands around the live code."""
    certificate = held.certificate
    holder = certificate.holder
    born = say(texts.BORN_ON, date=say.day(holder.birth_date))
    return CodeState(
        title=names.title(certificate, say),
        holder=shown(holder.full_name),
        holder_detail=born if holder.native_name is None else f"{shown(holder.native_name)}  ·  {born}",
        number=shown(certificate.document_number),
        authority=shown(certificate.issuing_authority),
        status=status(judge(held, at, told), say),
        label=say(texts.SCAN_IT if held.is_ours else texts.STATIC_CODE),
        may_answer=held.is_ours,
    )


def status(judged: Judged, say: Words) -> StatusState:
    """A standing in words."""
    last = judged.held.certificate.expiry_date
    day = "" if last is None else say.day(last)
    left = judged.days_left or 0
    told = "" if judged.as_of is None else say(texts.AS_OF_DAY, date=say.day(judged.as_of.date()))
    match judged.standing:
        case Standing.REVOKED:
            return StatusState(Tone.BAD, say(texts.REVOKED), told)
        case Standing.SUSPENDED:
            return StatusState(Tone.BAD, say(texts.SUSPENDED), told)
        case Standing.EXPIRED:
            return StatusState(Tone.BAD, say(texts.EXPIRED), say(texts.EXPIRED_ON, date=day))
        case Standing.REPLACED:
            return StatusState(Tone.CAUTION, say(texts.REPLACED), told)
        case Standing.NOT_BOUND:
            return StatusState(Tone.BAD, say(texts.NOT_BOUND), "")
        case Standing.NOT_YET_VALID:
            first = say.day(judged.held.credential.not_before.date())
            return StatusState(Tone.CAUTION, say(texts.NOT_YET_VALID), say(texts.FROM, date=first))
        case Standing.EXPIRING:
            word = say(texts.LAST_DAY) if left == 0 else say.counted(texts.DAYS_LEFT, left)
            return StatusState(Tone.CAUTION, word, say(texts.EXPIRES_ON, date=day))
        case Standing.VALID:
            until = say(texts.UNTIL, date=day) if day else say(texts.UNTIL_FURTHER_NOTICE)
            if judged.held.certificate.type is CertificateType.MEDICAL:
                until = f"{say.counted(texts.DAYS_LEFT, left)}, {until}"
            return StatusState(Tone.GOOD, say(texts.VALID), until)


def _contested(judged: Iterable[Judged]) -> set[str]:
    """Countries in whose name more than one issuer has signed: one of them may be a forger."""
    signers = Counter(country for country, _ in {(_country(one.held), one.held.host) for one in judged})
    return {country for country, count in signers.items() if count > 1}


def _country(held: Held) -> str:
    return held.certificate.issuing_country


def _in_group(judged: Judged, group: Group) -> bool:
    return group is Group.ALL or GROUP_OF[judged.standing] is group


def _counts(judged: Sequence[Judged]) -> dict[Group, int]:
    found = Counter(GROUP_OF[one.standing] for one in judged)
    return {Group.ALL: len(judged)} | {group: found[group] for group in list(Group)[1:]}


def _person(judged: Sequence[Judged], say: Words) -> Person | None:
    """Whose wallet this is, by the certificate issued last: a changed name is the newer one."""
    if not judged:
        return None
    newest = max(judged, key=lambda one: one.held.certificate.issue_date).held.certificate.holder
    parts = [part for part in (newest.given_name, newest.family_name) if part]
    initials = "".join(part.lstrip("'’-")[:1].upper() for part in (parts[0], parts[-1])[: len(parts)])
    return Person(shown(newest.full_name), plain(initials, 2), say(texts.SEAFARER, id=newest.seafarer_id))


def _notices(
    judged: Sequence[Judged], pick_up: PickUp | None, damage: str | None, unreadable: int, say: Words
) -> Iterable[NoticeState]:
    if damage is not None:
        yield NoticeState(Tone.BAD, say(texts.DAMAGED_COPY))
    if unreadable:
        yield NoticeState(Tone.BAD, say.counted(texts.UNREADABLE, unreadable))
    if pick_up is not None:
        text = say(
            texts.UNFINISHED,
            issuer=pick_up.issuer_name,
            received=len(pick_up.received),
            total=len(pick_up.items),
        )
        yield NoticeState(Tone.CAUTION, text, say(texts.GO_ON))
    if any(one.standing is Standing.NOT_BOUND for one in judged):
        yield NoticeState(Tone.BAD, say(texts.NOT_OURS_NOTICE))


def _empty(judged: Sequence[Judged], query: str, say: Words) -> EmptyState:
    if not judged:
        return EmptyState(say(texts.NOTHING_YET), say(texts.NOTHING_YET_ADVICE), say(texts.ADD))
    if query.strip():
        advice = say(texts.NOTHING_FOUND_ADVICE, query=query.strip())
        return EmptyState(say(texts.NOTHING_FOUND), advice, say(texts.SHOW_ALL))
    return EmptyState(say(texts.NOTHING_FOUND), say(texts.NOTHING_IN_FILTER), say(texts.SHOW_ALL))


def _matches(held: Held, query: str, say: Words) -> bool:
    """Every word of the query is in the certificate, with its own letters or with plain ones."""
    words = unicodedata.normalize("NFC", query).casefold().split()
    if not words:
        return True
    shown = _searched(held, say)
    return all(word in shown for word in words)


def _searched(held: Held, say: Words) -> str:
    certificate = held.certificate
    parts = [
        names.title(certificate, say),
        names.kind(certificate, say),
        certificate.document_number,
        certificate.issuing_authority,
        held.host,
        names.country(certificate.issuing_country, say),
        certificate.holder.full_name,
        *(names.capacity(grant.code, say) for grant in certificate.capacities),
        *(names.regulation(code, say) for code in certificate.stcw_code),
        *([say.day(certificate.expiry_date)] if certificate.expiry_date else []),
    ]
    own = unicodedata.normalize("NFC", " ".join(parts)).casefold()
    return f"{own} {_plain(own)}"


@lru_cache(maxsize=2048)
def _plain(text: str) -> str:
    """Without the marks on its letters; each certificate's is asked for with every letter that is typed."""
    split = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter for letter in split if not unicodedata.combining(letter))
