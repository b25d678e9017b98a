"""A verdict as the inspector reads it. Shows signed data only."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from keys.trust.directory import Environment
from verifier import entitlement, marks
from verifier.credential import schemas
from verifier.credential.model import Certificate, CertificateType, Credential, Holder
from verifier.inspection.table import ADVICE
from verifier.verdict import (
    Assessment,
    Check,
    Headline,
    Outcome,
    ReliedOn,
    Standing,
    Valid,
    Verdict,
    standing,
)

if TYPE_CHECKING:
    from verifier.credential.safe_manning import SafeManning

_COLOUR: Final = {Standing.VALID: "30;42", Standing.REJECTED: "97;41", Standing.UNDETERMINED: "30;43"}
_AMBER_BAND: Final = "30;43"
_TEST_BAND: Final = "1;97;45"
SIGN: Final = {
    Outcome.PASS: "ok",
    Outcome.REMARK: "!",
    Outcome.FAIL: "no",
    Outcome.UNKNOWN: "?",
    Outcome.NOT_ASSESSED: "-",
}
_IMPORT: Final = "import a newer sea pack, then check again: ombord-verify pack import FILE"
NEXT: Final = {
    **ADVICE,
    Headline.UNKNOWN_ISSUER: _IMPORT + "; else ask the flag's authority",
    Headline.STATUS_UNKNOWN: _IMPORT,
}
UNCOVERED: Final = "choose a policy that covers this flag (--policy), or leave it to whom it concerns"
_EXCUSED: Final = "it still counts on this ship for now: see row P4 below"
_RENEWED: Final = "another one shown stands in for it: they are one certificate, renewed"
_SHIP: Final = "; on a voyage a medical certificate may have grace: describe the ship with --ship"


def escaped(text: object) -> str:
    """Text without control, bidirectional or zero-width characters: each is shown as its number instead.

    So are combining marks beyond those that a letter bears: they would cover other lines. A joiner stays
    within a word of Persian or one of India's scripts, which are spelt with it.
    """
    plain = str(text)
    flood = marks.beyond(plain)
    if plain.isprintable() and not flood:
        return plain
    shown = []
    for at, one in enumerate(plain):
        is_seen = one.isprintable() and at not in flood
        shown.append(one if is_seen or marks.joins(plain, at) else f"\\u{{{ord(one):04x}}}")
    return "".join(shown)


def as_text(
    verdicts: Sequence[Verdict], person: Assessment | None, *, environment: Environment, colour: bool
) -> str:
    """A verdict a paragraph: headline, reason, who and what, what it relied on, what to do next."""
    test = environment is Environment.TEST
    parts = []
    for verdict in verdicts:
        headline, lines = str(verdict.headline), _credential_lines(verdict, person, test)
        if verdict.sea_pass is not None:
            from verifier import report_pass  # for a pass alone

            headline = report_pass.headline(verdict)
            lines = report_pass.lines(verdict, verdict.sea_pass, person, test)
        banner = _banner(headline, standing(verdict), _remarked(verdict), test, colour)
        parts.append("\n".join([banner, *lines]))
    if person is not None:
        grace = person.headline in (Headline.GRACE, Headline.REMARK)
        title = f"PERSON ON THIS SHIP: {person.headline}"
        banner = _banner(title, person.standing, grace, test, colour)
        parts.append("\n".join([banner, *_person_lines(person)]))
    return "\n\n".join(parts)


def _remarked(verdict: Verdict) -> bool:
    return isinstance(verdict, Valid) and verdict.headline is Headline.VALID_WITH_REMARK


def _credential_lines(verdict: Verdict, person: Assessment | None, test: bool) -> Iterator[str]:
    yield from reasons(against(verdict.checks))
    if verdict.credential is not None:
        yield from _certificate_lines(verdict.credential)
    elif verdict.manning is not None:
        yield from _manning_lines(verdict.manning)
    elif verdict.outcome("C4") is Outcome.PASS:
        yield line("shown", "nothing of it is shown, since it cannot be read as a certificate")
    else:
        yield line("shown", "nothing of it is shown, since no known authority's signature vouches for it")
    yield from basis_lines(verdict, test)
    yield line("next", advice(verdict, person))


def against(checks: Iterable[Check]) -> list[Check]:
    """The checks that an inspector must see."""
    return [check for check in checks if check.outcome not in (Outcome.PASS, Outcome.NOT_ASSESSED)]


def basis_lines(verdict: Verdict, test: bool) -> Iterator[str]:
    """What the verdict rests on."""
    for label, part in zip(("relied on", "", "", "", ""), _basis(verdict.relied_on, test), strict=False):
        yield line(label, part)


def advice(verdict: Verdict, person: Assessment | None) -> str:
    """What the inspector does now; an expired medical certificate depends on the ship."""
    advice = NEXT[verdict.headline]
    if verdict.headline is Headline.UNKNOWN_ISSUER and verdict.outcome("C4") is Outcome.PASS:
        return UNCOVERED
    if person is not None and excuses(person, verdict):
        medical = verdict.credential is not None and _is_medical(verdict.credential)
        return _EXCUSED if medical else _RENEWED
    if person is not None or verdict.headline is not Headline.EXPIRED or verdict.credential is None:
        return advice
    return advice + _SHIP if _is_medical(verdict.credential) else advice


def excuses(person: Assessment, verdict: Verdict) -> bool:
    """Whether something shown with it excuses that this certificate is out of its days."""
    if verdict.headline not in (Headline.EXPIRED, Headline.NOT_YET_VALID) or verdict.credential is None:
        return False
    return verdict.credential.certificate.certificate_id in person.lifted


def _is_medical(credential: Credential) -> bool:
    return credential.certificate.type is CertificateType.MEDICAL


def _person_lines(person: Assessment) -> Iterator[str]:
    yield from reasons([check for check in person.checks if check.outcome is not Outcome.NOT_ASSESSED])
    left = [check.row for check in person.checks if check.outcome is Outcome.NOT_ASSESSED]
    if left:
        yield line("not assessed", ", ".join(left))
    yield line("all in all", person.overall.value)


def _banner(headline: str, value: Standing, remark: bool, test: bool, colour: bool) -> str:
    """The headline; what a test directory vouches for never looks like the real thing."""
    if not colour:
        return f"{headline} (TEST)" if test else headline
    band = f"\x1b[{_AMBER_BAND}m  \x1b[0m" if remark else ""
    rehearsal = f"\x1b[{_TEST_BAND}m TEST \x1b[0m" if test else ""
    return f"\x1b[1;{_COLOUR[value]}m {headline} \x1b[0m{band}{rehearsal}"


def reasons(checks: Iterable[Check]) -> Iterator[str]:
    """A line for each check."""
    for check in checks:
        yield f"  {SIGN[check.outcome]:>2} {check.row:<4} {escaped(check.reason)}"


def line(label: str, value: object) -> str:
    """A label and what it says, escaped."""
    return f"  {label:<13} {escaped(value)}"


def _certificate_lines(credential: Credential) -> Iterator[str]:
    certificate, holder = credential.certificate, credential.certificate.holder
    yield line("certificate", f"{schemas.title(certificate.type)} {certificate.document_number}")
    yield line("issued by", f"{certificate.issuing_authority} ({certificate.issuing_country})")
    yield from holder_lines(holder)
    for label, text in entitlement.lines(certificate):
        yield line(label, text)
    yield line("valid", period(certificate))


def _manning_lines(document: "SafeManning") -> Iterator[str]:
    """What a safe manning document demands, and of which ship."""
    vessel = document.vessel
    yield line("certificate", f"{schemas.title(document.type)} {document.document_number}")
    yield line("issued by", f"{document.issuing_authority} ({document.issuing_country})")
    yield line("ship", " IMO ".join(part for part in (vessel.name, vessel.imo) if part))
    for post in document.posts:
        also = f" or {', '.join(post.also)}" if post.also else ""
        under = f", each with {', '.join(post.regulations)}" if post.regulations else ""
        yield line("post", f"{post.count} x {post.capacity_code}{also}{under}")


def period(certificate: Certificate) -> str:
    """From its first day to its last."""
    end = "until further notice" if certificate.expiry_date is None else f"to {certificate.expiry_date}"
    return f"from {certificate.issue_date} {end}"


def holder_lines(holder: Holder) -> Iterator[str]:
    """Who holds it, also as the passport's machine-readable zone has the name."""
    name = holder.full_name if holder.native_name is None else f"{holder.full_name} ({holder.native_name})"
    yield line("holder", f"{name}, born {holder.birth_date}")
    yield line("passport name", _mrz(holder))


def _mrz(holder: Holder) -> str:
    from verifier.credential.icao import NotLatin

    try:
        return holder.mrz_name
    except NotLatin:
        return "-"


def _basis(relied_on: ReliedOn, test: bool) -> Iterator[str]:
    """What the verdict rests on, and how old each part is."""
    if test:
        yield "a TEST directory: this is a rehearsal, and certificates under it are not real"
    if relied_on.pack is not None:
        yield f"sea pack {relied_on.pack}, policy {relied_on.policy}"
    else:
        yield f"policy {relied_on.policy}"
    yield f"directory of {_aged(relied_on.directory_published_at, relied_on.time)}"
    if relied_on.status_as_of is not None:
        yield f"status as of {_aged(relied_on.status_as_of, relied_on.time)}"


def _aged(moment: datetime, now: datetime) -> str:
    days = (now - moment).days
    age = "today" if days < 1 else "1 day old" if days == 1 else f"{days} days old"
    return f"{date.isoformat(moment.date())} ({age})"
