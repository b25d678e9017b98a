"""Pick-ups that end before their time, and those long past: offers, access tokens, notifications."""

from sqlalchemy import ColumnElement, Connection, case, delete, exists, select, update

from issuer.adapters.tables import access_token, notification, offer

KEPT_SECONDS = 3_600  # after an offer's end: whatever redeemed it in its last moment has committed by then
KEPT_FOR_PHONES = 60 * 86_400  # a phone's next sync gives its offer new codes, rather than make another


def close_pick_ups(connection: Connection, seafarer_id: str, now: int) -> None:
    """End all that is open for a seafarer. Offers first: one that is being redeemed is waited for."""
    unused = (offer.c.seafarer_id == seafarer_id) & offer.c.used_at.is_(None)
    connection.execute(delete(offer).where(unused, offer.c.holder_thumbprint.is_not(None)))
    connection.execute(update(offer).where(unused, offer.c.expires_at > now).values(expires_at=now))
    end_tokens(connection, seafarer_id, now)


def of_phone(seafarer_id: str, thumbprint: str) -> ColumnElement[bool]:
    """The offer that was made for one phone alone and not redeemed, also one that has expired."""
    mine = (offer.c.seafarer_id == seafarer_id) & (offer.c.holder_thumbprint == thumbprint)
    return mine & offer.c.used_at.is_(None)


def drop_offer_of_phone(connection: Connection, seafarer_id: str, thumbprint: str) -> None:
    """End it: the phone is offered something else."""
    connection.execute(delete(offer).where(of_phone(seafarer_id, thumbprint)))


def end_tokens(connection: Connection, seafarer_id: str, now: int) -> None:
    """End a seafarer's access tokens: one phone picks up, the one that redeemed the newest offer."""
    mine = (access_token.c.seafarer_id == seafarer_id) & (access_token.c.expires_at > now)
    connection.execute(update(access_token).where(mine).values(expires_at=now))


def sweep(connection: Connection, now: int) -> None:
    """Delete what has expired; the audit trail keeps that it was."""
    connection.execute(delete(access_token).where(access_token.c.expires_at <= now))
    told_under = exists().where(access_token.c.token_hash == notification.c.token_hash)
    connection.execute(delete(notification).where(~told_under))
    redeemed = select(access_token.c.offer_id)
    kept = case((offer.c.holder_thumbprint.is_(None), KEPT_SECONDS), else_=KEPT_FOR_PHONES)
    ended = (offer.c.expires_at + kept <= now) & offer.c.id.not_in(redeemed)
    connection.execute(delete(offer).where(ended))
