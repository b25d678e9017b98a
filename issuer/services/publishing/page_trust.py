"""Whom the verification page trusts: this authority and its keys, as a trust file (`ombord-trust`).

From the signed directory where this server holds one, with each key's windows and state; else from the
settings and the sealed keys alone, which know neither. docs/verify-page.md says what either is worth.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from issuer.domain.errors import InvalidInput
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.settings import Settings
from keys.trust import directory as trust
from keys.trust.directory import Authority, Directory, Environment, TrustedKey
from verifier.state import State, StateError

_EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC))


def page_trust(settings: Settings, keys: AuthorityKeys, at: datetime) -> bytes:
    """The trust file as of `at`. Raises InvalidInput where the directory held cannot be used."""
    if settings.verifier_home is None:
        return trust.to_json(_own(settings, keys, at))
    return trust.to_json(_signed(settings.verifier_home, settings.issuer))


def _own(settings: Settings, keys: AuthorityKeys, at: datetime) -> Directory:
    """What the authority says of itself. Dated by the day, so that caches can hold it."""
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    environment = Environment(settings.environment)
    listed = {
        (settings.issuer, kid): TrustedKey(
            issuer=settings.issuer,
            kid=kid,
            key=keys.public(kid),
            environment=environment,
            purposes=frozenset(keys.purposes(kid)),
            sign_from=_EVER[0],
            sign_until=_EVER[1],
            verify_until=_EVER[1],
        )
        for kid in keys.signers
    }
    authority = Authority(
        flag=settings.flag,
        name=settings.authority_name,
        issuers=(settings.issuer,),
        status_prefix=f"{settings.issuer}/status/",
        time_zone=settings.time_zone,
    )
    return Directory(
        environment=environment,
        authorities={settings.issuer: authority},
        keys=listed,
        time_floor=today,
        published_at=today,
    )


def _signed(home: Path, issuer: str) -> Directory:
    """This authority's part of the directory that sea packs have brought, root and all verified at import."""
    try:
        state = State(str(home))
        authority = state.directory.authority(issuer)
        if authority is None:
            raise InvalidInput(
                f"the directory in {home} does not know {issuer}",
                hint="import a sea pack that does: ombord-verify pack import FILE",
            )
        keys = {(key.issuer, key.kid): key for key in state.keys_of(authority)}
        authorities = dict.fromkeys(authority.issuers, authority)
        return replace(state.directory, authorities=authorities, keys=keys, allow_lists={})
    except StateError as error:
        raise InvalidInput(str(error), hint="import a sea pack: ombord-verify pack import FILE") from error
