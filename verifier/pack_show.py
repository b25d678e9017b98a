"""`ombord-verify pack show`: what this device holds, how old it is, and what a policy makes of each age."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from keys.encoding import Json, json_dumps
from keys.trust.directory import Authority, Directory, KeyState, TrustedKey
from keys.trust.record import RecordError, unix
from verifier import checkpoints, checks, pack_commands, pack_update, state
from verifier.checkpoints import Log
from verifier.memory import Memory
from verifier.policy import AgeClass, Policy
from verifier.state import State
from verifier.status import StatusList
from verifier.unusable import Unusable
from verifier.verdict import Outcome

FORMAT: Final = 1
_EMPTY: Final = "import one: ombord-verify pack import FILE --root ROOT.json"
_WORDS: Final = {
    AgeClass.GREEN: "current",
    AgeClass.OLD: "counts, with a remark",
    AgeClass.UNKNOWN: "too old, status counts as unknown",
}


class Holdings:
    """What is held, in the order in which people read it."""

    def __init__(self, folder: str, policy: Policy, at: datetime) -> None:
        """Open what was imported. Raises Unusable."""
        try:
            self.state = State(folder)
            self.memory: Memory = self.state.held()
            self.directory: Directory = self.state.directory
            authorities = {one.flag: one for one in self.directory.authorities.values()}
            self.authorities = [authorities[flag] for flag in sorted(authorities)]
            self.lists = self.memory.lists
            self.logs, self.logs_damage = _logs(folder)
            self.keys = {authority.flag: [*self.state.keys_of(authority)] for authority in self.authorities}
        except state.NoState as error:
            raise Unusable(str(error), _EMPTY) from None
        except state.StateError as error:
            raise Unusable(str(error), error.hint) from None
        self.policy, self.at = policy, at
        source = pack_update.remembered(folder)
        self.address = None if source is None else source.address
        self.last_clock = state.last_clock(folder)
        self.clock = checks.clock(at, self.directory, policy, self.last_clock)
        self.time = max(at, self.directory.time_floor)  # as a verdict reckons ages

    def age(self, moment: datetime) -> AgeClass:
        """What the policy makes of something that was signed then."""
        return self.policy.age_class(self.time - moment)

    def lists_of(self, authority: Authority) -> Iterator[tuple[str, StatusList]]:
        """An authority's lists, by the end of their address."""
        prefix = authority.status_prefix
        for uri in sorted(self.lists):
            if uri.startswith(prefix):
                yield uri.removeprefix(prefix), self.lists[uri]

    @property
    def withheld(self) -> list[str]:
        """Lists that the signed index names and nobody has brought."""
        return sorted(self.memory.numbers.keys() - self.lists.keys())


def _logs(folder: str) -> tuple[dict[str, Log], str]:
    """What was met of logs, and what is wrong with the file that says so."""
    try:
        return checkpoints.held(folder), ""
    except RecordError as error:
        return {}, str(error)


def show(policy: Policy, at: datetime, *, as_json: bool) -> str:
    """What this device holds. Raises Unusable."""
    holdings = Holdings(state.home(), policy, at)
    return json_dumps(_json(holdings)).decode("utf-8") if as_json else "\n".join(_text(holdings))


# JSON


def _json(held: Holdings) -> dict[str, Json]:
    directory, memory = held.directory, held.memory
    return {
        "format": "ombord-pack-show",
        "version": FORMAT,
        "pack": held.state.pack,
        "environment": directory.environment.value,
        "published_at": _instant(directory.published_at),
        "imported_at": None if memory.imported_at is None else _instant(memory.imported_at),
        "address": held.address,
        "clock": {
            "now": _instant(held.at),
            "time_floor": _instant(directory.time_floor),
            "last_seen": None if held.last_clock is None else _instant(held.last_clock),
            "plausible": held.clock.outcome is Outcome.PASS,
            "reason": held.clock.reason,
        },
        "policy": {
            "name": held.policy.name,
            "age_green_days": held.policy.age_green.days,
            "age_limit_days": held.policy.age_limit.days,
        },
        "age_days": _days(held, directory.published_at),
        "age": held.age(directory.published_at).value,
        "authorities": [_authority(held, one) for one in held.authorities],
        "withheld": [*held.withheld],
        "expired": [*memory.trust.expired],
        "changes": [*memory.changes],
    }


def _authority(held: Holdings, authority: Authority) -> dict[str, Json]:
    return {
        "flag": authority.flag,
        "name": authority.name,
        "issuers": [*authority.issuers],
        "covered": held.policy.covers(authority.flag),
        "keys": [_key(held.directory, key) for key in held.keys[authority.flag]],
        "lists": [_list(held, name, one) for name, one in held.lists_of(authority)],
        "log": _log(held, held.logs[authority.flag]) if authority.flag in held.logs else None,
    }


def _log(held: Holdings, log: Log) -> Json:
    if log.newest is None:
        return None
    newest = log.newest.checkpoint
    return {
        "origin": newest.origin,
        "entries": newest.size,
        "root": newest.root.hex(),
        "came": _instant(log.newest.came),
        "age_days": _days(held, log.newest.came),
        "checkpoints": len(log.met),
        "findings": [*log.findings],
    }


def _key(directory: Directory, key: TrustedKey) -> dict[str, Json]:
    allowed = directory.allow_list(key.issuer, key.kid)
    return {
        "issuer": key.issuer,
        "kid": key.kid,
        "purposes": [*sorted(key.purposes)],
        "state": key.state.value,
        "reason": key.reason,
        "conflicting": key.conflicting,
        "sign_from": _instant(key.sign_from),
        "sign_until": _instant(key.sign_until),
        "verify_until": _instant(key.verify_until),
        "allow_list": None if allowed is None else len(allowed),
    }


def _list(held: Holdings, name: str, one: StatusList) -> dict[str, Json]:
    return {
        "uri": one.uri,
        "name": name,
        "number": one.number,
        "newest_known": held.memory.numbers.get(one.uri),
        "behind": one.behind,
        "disputed": one.disputed,
        "as_of": _instant(one.iat),
        "expires": None if one.exp is None else _instant(one.exp),
        "entries": len(one),
        "age_days": _days(held, one.iat),
        "age": held.age(one.iat).value,
    }


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment.year >= 1000 else str(unix(moment))


def _days(held: Holdings, moment: datetime) -> int:
    return (held.time - moment).days


# Text


def _text(held: Holdings) -> Iterator[str]:
    directory, memory = held.directory, held.memory
    test = "" if directory.environment.value == "production" else f" ({directory.environment}: a rehearsal)"
    yield f"sea pack {held.state.pack}{test}"
    yield f"  directory   {_as_of(held, directory.published_at)}"
    if memory.imported_at is not None:
        yield f"  imported    {memory.imported_at:%Y-%m-%d %H:%M} UTC"
    yield f"  updates     {held.address or 'no address is known: ombord-verify pack update ADDRESS'}"
    yield f"  policy      {_policy(held.policy)}"
    yield f"  clock       {held.at:%Y-%m-%d %H:%M} UTC: {held.clock.reason}"
    yield f"  time floor  {directory.time_floor:%Y-%m-%d %H:%M} UTC: no honest clock is earlier"
    for role in memory.trust.expired:
        yield f"  expired     the metadata of {role}: fetch a newer pack soon"
    for uri in held.withheld:
        yield f"  missing     {uri}: exists, and no list of it is held"
    if held.logs_damage:
        yield f"  damaged     {held.logs_damage}: the next import keeps it, and begins anew"
    for authority in held.authorities:
        yield from _authority_lines(held, authority)
    yield "changed by the last import"
    yield from (f"  {change}" for change in memory.changes or ("nothing",))


def _authority_lines(held: Holdings, authority: Authority) -> Iterator[str]:
    uncovered = "" if held.policy.covers(authority.flag) else f"; the policy {held.policy.name} leaves it out"
    yield f"{authority.flag}  {authority.name}, {', '.join(authority.issuers)}{uncovered}"
    for key in held.keys[authority.flag]:
        yield f"    key {key.kid:<12} {_purposes(key)}: {_key_state(held, key)}"
    for name, one in held.lists_of(authority):
        number = "" if one.number is None else f" number {one.number}"
        newest = held.memory.numbers.get(one.uri)
        behind = f"; number {newest} exists" if one.behind else ""
        disputed = "; another was signed that cannot be true beside it" if one.disputed else ""
        yield f"    list {name}{number}: {len(one)} entries, {_as_of(held, one.iat)}{behind}{disputed}"
    log = held.logs.get(authority.flag)
    if log is not None and log.newest is not None:
        came = pack_commands.age(log.newest.came, held.time)
        yield f"    log {log.newest.checkpoint.size} entries, a checkpoint that came {came}"
        yield from (f"    {finding}" for finding in log.findings)


def _as_of(held: Holdings, moment: datetime) -> str:
    age = pack_commands.age(moment, held.time)
    return f"as of {moment:%Y-%m-%d %H:%M} UTC, {age}: {_WORDS[held.age(moment)]}"


def _policy(policy: Policy) -> str:
    return f"{policy.name}: current up to {policy.age_green.days} days, unknown after {policy.age_limit.days}"


def _purposes(key: TrustedKey) -> str:
    """A key for many types of certificate is one for certificates."""
    return ", ".join(sorted(key.purposes)) if len(key.purposes) < 4 else f"{len(key.purposes)} types"


def _key_state(held: Holdings, key: TrustedKey) -> str:
    """What the key is good for now."""
    if key.conflicting:
        return "two different keys were published under this id: good for nothing"
    words = key.state.value + (f" ({key.reason})" if key.reason else "")
    if key.state is KeyState.ALLOW_LIST_ONLY:
        allowed = held.directory.allow_list(key.issuer, key.kid)
        return f"{words}, {'no list is held' if allowed is None else f'{len(allowed)} signatures'}"
    if key.state is KeyState.ACTIVE and held.time >= key.sign_until:
        return f"signs no more since {key.sign_until:%Y-%m-%d}, counts until {key.verify_until:%Y-%m-%d}"
    return f"{words}, signs until {key.sign_until:%Y-%m-%d}, counts until {key.verify_until:%Y-%m-%d}"
