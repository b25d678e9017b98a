"""Which rule answers an application: a renewal of what one holds has a rule of its own. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from issuer.domain.applications import Asked
from issuer.domain.errors import InvalidInput, NotFound
from issuer.rules.conditions import All, Any, Condition, Dated, Held
from issuer.rules.facts import Kind
from issuer.rules.law import Law, Rule, UnknownRule

# The kinds of rules that are about what is held already; all others are about a first certificate.
KINDS: Final[Mapping[Asked, str]] = {
    Asked.UPGRADE: "upgrade",
    Asked.RENEWAL: "renewal",
    Asked.REACQUISITION: "reacquisition",
    Asked.LOST: "replacement",
}
# What of these is a certificate again with the rights of the one that is held.
COPIED: Final = frozenset((Asked.RENEWAL, Asked.REACQUISITION, Asked.LOST))
_OF = {kind: asked for asked, kind in KINDS.items()}


class Chosen(NamedTuple):
    """The rule, and whether it is about what was asked for; where it is not, a person decides."""

    rule: Rule
    fits: bool
    grants: str  # the code of what is held afterwards


def rule_for(law: Law, name: str, asked: Asked, on: date, country: str) -> Chosen:
    """The rule of that name, or the one of the asked kind that grants the same. Raises IssuerError."""
    try:
        rule = law.rule(name, on)
    except UnknownRule as error:
        raise NotFound(str(error), hint="see: ombord-issuer rules list") from error
    if rule.act.country != country:
        raise InvalidInput(
            f"{rule.id} is law of {rule.act.country}, and this is an authority of {country}",
            hint=f"see: ombord-issuer rules list --country {country}",
        )
    wanted = KINDS.get(asked)
    if rule.kind == wanted:
        _refuse_one_about_many(rule, asked)
        return Chosen(rule, fits=True, grants=rule.grants)
    if rule.kind in _OF:
        raise InvalidInput(
            f"{rule.id} is about {_OF[rule.kind].value}, and {asked.value} is applied for",
            hint=f"say {_OF[rule.kind].value}, or name the rule of what you apply for",
        )
    if wanted is None:
        return Chosen(rule, fits=True, grants=rule.grants)
    for one in law.in_force(on, country, with_decisions=True):
        if one.kind == wanted and rule.grants in ((one.grants,) if one.is_grant else _held(one.requires)):
            return Chosen(one, fits=True, grants=rule.grants)
    # Of the next higher competence the law often says no more than of any first one.
    return Chosen(rule, fits=asked is Asked.UPGRADE, grants=rule.grants)


def _refuse_one_about_many(rule: Rule, asked: Asked) -> None:
    """Sweden has one renewal for all certificates (SFS 2011:1533, 6 kap. 2 §): of which, is to be said."""
    if not rule.is_grant:
        example = min(_held(rule.requires), default="the code of what is held")
        raise InvalidInput(
            f"{rule.id} is about {asked.value} of many kinds of certificates, and does not say which",
            hint=f"name what is held, such as {example}",
        )


def _held(condition: Condition) -> frozenset[str]:
    """The codes of which one has to be held."""
    match condition:
        case All() | Any():
            return frozenset[str]().union(*map(_held, condition.conditions))
        case Dated():
            return _held(condition.condition)
        case Held(kind=Kind.HOLDING):
            return condition.codes
        case _:
            return frozenset()
