"""What holds of a draft before anybody signs it: unchanged since the last signature, in order, not old."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

from tuf.api.metadata import Metadata, Root, Targets

from keys.algorithms import SignatureMismatch
from keys.trust import listing
from keys.trust.authority import check_purposes
from keys.trust.directory import Authority, TrustedKey
from keys.trust.drafts import Draft, DraftError
from keys.trust.handover import fingerprint
from keys.trust.listing import KeyList, RootSays, root_says
from keys.trust.metadata import DIRECTORY, keys_path
from keys.trust.plan import LIFETIMES, spoken
from keys.trust.state import COMPROMISED

LONGEST: Final = timedelta(days=3_660)
DAY: Final = timedelta(days=1)


def check(draft: Draft, at: datetime) -> None:
    """Raise DraftError for a draft that must not be signed now."""
    try:
        _check_signatures(draft)
        _check_order(draft, at)
        if isinstance(draft.metadata.signed, Root):
            _check_root(draft.metadata.signed, draft, at)
        elif draft.role == DIRECTORY:
            delegated(draft.metadata.signed)
            if draft.before is not None:
                delegated(draft.before.signed)
        else:
            _check_flag(draft)
    except DraftError:
        raise
    except ValueError as error:
        raise DraftError(f"{spoken(draft.role)}: {error}") from error


def _check_signatures(draft: Draft) -> None:
    content = draft.metadata.signed_bytes
    for keyid, signature in draft.metadata.signatures.items():
        key = draft.allowed.get(keyid)
        if key is None:
            raise DraftError(f"{spoken(draft.role)}: signed by {keyid}, whose signature does not count here")
        try:
            key.verify(content, bytes.fromhex(signature.signature))
        except SignatureMismatch as error:
            who = draft.name(keyid)
            raise DraftError(
                f"{spoken(draft.role)}: {who} signed something else; it was changed afterwards"
            ) from error


def _check_order(draft: Draft, at: datetime) -> None:
    role, signed = draft.role, draft.metadata.signed
    version = 0 if draft.before is None else draft.before.signed.version
    if signed.version != version + 1:
        raise DraftError(f"{spoken(role)}: version {signed.version} cannot follow version {version}")
    if signed.expires <= at:
        raise DraftError(f"{spoken(role)}: too old a draft: what it says ended on {signed.expires:%Y-%m-%d}")
    if signed.expires > at + LIFETIMES.get(role, LONGEST) + DAY:
        raise DraftError(f"{spoken(role)}: would last until {signed.expires:%Y-%m-%d}, longer than it may")


def _check_root(root: Root, draft: Draft, at: datetime) -> None:
    for name, role in root.roles.items():
        if role.threshold > len(role.keyids):
            raise DraftError(f"root: {name} asks {role.threshold} signatures of {len(role.keyids)} keys")
    own = {root.keys[one].keyval["public"] for one in root.roles[Root.type].keyids}
    if (own, root.roles[Root.type].threshold) != (set(draft.signers.keys), draft.signers.threshold):
        raise DraftError("root: its holders are not those whom the draft names")
    says = root_says(root)
    if says.time_floor is not None and says.time_floor > at:
        raise DraftError(
            f"root: sets devices' time floor to {says.time_floor:%Y-%m-%d %H:%M} UTC, which is yet to come"
        )
    for flag, keys in draft.replaced.items():
        if says.replaced.get(flag) != fingerprint(*keys):
            raise DraftError(f"root: names other keys of {flag} than the draft brings along")
    if draft.before is not None:
        _check_elder(draft.before, says)


def _check_elder(before: Metadata[Root], says: RootSays) -> None:
    elder = before.signed
    if not elder.get_root_verification_result(None, before.signed_bytes, before.signatures):
        raise DraftError("root: the version before, as the draft shows it, is not signed by its holders")
    if root_says(elder).environment != says.environment:
        raise DraftError("root: test and production have different roots for ever")


# What drafts say


class Delegated(NamedTuple):
    """A flag as the directory pins it."""

    authority: Authority
    keys: tuple[str, ...]  # its role's public keys
    threshold: int
    handovers: int  # how many are listed


def delegated(signed: Targets) -> dict[str, Delegated]:
    """What a directory says of each flag. Raises ValueError."""
    return {
        role.name: Delegated(authority, *listing.role_keys(signed, role), len(listing.handovers(role)))
        for authority, role in listing.delegated(signed)
    }


def key_list(text: str | None, flag: str) -> KeyList:
    """A flag's keys.json; an empty one where there was none. Raises ValueError."""
    return KeyList(None, []) if text is None else listing.read_keys(text.encode(), flag, keys_path(flag))


def listed(text: str | None, flag: str) -> dict[tuple[str, str], TrustedKey]:
    """The keys of a flag's keys.json, by (issuer, kid). Raises ValueError."""
    return {(key.issuer, key.kid): key for key in key_list(text, flag).keys}


def _check_flag(draft: Draft) -> None:
    flag, signed = draft.role, draft.metadata.signed
    target = signed.targets.get(keys_path(flag))
    strange = [path for path in signed.targets if not path.startswith(f"{flag}/")]
    if draft.keys is None or target is None or strange or signed.delegations is not None:
        raise DraftError(f"{flag}: a flag signs its own list of keys and its allow lists, and nothing else")
    if target.hashes.get("sha256") != sha256(draft.keys.encode()).hexdigest():
        raise DraftError(f"{flag}: the list of keys that the draft shows is not the one that it signs")
    _check_keys(flag, listed(draft.keys, flag), listed(draft.keys_before, flag))


def _check_keys(
    flag: str, now: Mapping[tuple[str, str], TrustedKey], before: Mapping[tuple[str, str], TrustedKey]
) -> None:
    for pair, key in now.items():
        check_purposes(key.purposes)
        if not key.sign_from <= key.sign_until <= key.verify_until:
            raise DraftError(f"{flag}: the windows of {key.kid} are out of order")
        old = before.get(pair)
        if old is not None and old.key != key.key:
            raise DraftError(f"{flag}: {key.kid} would name another key; a key id is never used again")
        if old is not None and COMPROMISED.get(old.state, 0) > COMPROMISED.get(key.state, 0):
            raise DraftError(f"{flag}: {key.kid} is {old.state} for ever")
