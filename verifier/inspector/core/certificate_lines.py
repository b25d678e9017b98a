"""A certificate line by line: whom it is about, what it says, and what the verdict on it rests on."""

from collections.abc import Iterator

from verifier import entitlement, wording
from verifier.credential.icao import NotLatin
from verifier.credential.model import Certificate, Holder
from verifier.inspector import texts
from verifier.inspector.core import trust_view
from verifier.inspector.core.saying import reason, sentence
from verifier.inspector.core.verdict_state import Line, Person
from verifier.report import escaped
from verifier.ui import titles
from verifier.ui.words import Words
from verifier.verdict import Outcome, ReliedOn, Verdict


def person(holder: Holder, say: Words) -> Person:
    """Whom a certificate is about."""
    try:
        passport_name = holder.mrz_name
    except NotLatin:
        passport_name = ""
    return Person(
        name=escaped(holder.full_name),
        native=escaped(holder.native_name or ""),
        passport_name=passport_name,
        born=say.day(holder.birth_date),
    )


def lines(certificate: Certificate, say: Words) -> Iterator[Line]:
    """What it is, and all that it entitles to."""
    yield Line(say(texts.CERTIFICATE), titles.document(certificate.type, say))
    yield Line(say(texts.NUMBER), escaped(certificate.document_number))
    issued = f"{escaped(certificate.issuing_authority)} ({titles.country(certificate.issuing_country, say)})"
    yield Line(say(texts.ISSUED_BY), issued)
    yield Line(say(texts.VALID_FROM_TO), period(certificate, say))
    for label, text in entitlement.lines(certificate):
        said = wording.in_words(text, say, lambda value: titles.quoted(value, say, escaped))
        yield Line(sentence(say(label)).rstrip("."), said)


def period(certificate: Certificate, say: Words) -> str:
    """From its first day to its last."""
    first, end = say.day(certificate.issue_date), certificate.expiry_date
    if end is None:
        return say(texts.PERIOD_OPEN, first=first)
    return say(texts.PERIOD, first=first, last=say.day(end))


def basis(relied_on: ReliedOn, verdict: Verdict, say: Words) -> Iterator[Line]:
    """What the verdict rests on, and how old each part is."""
    time, published = relied_on.time, relied_on.directory_published_at
    age = trust_view.age(time - published, say)
    yield Line(say(texts.TRUST_DATA), say(texts.OF_DAY, date=say.day(published.date()), age=age))
    if relied_on.status_as_of is not None:
        as_of = relied_on.status_as_of
        age = trust_view.age(time - as_of, say)
        yield Line(say(texts.STATUS), say(texts.AS_OF, date=say.day(as_of.date()), age=age))
    proof = next((one for one in verdict.checks if one.row == "C13"), None)
    if proof is not None and proof.outcome is Outcome.PASS:
        yield Line(say(texts.PROOF), reason(proof, say))
    yield Line(say(texts.POLICY), say(texts.POLICIES.get(relied_on.policy, relied_on.policy)))
    if relied_on.pack is not None:
        yield Line(say(texts.SEA_PACK), relied_on.pack)
    yield Line(say(texts.CHECKED_AT), say.moment(time))
