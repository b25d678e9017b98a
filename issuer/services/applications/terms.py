"""From when to when a certificate is good that takes another's place: anew, or to the lost one's end."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from issuer.domain.applications import Asked
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome
from issuer.rules.reading.certificate_content import CertificateContent
from issuer.rules.term import Term, term_of


def copied_term(
    asked: Asked, rule: Rule, outcome: Outcome, content: CertificateContent | str, old: Row[Any], today: date
) -> Term:
    """If it is granted today. Renewed in its last months, it loses no day (SFS 2011:1533, 6 kap. 2 §).

    Where neither the law nor the certificates file says a period, as long as the old one was good.
    """
    end = None if old.expiry_date is None else date.fromisoformat(old.expiry_date)
    if asked is Asked.LOST:
        return Term(today, end)
    if rule.validity is not None:
        return term_of(rule.validity, today, previous_last=end, at_latest=outcome.valid_until)
    if isinstance(content, CertificateContent) and content.valid is not None:
        return Term(today, content.valid.after(today))
    first = json.loads(old.claims).get("issue_date")
    if end is None or first is None:
        return Term(today, None)
    return Term(today, today + (end - date.fromisoformat(str(first))))


def term_form(term: Term | None) -> Mapping[str, str | None] | None:
    """As JSON; a last day of null: until further notice."""
    if term is None:
        return None
    return {"first": term.first.isoformat(), "last": None if term.last is None else term.last.isoformat()}
