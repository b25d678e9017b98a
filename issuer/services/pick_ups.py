"""Pick-ups that end before their time, and those long past: offers, access tokens, notifications."""

from sqlalchemy import Connection, delete, exists, select, update

from issuer.adapters.tables import access_token, notification, offer

KEPT_SECONDS = 3_600  # after an offer's end: whatever redeemed it in its last moment has committed by then


def close_pick_ups(connection: Connection, seafarer_id: str, now: int) -> None:
    """End all that is open for a seafarer. Offers first: one that is being redeemed is waited for."""
    unused = (offer.c.seafarer_id == seafarer_id) & offer.c.used_at.is_(None) & (offer.c.expires_at > now)
    connection.execute(update(offer).where(unused).values(expires_at=now))
    end_tokens(connection, seafarer_id, now)


def close_bound_offers(connection: Connection, seafarer_id: str, thumbprint: str, now: int) -> None:
    """End the offers that were made for one phone alone, which has been offered the same anew."""
    mine = (offer.c.seafarer_id == seafarer_id) & (offer.c.holder_thumbprint == thumbprint)
    unused = mine & offer.c.used_at.is_(None) & (offer.c.expires_at > now)
    connection.execute(update(offer).where(unused).values(expires_at=now))


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
    ended = (offer.c.expires_at <= now - KEPT_SECONDS) & offer.c.id.not_in(redeemed)
    connection.execute(delete(offer).where(ended))
