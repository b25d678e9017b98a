"""Which key of its authority has signed a statement about a status list: for many at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from keys.algorithms import SignatureMismatch
from keys.side_by_side import which_hold
from keys.trust.directory import STATUS, Authority, Directory, TrustedKey
from verifier.statement import Statement, key_hint
from verifier.status import StatusListError

_Keys = Mapping[str, Sequence[TrustedKey]]  # by issuer


class _Try(NamedTuple):
    """A key that may have signed a statement, and why it has not where it has not."""

    key: TrustedKey
    check: Callable[[], None] | None  # the signature; None where none could hold
    problem: str


def signers(stated: Sequence[tuple[Statement, Authority]], directory: Directory) -> list[TrustedKey]:
    """The key of its authority that signed each statement, good for that when it did. Raises StatusListError.

    All signatures are checked together, on all processors; what is raised is about the first that none holds.
    """
    keys = _by_issuer(directory)
    tries = [_tries(statement, authority, keys, directory) for statement, authority in stated]
    checks = [
        (number, one.key, one.check)
        for number, found in enumerate(tries)
        for one in found
        if one.check is not None
    ]
    good: dict[int, TrustedKey] = {}
    for (number, key, _), holds in zip(checks, which_hold([check for *_, check in checks]), strict=True):
        if holds:
            good.setdefault(number, key)
    for number, (statement, authority) in enumerate(stated):
        if number not in good:
            raise StatusListError(f"{statement.uri}: {_problem(tries[number], authority)}")
    return [good[number] for number in range(len(stated))]


def _problem(tries: Sequence[_Try], authority: Authority) -> str:
    if not tries:
        return f"signed with no key of {authority.name} that is known here"
    return tries[0].problem


def _by_issuer(directory: Directory) -> _Keys:
    """The directory's keys by their issuers: a pack has many lists, and a directory many keys."""
    keys: dict[str, list[TrustedKey]] = {}
    for key in directory.keys.values():
        keys.setdefault(key.issuer, []).append(key)
    return keys


def _tries(statement: Statement, authority: Authority, keys: _Keys, directory: Directory) -> list[_Try]:
    """Each key of the authority that the statement's hint may mean."""
    own = [key for issuer in authority.issuers for key in keys.get(issuer, ())]
    # Of an authority's keys few sign lists, and a hint costs a hash; the others only explain a refusal.
    hinted = _hinted(statement, (key for key in own if STATUS in key.purposes)) or _hinted(statement, own)
    return [_try(key, statement, directory) for key in hinted]


def _hinted(statement: Statement, keys: Iterable[TrustedKey]) -> list[TrustedKey]:
    return [key for key in keys if key_hint(key.key) == statement.key_hint]


def _try(key: TrustedKey, statement: Statement, directory: Directory) -> _Try:
    objection = key.objection(
        STATUS, at_signing=statement.iat, now=statement.iat, environment=directory.environment
    )
    if objection is not None:
        return _Try(key, None, str(objection))
    try:
        check = key.key.pending(statement.message, statement.signature)
    except SignatureMismatch:
        check = None
    problem = f"not signed by {key.kid} for these states: damaged, forged, or built on other states"
    return _Try(key, check, problem)
