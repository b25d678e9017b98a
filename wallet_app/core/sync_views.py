"""What a sync brought, as the screens show it: pure, with the time and the words passed in."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from verifier.ui.words import Words
from wallet_app import texts, texts_showing
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.moving import Muster
from wallet_app.core.plain import shown
from wallet_app.core.sync_record import SyncRecord
from wallet_app.core.troubles import PickUpError
from wallet_app.core.viewstate import CodeState, Deed, NoticeState, StatusState, SyncState, Tone

# As an inspector sees the age of what is relied on: green for a week.
RECENT: Final = timedelta(days=7)
_MOST_AUTHORITIES: Final = 4


def sync_state(
    passes: Sequence[HeldPass],
    *,
    as_of: datetime | None,
    at: datetime,
    progress: str = "",
    is_unchanged: bool = False,
    has_muster: bool = False,
    say: Words,
) -> SyncState:
    """The bar below the list. `progress` stands there while a sync runs, `is_unchanged` after a vain one.

    Without a fresh pass several certificates are shown as moving frames, if there is a muster of them.
    """
    is_fresh = any(one.is_fresh(at) for one in passes)
    is_moving = has_muster and not is_fresh
    main = say(texts.ALL_IN_ONE_CODE if is_fresh else texts_showing.ALL_MOVING if is_moving else texts.SYNC)
    line = progress or _line(passes, as_of, at, is_fresh=is_fresh, is_unchanged=is_unchanged, say=say)
    return SyncState(line, main, is_fresh or is_moving, is_busy=bool(progress), is_moving=is_moving)


def _line(
    passes: Sequence[HeldPass],
    as_of: datetime | None,
    at: datetime,
    *,
    is_fresh: bool,
    is_unchanged: bool,
    say: Words,
) -> str:
    """As of when everything is known."""
    if as_of is None:
        return say(texts.NEVER_SYNCED)
    if passes and not is_fresh:
        ended = max(one.sea_pass.expires for one in passes)
        return say(texts.PASS_RAN_OUT, date=say.day(ended.date()))
    if is_unchanged:
        return say(texts.NOTHING_NEW, moment=say.moment(as_of))
    line = texts.SYNCED if at - as_of <= RECENT else texts.SYNCED_LONG_AGO
    return say(line, moment=say.moment(as_of))


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
    held: HeldPass,
    *,
    at: datetime,
    left_out: int,
    following: HeldPass | None,
    with_photo: bool = False,
    say: Words,
) -> CodeState:
    """What stands around the live code of a pass; `following` is another authority's.

    `with_photo` is what stands around its moving frames, which hold the photograph.
    """
    sea_pass = held.sea_pass
    holder = sea_pass.holder
    born = say(texts.BORN_ON, date=say.day(holder.birth_date))
    parts = [say.counted(texts.COUNTED, len(sea_pass.members))]
    if left_out:
        parts.append(say.counted(texts.NOT_IN_IT, left_out))
    return CodeState(
        title=say(texts.ALL_CERTIFICATES),
        holder=shown(holder.full_name),
        holder_detail=born if holder.native_name is None else f"{shown(holder.native_name)}  ·  {born}",
        number="  ·  ".join(parts),
        authority=f"{shown(sea_pass.issuing_authority)}  ·  {held.host}",
        status=_status(held, at, say),
        label=say(texts_showing.PHOTO_LABEL if with_photo else texts.SCAN_IT),
        photo=_photo(held, with_photo=with_photo, say=say),
        may_answer=True,
        other=""
        if following is None
        else say(texts.OTHER_AUTHORITY, authority=shown(following.sea_pass.issuing_authority)),
    )


def muster_code_state(muster: Muster, say: Words) -> CodeState:
    """What stands around all certificates as moving frames."""
    holder = muster.members[0].certificate.holder
    born = say(texts.BORN_ON, date=say.day(holder.birth_date))
    authorities = dict.fromkeys(shown(one.certificate.issuing_authority) for one in muster.members)
    parts = [say.counted(texts.COUNTED, len(muster.members))]
    if muster.left_out:
        parts.append(say.counted(texts_showing.MUSTER_NOT_IN_IT, muster.left_out))
    status = StatusState(Tone.PLAIN, say(texts_showing.MUSTER_STATUS), say(texts_showing.MUSTER_DETAIL))
    return CodeState(
        title=say(texts.ALL_CERTIFICATES),
        holder=shown(holder.full_name),
        holder_detail=born if holder.native_name is None else f"{shown(holder.native_name)}  ·  {born}",
        number="  ·  ".join(parts),
        authority="  ·  ".join(list(authorities)[:_MOST_AUTHORITIES]),
        status=status,
        label=say(texts_showing.MOVING_LABEL),
        may_answer=True,
    )


def _photo(held: HeldPass, *, with_photo: bool, say: Words) -> str:
    if held.with_portrait is None:
        return ""
    return say(texts_showing.HIDE_PHOTO if with_photo else texts_showing.SHOW_PHOTO)


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
