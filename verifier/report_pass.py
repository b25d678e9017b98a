"""A verdict on a pass as the inspector reads it: what does not count comes first, by its number."""

from collections.abc import Iterator
from typing import Final

from verifier import entitlement, report
from verifier.credential import schemas
from verifier.credential.model import Certificate
from verifier.credential.sea_pass import Pass
from verifier.verdict import (
    HEADLINE_OF,
    ROWS,
    Assessment,
    Check,
    Headline,
    Standing,
    Verdict,
    badness,
    deciding,
    standing,
    standing_of,
)

_SIGN: Final = {Standing.VALID: "ok", Standing.REJECTED: "no", Standing.UNDETERMINED: "?"}
_FRESH: Final = "it counts no more; ask for a fresh pass (the wallet's Sync), or for each certificate alone"
_OTHERS: Final = (
    "what is marked no or ? does not count, the others do; compare the holder's identity document"
)


def headline(verdict: Verdict) -> str:
    """The headline, and whom it is about: the whole pass, or which of its certificates."""
    count = len(verdict.members)
    total = "1 certificate" if count == 1 else f"{count} certificates"
    if verdict.headline is Headline.VALID:
        return f"{verdict.headline}: pass with {total}"
    if _of_all(verdict) is verdict.headline:
        return f"{verdict.headline}: the whole pass"
    bad = [_certificate(one) for one in verdict.members if one.headline is verdict.headline]
    more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
    return f"{verdict.headline}: {report.escaped(bad[0].document_number)}{more} of {total} in this pass"


def lines(verdict: Verdict, sea_pass: Pass, person: Assessment | None, test: bool) -> Iterator[str]:
    """What is against all of it, whose it is, its certificates with the worst first, and what to do."""
    common = _common(verdict)
    yield from report.reasons(common)
    yield from report.holder_lines(sea_pass.holder)
    yield report.line("issued by", f"{sea_pass.issuing_authority} ({sea_pass.issuing_country})")
    yield report.line("signed", f"{sea_pass.issued_at:%Y-%m-%d %H:%M} UTC, as of when all in it was valid")
    yield report.line("certificates", _counts(verdict))
    for member in sorted(verdict.members, key=badness, reverse=True):
        yield from _member_lines(member, common, person)
    yield from report.basis_lines(verdict, test)
    yield report.line("next", _next(verdict, common, person))


def _next(verdict: Verdict, common: list[Check], person: Assessment | None) -> str:
    """What the inspector does now: about all of it if all is bad, else about what is left."""
    if standing_of(common) is not Standing.VALID:
        found = _of_all(verdict) or verdict.headline
        if found is Headline.UNKNOWN_ISSUER:  # its issuer is known: it was read
            return report.UNCOVERED
        return _FRESH if found is Headline.EXPIRED else report.NEXT[found]
    bad = [one for one in verdict.members if standing(one) is not Standing.VALID]
    if any(person is None or not report.excuses(person, one) for one in bad):
        return _OTHERS
    return report.NEXT[Headline.VALID if bad else verdict.headline]


def _common(verdict: Verdict) -> list[Check]:
    """What is against the pass, or against each certificate in it alike: said once."""
    own, (first, *others) = report.against(verdict.checks), verdict.members
    alike = [
        one
        for one in report.against(first.checks)
        if one not in own and all(one in other.checks for other in others)
    ]
    return sorted([*own, *alike], key=lambda one: ROWS.index(one.row))


def _of_all(verdict: Verdict) -> Headline | None:
    """The headline of what is against all of the pass alike, if anything is."""
    check = deciding(_common(verdict))
    return None if check is None else HEADLINE_OF[check.row]


def _member_lines(member: Verdict, common: list[Check], person: Assessment | None) -> Iterator[str]:
    """Headline and certificate, what is against it and not against all, what it entitles to."""
    certificate = _certificate(member)
    sign = "!" if member.headline is Headline.VALID_WITH_REMARK else _SIGN[standing(member)]
    named = f"{certificate.document_number} {schemas.title(certificate.type)}"
    yield f"  {sign:>2} {member.headline}: {report.escaped(named)}"
    against = [check for check in report.against(member.checks) if check not in common]
    for one in report.reasons(against):
        yield f"   {one}"
    facts = [f"{label} {text}" for label, text in entitlement.lines(certificate)]
    yield f"        {report.escaped('; '.join([*facts, f'valid {report.period(certificate)}']))}"
    if standing_of(against) is not Standing.VALID:
        yield f"        next: {report.advice(member, person)}"


def _counts(verdict: Verdict) -> str:
    """How many there are, and how many of them do not count."""
    standings = [standing(one) for one in verdict.members]
    remarked = sum(one.headline is Headline.VALID_WITH_REMARK for one in verdict.members)
    parts = [
        (standings.count(Standing.REJECTED), "NOT good"),
        (standings.count(Standing.UNDETERMINED), "NOT judged"),
        (remarked, "good with a remark"),
        (standings.count(Standing.VALID) - remarked, "good"),
    ]
    return f"{len(standings)} in all: " + ", ".join(f"{count} {what}" for count, what in parts if count)


def _certificate(member: Verdict) -> Certificate:
    if member.credential is None:
        raise ValueError("a verdict on a pass is on a certificate in each of its members")
    return member.credential.certificate
