"""What a pass says of each of its certificates, and whether their credentials say the same. Pure.

A pass needs no approval, since it says nothing new: each of its members is a credential of this authority,
for the same phone. The signer takes nobody's word for that: whoever asks sends the credentials along.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from keys.encoding import Json
from keys.pass_shape import FLAG, HOLDER, LIFETIME_DAYS, MAX_MEMBERS, NO_MEMBERS, SUMMED_UP
from keys.trust.directory import CERTIFICATES

_NAMES: Final = frozenset(
    ("iss", "vct", "iat", "nbf", "exp", "cnf", "lists", "certificates", "_sd", *FLAG, *HOLDER)
)
_OF_A_MEMBER: Final = frozenset(("type", "issuing_authority", "idx", "list", *SUMMED_UP))
# Of a credential, with what its pass says of it: all but the names of its holder, which may have changed.
_COMPARED: Final = ("iss", "vct", "cnf", "status", *FLAG, "seafarer_id", *SUMMED_UP)
_SORTED: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True)


class PassError(ValueError):
    """Claims that are no pass; says why."""


class Place(NamedTuple):
    """An entry of a status list."""

    uri: str
    idx: int


class Member(NamedTuple):
    """A certificate in a pass: what its credential must say, and where its status stands."""

    says: Mapping[str, Json]
    place: Place


class PassDraft(NamedTuple):
    """The certificates of a pass, and who it says that their holder is."""

    holder: Mapping[str, Json]
    members: tuple[Member, ...]


def read(claims: Mapping[str, Json]) -> PassDraft:
    """The pass of a payload's claims. Raises PassError."""
    if extra := claims.keys() - _NAMES:
        raise PassError(f"a pass has no {', '.join(sorted(extra))[:100]}")
    _refuse_times(claims)
    digests = claims.get("_sd", [])
    if not isinstance(digests, list) or len(digests) > 1:
        raise PassError("of a pass the portrait alone can be kept back")
    if not isinstance(claims.get("cnf"), dict):
        raise PassError("a pass is bound to a phone's key (cnf)")
    found = claims.get("certificates")
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_MEMBERS:
        raise PassError(f"a pass has 1 to {MAX_MEMBERS} certificates")
    members = tuple(_member(one, claims) for one in found)
    if len({one.place for one in members}) != len(members):
        raise PassError("two certificates of the pass have one place in a status list")
    return PassDraft(_chosen(claims, HOLDER), members)


def unproved(draft: PassDraft, credentials: Sequence[Mapping[str, Json]]) -> str | None:
    """Why these credentials, verified and in the order of its members, do not bear the pass out; or None.

    Whose they are is compared by `seafarer_id`; the names, which may have been corrected, are one's of them.
    """
    if len(credentials) != len(draft.members):
        return f"{len(draft.members)} certificates, and {len(credentials)} credentials that show them"
    for place, (member, claims) in enumerate(zip(draft.members, credentials, strict=True)):
        wrong = next(_differences(member.says, claims), None)
        if wrong is not None:
            return f'certificates[{place}]: its credential has another "{wrong}"'
    holder = _SORTED.encode(draft.holder)
    if all(_SORTED.encode(_chosen(claims, HOLDER)) != holder for claims in credentials):
        return "none of the credentials is of a holder with these names"
    return None


def _refuse_times(claims: Mapping[str, Json]) -> None:
    times = [claims.get(name) for name in ("iat", "nbf", "exp")]
    issued_at, not_before, expires = (one if type(one) is int else -1 for one in times)
    if not 0 <= issued_at <= not_before < expires <= issued_at + LIFETIME_DAYS * 86_400:
        raise PassError(f"a pass is good from iat or nbf to exp, {LIFETIME_DAYS} days at most")


def _member(item: Json, claims: Mapping[str, Json]) -> Member:
    if not isinstance(item, dict) or not item.keys() <= _OF_A_MEMBER:
        raise PassError("a certificate of a pass has a claim that is none of a pass")
    kind = item.get("type")
    if kind not in CERTIFICATES or kind in NO_MEMBERS:
        raise PassError("a certificate of a pass is of no type that belongs there")
    place = Place(_list(item, claims), _index(item.get("idx")))
    status: dict[str, Json] = {"idx": place.idx, "uri": place.uri}
    says: dict[str, Json] = {
        **_chosen(claims, ("iss", "cnf", *FLAG, "seafarer_id")),
        **_chosen(item, ("issuing_authority", *SUMMED_UP)),
        "vct": f"urn:ombord:{kind}:1",
        "status": {"status_list": status},
    }
    return Member(says, place)


def _list(item: Mapping[str, Json], claims: Mapping[str, Json]) -> str:
    lists, position = claims.get("lists"), item.get("list", 0)
    if isinstance(lists, list) and type(position) is int and 0 <= position < len(lists):
        uri = lists[position]
        if isinstance(uri, str):
            return uri
    raise PassError("a certificate of a pass names a status list that the pass has not")


def _index(value: Json) -> int:
    if type(value) is not int or value < 0:
        raise PassError("a certificate of a pass has no place in its status list")
    return value


def _chosen(claims: Mapping[str, Json], names: Sequence[str]) -> dict[str, Json]:
    return {name: claims[name] for name in names if name in claims}


def _differences(says: Mapping[str, Json], claims: Mapping[str, Json]) -> Iterator[str]:
    """The claims that are not the very same; as text, since to Python 1, 1.0 and true are one."""
    found = _chosen(claims, _COMPARED)
    if _SORTED.encode(says) == _SORTED.encode(found):
        return
    for name in _COMPARED:
        both = [_SORTED.encode(one[name]) if name in one else None for one in (says, found)]
        if both[0] != both[1]:
            yield name
