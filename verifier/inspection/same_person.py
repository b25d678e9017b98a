"""Row P1: is all that was shown one person's, and this person's? Names, birth date, photo, phones."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from verifier.credential.model import Credential, Holder
from verifier.inspection.identity import Answer, Document, Identity, Match, NameMatch, compare_names
from verifier.inspection.shown import (
    FAIL,
    HOLDS,
    PASS,
    REMARK,
    UNKNOWN,
    Finding,
    Point,
    Shown,
    ends,
    ends_by,
    left_open,
    passes,
    point,
    texts,
    worst_of,
)
from verifier.verdict import Headline
from verifier.wording import Joined, text

_ROW: Final = "P1"
_OTHER: Final = Headline.NOT_THE_SAME_PERSON
_HEADLINES: Final = {FAIL: _OTHER, UNKNOWN: Headline.UNCONFIRMED, REMARK: Headline.REMARK}
_SAME: Final = (NameMatch.SAME, NameMatch.TRANSLITERATION)
_BY: Final = {
    NameMatch.ONE_LETTER: "the name differs by one letter ({}; the certificate has {})",
    NameMatch.PARTLY: "the name differs in part ({}; the certificate has {})",
    NameMatch.DIFFERENT: "the name differs altogether ({}; the certificate has {})",
}
_ONLY_WITH_REASON: Final = "{}: the same person only with a reason that you have seen"
_TWO_NAMES: Final = "the certificates name {} and {}: compare with the identity document, and give the reason"
_TWO_NAMES_EXPLAINED: Final = "the certificates name {} and {}: {}"
_BIRTH_DIFFERS: Final = "the birth date differs ({}; the certificates have {})"


class _Question(NamedTuple):
    """What is said of an answer of the inspector's, or of none."""

    unanswered: str
    no_match: str
    explained: str


_NAME: Final = _Question(
    "whether the name matches was not answered", "the name does not match", "the name differs: {}"
)
_BIRTH: Final = _Question(
    "whether the birth date matches was not answered",
    "the birth date does not match",
    "the birth date differs: {}",
)
_PHOTO: Final = _Question(
    "whether the photo matches was not answered", "the photo does not match", "the photo differs: {}"
)
_NAMES: Final = {
    Document.PASSPORT: "the passport",
    Document.SEAFARERS_IDENTITY: "the seafarer's identity document",
    Document.OTHER: "the identity document",
}


def row(shown: Shown, apart: str | None, identity: Identity | None) -> Finding:
    """P1 by what the certificates say of each other (`apart`), and by the inspector's comparison."""
    if apart is not None:
        reason = "what was shown is not one person's: {}; check each person alone"
        return ends(_ROW, FAIL, _OTHER, reason, text(apart))
    holders = list(dict.fromkeys(one.certificate.holder for one in shown.credentials))
    points = list(_names_among(holders, None if identity is None else identity.name_answer))
    if identity is None:
        if worst_of(points) is UNKNOWN:
            return ends_by(points, _ROW, UNKNOWN, Headline.UNCONFIRMED)
        return left_open(_ROW, "the holder was not compared with an identity document")
    if not holders:
        return left_open(_ROW, "nothing shown says whose it is")
    if identity.document is Document.NONE:
        return ends(_ROW, UNKNOWN, Headline.UNCONFIRMED, "no identity document was at hand to compare with")
    points += [*_name(holders, identity), *_birth(holders, identity), _photo(identity)]
    return _conclude(points, _NAMES[identity.document])


def apart_from_each_other(shown: Sequence[Credential]) -> str | None:
    """Why the credentials cannot be one person's, whatever the inspector sees; None where they can."""
    if len({one.certificate.holder.birth_date for one in shown}) > 1:
        return "the birth dates differ"
    seafarers = {(one.issuer, one.certificate.holder.seafarer_id) for one in shown}
    if len({issuer for issuer, _ in seafarers}) < len(seafarers):
        return "one authority knows them as different seafarers"
    if len({one.holder_key for one in shown if one.holder_key is not None}) > 1:
        return "they are bound to different phones"
    return None


def _conclude(points: Sequence[Point], document: str) -> Finding:
    outcome = worst_of(points)
    if outcome is PASS:
        return passes(_ROW, "name, birth date and photo match {}", text(document))
    found = Joined(texts(points, outcome))
    return ends(_ROW, outcome, _HEADLINES[outcome], "{}: {}", text(document), found)


def _names_among(holders: Sequence[Holder], answer: Answer | None) -> Iterator[Point]:
    """Names on the certificates that differ by more than transliteration: only the inspector can tell why."""
    for other in holders[1:]:
        if compare_names(holders[0], other.full_name) not in _SAME:
            both = holders[0].full_name, other.full_name
            if answer is not None and answer.match is Match.DIFFERS_WITH_REASON:
                yield point(REMARK, _TWO_NAMES_EXPLAINED, *both, answer.reason)
            else:
                yield point(UNKNOWN, _TWO_NAMES, *both)


def _name(holders: Sequence[Holder], identity: Identity) -> Iterator[Point]:
    """The typed name against each certificate's; a changed name is never excused automatically."""
    answer = identity.name_answer
    if identity.name is None or (answer is not None and answer.match is Match.DIFFERS):
        yield _answered(_NAME, answer, excusable=True)
        return
    for holder in holders:
        found = compare_names(holder, identity.name)
        if found in _SAME:
            continue
        said = text(_BY[found], identity.name, holder.full_name)
        if answer is not None and answer.match is Match.DIFFERS_WITH_REASON:
            yield point(REMARK, "{}: {}", said, answer.reason)
        elif found is NameMatch.DIFFERENT:
            yield Point(FAIL, said)
        else:
            yield point(UNKNOWN, _ONLY_WITH_REASON, said)


def _birth(holders: Sequence[Holder], identity: Identity) -> Iterator[Point]:
    """The birth date, which no reason makes another's."""
    if identity.birth_date is None:
        yield _answered(_BIRTH, identity.birth_answer, excusable=False)
    elif any(holder.birth_date != identity.birth_date for holder in holders):
        born = ", ".join(sorted({str(holder.birth_date) for holder in holders}))
        yield point(FAIL, _BIRTH_DIFFERS, identity.birth_date, born)


def _photo(identity: Identity) -> Point:
    return _answered(_PHOTO, identity.photo, excusable=False)


def _answered(question: _Question, answer: Answer | None, *, excusable: bool) -> Point:
    if answer is None:
        return point(UNKNOWN, question.unanswered)
    if answer.match is Match.MATCHES:
        return HOLDS
    if answer.match is Match.DIFFERS:
        return point(FAIL, question.no_match)
    return point(REMARK if excusable else UNKNOWN, question.explained, answer.reason)
