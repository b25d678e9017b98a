"""From a grant to an approved certificate: composed of data, drafted, approved as the policy says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from issuer.domain.applications import Asked
from issuer.domain.errors import Conflict, InvalidInput
from issuer.domain.extract import HOLDER_CLAIMS
from issuer.rules.law import Rule
from issuer.rules.reading.certificate_content import CertificateContent, Limits
from issuer.rules.term import term_of
from issuer.services.applications.evaluating import Evaluated
from issuer.services.applications.which_rule import COPIED
from issuer.services.approval.approving import Approving
from issuer.services.approval.proposing import Proposing
from issuer.settings import Settings
from keys.encoding import Json
from verifier.credential.certificate_reader import REQUIRED
from verifier.credential.model import CertificateType

_VERSION: Final = 16  # hexadecimal digits of an act's version that a certificate's `rule` names
_OWN: Final = frozenset(("document_number", "issue_date", "expiry_date", "replaces", "issue_place"))


def rule_name(rule: Rule) -> str:
    """As a certificate, and a signing policy, name a rule: `SE.K@0123456789abcdef`."""
    return f"{rule.id}@{rule.act.version[:_VERSION]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What is granted: under which number, from which day, in place of what."""

    number: str
    seafarer_id: str
    asked: Asked
    found: Evaluated
    today: date
    old: Row[Any] | None
    limits: Limits | None = None
    until: date | None = None  # the last day, as a person says it
    reporter: str | None = None  # the one company whose word about service it rests on
    provider: str | None = None  # the one school


class Granting:
    """Drafts and approves."""

    def __init__(self, settings: Settings, proposing: Proposing, approving: Approving) -> None:
        self._settings = settings
        self._proposing = proposing
        self._approving = approving

    def draft(self, grant: Grant, *, actor: str) -> None:
        """Enter the certificate; without a signing policy, that decision approves it."""
        drafted = self._proposing.draft(self.members(grant), actor=actor)
        if self._approving.policy is None:
            self._approving.approve_without_policy([drafted.document_number], actor=actor)

    def members(self, grant: Grant) -> dict[str, Json]:
        """The certificate as a row of an extract. Raises Conflict where there is nothing to compose it of."""
        rule, content = grant.found.rule, grant.found.content
        own: dict[str, Json] = {
            "document_number": grant.number,
            "seafarer_id": grant.seafarer_id,
            "issuing_country": self._settings.flag,
            "issuing_authority": self._settings.authority_name,
            "issue_date": grant.today.isoformat(),
            "rule": rule_name(rule),
        }
        own |= {} if grant.reporter is None else {"reporter": grant.reporter}
        own |= {} if grant.provider is None else {"provider": grant.provider}
        if grant.asked in COPIED and grant.old is not None:
            return self._copied(grant, grant.old, own)
        if isinstance(content, str):
            raise Conflict(
                f"no certificate can be composed of {grant.found.grants}: {content}",
                hint="draft it by hand (ombord-issuer draft), and name it: --certificate NUMBER",
            )
        last = self._last(grant, content)
        return {
            **own,
            "type": content.type,
            **_stcw(rule, content),
            **_capacities(content, grant.limits),
            **({} if last is None else {"expiry_date": last.isoformat()}),
            **_accepted(content),
            "remarks": _remarks(rule, content, None if content.capacities else grant.limits),
        }

    def _copied(self, grant: Grant, old: Row[Any], own: Mapping[str, Json]) -> dict[str, Json]:
        """The same rights anew; where the law has one renewal for all, by the rule that gave them."""
        before = {
            name: value
            for name, value in json.loads(old.claims).items()
            if name not in _OWN and name not in HOLDER_CLAIMS
        }
        term = grant.found.term.last if grant.found.term else None
        if grant.asked is Asked.LOST or grant.found.rule.validity is not None:
            _refuse_longer(grant.until, term)
        last = grant.until or term
        ends: dict[str, Json] = {} if last is None else {"expiry_date": last.isoformat()}
        proves: dict[str, Json] = {} if grant.found.rule.is_grant else {"rule": old.rule}
        return {**before, **own, **proves, "type": old.type, "replaces": old.document_number, **ends}

    def _last(self, grant: Grant, content: CertificateContent) -> date | None:
        """By the law, or by what is written beside it; without either a person says it."""
        validity = grant.found.rule.validity
        if grant.until is not None:
            if validity is not None:
                at_latest = grant.found.outcome.valid_until
                _refuse_longer(grant.until, term_of(validity, grant.today, at_latest=at_latest).last)
            return grant.until
        if validity is None and content.valid is None:
            raise Conflict(
                f"neither the law nor its certificates file says how long {grant.found.grants} is good",
                hint="decide it with its last day: --until DATE",
            )
        if validity is None and content.valid is not None:
            return content.valid.after(grant.today)
        return term_of(validity, grant.today, at_latest=grant.found.outcome.valid_until).last


def _refuse_longer(until: date | None, last: date | None) -> None:
    """A person may say less than the law gives, not more."""
    if until is not None and last is not None and until > last:
        raise InvalidInput(
            f"it is good until {last} at the latest, not until {until}",
            hint="leave --until out, or say an earlier day",
        )


def _stcw(rule: Rule, content: CertificateContent) -> dict[str, Json]:
    """The Convention's regulation is data that nobody compared: it stands where the form needs it."""
    needs = "stcw_code" in REQUIRED.get(CertificateType(content.type), ())
    return {"stcw_code": list(rule.stcw)} if needs else {}


def _capacities(content: CertificateContent, more: Limits | None) -> dict[str, Json]:
    found: dict[str, Json] = {}
    capacities: list[Json] = [
        {"capacity_code": code, **_limited({**limits, **(more or {})})} for code, limits in content.capacities
    ]
    functions: list[Json] = [
        {"code": code, "level": level, **_limited(more or {})} for code, level in content.functions
    ]
    if functions:
        found["functions"] = functions
    if capacities:
        found["capacities"] = capacities
    return found


def _limited(limits: Limits) -> dict[str, Json]:
    return {"limitations": plain_limits(limits)} if limits else {}


def plain_limits(limits: Limits) -> dict[str, Json]:
    """Limitations as JSON."""
    return {name: value if isinstance(value, int | str) else list(value) for name, value in limits.items()}


def _accepted(content: CertificateContent) -> dict[str, Json]:
    scope: dict[str, Json] = {}
    if content.flags:
        scope["flags"] = list(content.flags)
    if content.areas:
        scope["areas"] = list(content.areas)
    return {"acceptance": scope} if scope else {}


def _remarks(rule: Rule, content: CertificateContent, limits: Limits | None) -> str:
    """What is granted, in the law's own language and in English (SFS 2011:1533, 6 kap. 4 §), and by what."""
    names = content.title or rule.names
    titles = list(dict.fromkeys(names.values()))
    said = f"{' / '.join(titles)} ({rule.act.id}, {rule.ref})"
    if not limits:
        return said
    shown = "; ".join(f"{name}: {value}" for name, value in limits.items())
    return f"{said}. Limited: {shown}"
