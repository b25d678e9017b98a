"""The signing policy as a file: YAML or JSON that an operator writes, read strictly.

Every member is known, stands once and has its type: a policy with a slip of the pen is refused whole.
"""

import os
import re
import stat
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, cast

import yaml

from keys.custody import CustodyError
from keys.custody.signing_policy import UNAPPROVED, Approver, RuleKey, SigningKey, SigningPolicy, TypeRule
from keys.encoding import Json
from keys.jwk import JwkError, PublicKey
from keys.regular_file import opener
from keys.strict_yaml import PlainLoader
from keys.trust.directory import CERTIFICATES, PURPOSES
from keys.trust.record import MAX_INSTANT, Record, RecordError

FORMAT: Final = "ombord-signing-policy"
MAX_FILE: Final = 1 << 20
_DAY: Final = 86_400
_MEMBERS: Final = (
    "format issuers status_prefix per_hour draft_days clients operators keys earlier types people rules"
)
_KID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)  # a word of the journal's lines
_YEARS: Final = (0, MAX_INSTANT)


class PolicyError(CustodyError):
    """The policy file cannot be used; says which member, and what belongs there."""

    hint = "correct the policy file (docs/custody.md has one to start from); nothing was signed"


class _Strict(PlainLoader):
    refusal = PolicyError


def load(path: Path | str) -> SigningPolicy:
    """The policy in a file that only its owner may write. Raises PolicyError, OSError."""
    with open(path, "rb", opener=opener) as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o022:
            raise PolicyError(f"{path}: others may write this file: chmod go-w {path}")
        data = file.read(MAX_FILE + 1)
    try:
        return parse(data)
    except PolicyError as error:
        raise PolicyError(f"{path}: {error}") from error


def parse(data: bytes) -> SigningPolicy:
    """The policy that these bytes are. Raises PolicyError."""
    if len(data) > MAX_FILE:
        raise PolicyError(f"a policy of more than {MAX_FILE} bytes")
    try:
        value = yaml.load(data, Loader=_Strict)  # noqa: S506 - a subclass of SafeLoader
        return _policy(Record(cast("Json", value), "policy"), sha256(data).hexdigest()[:12])
    except yaml.YAMLError as error:
        raise PolicyError(f"not YAML: {' '.join(str(error).split())[:300]}") from None
    except (RecordError, JwkError, UnicodeDecodeError, RecursionError, TypeError) as error:
        raise PolicyError(str(error)) from None


def _policy(record: Record, version: str) -> SigningPolicy:
    _only(record, _MEMBERS)
    if record.text("format") != FORMAT:
        raise PolicyError(f"format is not {FORMAT}")
    people = _named(record, "people")
    approvers = {kid: approver for one in people.values() for kid, approver in _keys_of(one)}
    if len(approvers) != sum(len(_named(one, "keys")) for one in people.values()):
        raise PolicyError("two people have keys of the same id")
    rule_keys = {kid: _rule_key(one) for kid, one in _named(record, "rules").items()}
    _refuse_shared([one.key for one in approvers.values()] + [one.key for one in rule_keys.values()])
    policy = SigningPolicy(
        version=version,
        issuers=frozenset(record.texts("issuers")),
        status_prefix=record.text("status_prefix"),
        per_hour=record.number("per_hour"),
        draft_seconds=_optional(record, "draft_days", 7) * _DAY,
        clients=_uids(record, "clients"),
        operators=_uids(record, "operators"),
        keys={kid: _key(one) for kid, one in _named(record, "keys").items()},
        earlier={kid: _earlier_key(one) for kid, one in _named(record, "earlier").items()},
        types={name: _type(name, one) for name, one in _named(record, "types").items()},
        approvers=approvers,
        rule_keys=rule_keys,
    )
    _refuse_dead_ends(policy)
    return policy


def _key(record: Record) -> SigningKey:
    _only(record, "signs from until verify_until public cka_id")
    signs = frozenset(record.texts("signs"))
    if not signs <= set(PURPOSES):
        record.refuse("signs", "a list of certificate types, pass, status or log")
    start, end = _instant(record, "from"), _instant(record, "until")
    if start >= end:
        record.refuse("until", "after from")
    cka_id = record.text_or_none("cka_id")
    if cka_id is not None and re.fullmatch(r"(?:[0-9a-f]{2}){1,64}", cka_id) is None:
        record.refuse("cka_id", "hexadecimal")
    return SigningKey(
        signs=signs,
        sign_from=start,
        sign_until=end,
        verify_until=_instant(record, "verify_until") if "verify_until" in record else None,
        public=_public(record, "public") if "public" in record else None,
        cka_id=None if cka_id is None else bytes.fromhex(cka_id),
    )


def _earlier_key(record: Record) -> SigningKey:
    """A key that signs no more, and is no more behind the signer."""
    key = _key(record)
    if key.public is None or key.cka_id is not None or not key.signs <= set(CERTIFICATES):
        raise PolicyError(f"{record.where}: an earlier key has its public half, and signed certificates")
    return key


def _type(name: str, record: Record) -> TypeRule:
    _only(record, "per_hour persons roles proposer automatic valid_days")
    if name not in PURPOSES:
        raise PolicyError(f"{record.where} is no type of certificate, nor pass, status or log")
    persons = record.number("persons", 1, 2) if "persons" in record else 0
    automatic = frozenset(record.texts("automatic")) if "automatic" in record else frozenset()
    if name in UNAPPROVED and (persons or automatic):
        raise PolicyError(f"{record.where} is signed without approvals")
    if name not in UNAPPROVED and not (persons or automatic):
        raise PolicyError(f"{record.where} needs persons, or automatic with the rules that may approve it")
    if "proposer" in record and (record.text("proposer") != "apart" or not persons):
        record.refuse("proposer", "apart, for a type that persons approve")
    return TypeRule(
        per_hour=record.number("per_hour"),
        persons=persons,
        roles=frozenset(record.texts("roles")) if persons else frozenset(),
        proposer_apart="proposer" in record,
        automatic=automatic,
        valid_seconds=record.number("valid_days", 1, 36_525) * _DAY if "valid_days" in record else None,
    )


def _keys_of(record: Record) -> list[tuple[str, Approver]]:
    _only(record, "roles keys")
    person, roles = record.where.rpartition(" ")[2], frozenset(record.texts("roles", empty=True))
    found = []
    for kid, one in _named(record, "keys").items():
        _only(one, "public from until")
        good_from, good_until = (
            _instant(one, name) if name in one else bound
            for name, bound in zip(("from", "until"), _YEARS, strict=True)
        )
        key = _public(one, "public")
        found.append(
            (
                kid,
                Approver(person=person, roles=roles, key=key, good_from=good_from, good_until=good_until),
            )
        )
    return found


def _rule_key(record: Record) -> RuleKey:
    _only(record, "public approves")
    return RuleKey(key=_public(record, "public"), rules=frozenset(record.texts("approves")))


def _refuse_shared(keys: list[PublicKey]) -> None:
    """Two eyes with one key see no more than one."""
    if len(set(keys)) != len(keys):
        raise PolicyError("the same public key stands twice among people and rules")


def _refuse_dead_ends(policy: SigningPolicy) -> None:
    """What the policy asks for and nobody could ever give is a slip, found at start rather than at night."""
    roles = frozenset().union(*(one.roles for one in policy.approvers.values()))
    rules = frozenset().union(*(one.rules for one in policy.rule_keys.values()))
    for name, one in policy.types.items():
        if missing := one.automatic - rules:
            raise PolicyError(f"types {name}: no key under rules approves {', '.join(sorted(missing))}")
        if missing := one.roles - roles:
            raise PolicyError(f"types {name}: nobody has the role {', '.join(sorted(missing))}")
    if both := policy.keys.keys() & policy.earlier.keys():
        raise PolicyError(f"{', '.join(sorted(both))} stands under keys and under earlier")
    for kid, key in policy.keys.items():
        if missing := key.signs - policy.types.keys():
            raise PolicyError(f"keys {kid}: types lacks {', '.join(sorted(missing))}")


def _named(record: Record, name: str) -> dict[str, Record]:
    """Objects by names that are one word each."""
    if name not in record:
        return {}
    named = record.record(name).members()
    for word in named:
        if _KID.fullmatch(str(word)) is None:
            raise PolicyError(f"{name}: {word!r} is no name of letters, digits, dots and hyphens")
    return {word: Record(value, f"{name} {word}") for word, value in named.items()}


def _only(record: Record, names: str) -> None:
    if extra := [str(name) for name in record.members() if name not in names.split()]:
        raise PolicyError(f"{record.where} has no {', '.join(extra)[:100]}")


def _uids(record: Record, name: str) -> frozenset[int]:
    values = record.members().get(name)
    if not isinstance(values, list) or not all(type(one) is int and 0 <= one < 2**32 - 1 for one in values):
        record.refuse(name, "a list of numeric user ids")
    return frozenset(cast("list[int]", values))


def _optional(record: Record, name: str, otherwise: int) -> int:
    return record.number(name, 1, 365) if name in record else otherwise


def _instant(record: Record, name: str) -> int:
    text = record.text(name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        record.refuse(name, "an instant such as 2026-11-21T12:00:00Z")
    if len(text) == len("2026-11-21"):
        moment = moment.replace(tzinfo=UTC)
    if moment.tzinfo is None or not 0 <= int(moment.timestamp()) < MAX_INSTANT:
        record.refuse(name, "an instant such as 2026-11-21T12:00:00Z within 1970-2199")
    return int(moment.timestamp())


def _public(record: Record, name: str) -> PublicKey:
    try:
        return PublicKey.from_jwk(record.record(name).members())
    except JwkError as error:
        raise PolicyError(f"{record.where}, {name}: {error}") from None
