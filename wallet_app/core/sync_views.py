"""What a sync brought, as the screens show it: pure, with the time and the words passed in."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from verifier.ui.words import Words
from wallet_app import texts
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.records import SyncRecord
from wallet_app.core.troubles import PickUpError
from wallet_app.core.viewstate import CodeState, Deed, NoticeState, StatusState, SyncState, Tone

# As an inspector sees the age of what is relied on: green for a week.
RECENT: Final = timedelta(days=7)


def sync_state(
    passes: Sequence[HeldPass],
    *,
    as_of: datetime | None,
    at: datetime,
    progress: str = "",
    is_unchanged: bool = False,
    say: Words,
) -> SyncState:
    """The bar below the list. `progress` stands there while a sync runs, `is_unchanged` after a vain one."""
    can_show = any(one.is_fresh(at) for one in passes)
    main = say(texts.ALL_IN_ONE_CODE if can_show else texts.SYNC)
    if progress:
        return SyncState(progress, main, can_show, is_busy=True)
    if as_of is None:
        return SyncState(say(texts.NEVER_SYNCED), main, can_show)
    if passes and not can_show:
        ended = max(one.sea_pass.expires for one in passes)
        return SyncState(say(texts.PASS_RAN_OUT, date=say.day(ended.date())), main, can_show)
    moment = say.moment(as_of)
    if is_unchanged:
        return SyncState(say(texts.NOTHING_NEW, moment=moment), main, can_show)
    line = texts.SYNCED if at - as_of <= RECENT else texts.SYNCED_LONG_AGO
    return SyncState(say(line, moment=moment), main, can_show)


def notices(
    records: Iterable[SyncRecord], failures: Sequence[tuple[str, PickUpError]], say: Words
) -> Iterable[NoticeState]:
    """What stopped the last sync, and what waits to be picked up."""
    for host, error in failures:
        reason = texts.SYNC_TROUBLES.get(error.trouble) or texts.TROUBLES[error.trouble][0]
        where = say(texts.NOT_SYNCED_WITH, host=host) if host else say(texts.NOT_SYNCED)
        yield NoticeState(Tone.CAUTION, f"{where} {say(reason)}")
    count = sum(len(one.ready) for one in records)
    if count:
        yield NoticeState(
            Tone.GOOD, say.counted(texts.READY, count), say(texts.GET_THEM), Deed.GET_READY_ONES
        )


def pass_code_state(
    held: HeldPass, *, at: datetime, left_out: int, following: HeldPass | None, say: Words
) -> CodeState:
    """What stands around the live code of a pass; `following` is another authority's."""
    sea_pass = held.sea_pass
    holder = sea_pass.holder
    born = say(texts.BORN_ON, date=say.day(holder.birth_date))
    parts = [say.counted(texts.COUNTED, len(sea_pass.members))]
    if left_out:
        parts.append(say.counted(texts.NOT_IN_IT, left_out))
    return CodeState(
        title=say(texts.ALL_CERTIFICATES),
        holder=holder.full_name,
        holder_detail=born if holder.native_name is None else f"{holder.native_name}  ·  {born}",
        number="  ·  ".join(parts),
        authority=f"{sea_pass.issuing_authority}  ·  {held.host}",
        status=_status(held, at, say),
        label=say(texts.SCAN_IT),
        other=""
        if following is None
        else say(texts.OTHER_AUTHORITY, authority=following.sea_pass.issuing_authority),
    )


def _status(held: HeldPass, at: datetime, say: Words) -> StatusState:
    """As of when, and what has ended since."""
    sea_pass = held.sea_pass
    word = say(texts.AS_OF, date=say.day(sea_pass.issued_at.date()))
    ended = sum(
        1
        for member in sea_pass.members
        if member.certificate.expiry_date is not None and member.certificate.expiry_date < at.date()
    )
    if ended:
        return StatusState(Tone.CAUTION, word, say.counted(texts.EXPIRED_SINCE, ended))
    tone = Tone.GOOD if at - sea_pass.issued_at <= RECENT else Tone.CAUTION
    return StatusState(tone, word, say(texts.CODE_UNTIL, date=say.day(sea_pass.expires.date())))
