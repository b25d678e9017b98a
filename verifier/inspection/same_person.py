"""Row P1: is all that was shown one person's, and this person's? Names, birth date, photo, phones."""

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.credential.model import Credential, Holder
from verifier.inspection.identity import Answer, Document, Identity, Match, NameMatch, compare_names
from verifier.inspection.shown import (
    FAIL,
    PASS,
    REMARK,
    UNKNOWN,
    Finding,
    Point,
    Shown,
    ends,
    left_open,
    passes,
    texts,
    worst_of,
)
from verifier.verdict import Headline

_ROW: Final = "P1"
_OTHER: Final = Headline.NOT_THE_SAME_PERSON
_SAME: Final = (NameMatch.SAME, NameMatch.TRANSLITERATION)
_BY: Final = {
    NameMatch.ONE_LETTER: "by one letter",
    NameMatch.PARTLY: "in part",
    NameMatch.DIFFERENT: "altogether",
}
_NAMES: Final = {
    Document.PASSPORT: "the passport",
    Document.SEAFARERS_IDENTITY: "the seafarer's identity document",
    Document.OTHER: "the identity document",
}


def row(shown: Shown, apart: str | None, identity: Identity | None) -> Finding:
    """P1 by what the certificates say of each other (`apart`), and by the inspector's comparison."""
    if apart is not None:
        reason = "what was shown is not one person's: {}; check each person alone"
        return ends(_ROW, FAIL, _OTHER, reason, apart)
    holders = list(dict.fromkeys(one.certificate.holder for one in shown.credentials))
    points = list(_names_among(holders, None if identity is None else identity.name_answer))
    if identity is None:
        if worst_of(points) is UNKNOWN:
            return ends(_ROW, UNKNOWN, Headline.UNCONFIRMED, "{}", texts(points, UNKNOWN))
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
    if outcome is FAIL:
        return ends(_ROW, FAIL, _OTHER, "{}: {}", document, texts(points, FAIL))
    if outcome is UNKNOWN:
        return ends(_ROW, UNKNOWN, Headline.UNCONFIRMED, "{}: {}", document, texts(points, UNKNOWN))
    if outcome is REMARK:
        return ends(_ROW, REMARK, Headline.REMARK, "{}: {}", document, texts(points, REMARK))
    return passes(_ROW, f"name, birth date and photo match {document}")


def _names_among(holders: Sequence[Holder], answer: Answer | None) -> Iterator[Point]:
    """Names on the certificates that differ by more than transliteration: only the inspector can tell why."""
    for other in holders[1:]:
        if compare_names(holders[0], other.full_name) not in _SAME:
            both = f"the certificates name {holders[0].full_name} and {other.full_name}"
            if answer is not None and answer.match is Match.DIFFERS_WITH_REASON:
                yield Point(REMARK, f"{both}: {answer.reason}")
            else:
                yield Point(UNKNOWN, f"{both}: compare with the identity document, and give the reason")


def _name(holders: Sequence[Holder], identity: Identity) -> Iterator[Point]:
    """The typed name against each certificate's; a changed name is never excused automatically."""
    answer = identity.name_answer
    if identity.name is None or (answer is not None and answer.match is Match.DIFFERS):
        yield _answered("name", answer, excusable=True)
        return
    for holder in holders:
        found = compare_names(holder, identity.name)
        if found in _SAME:
            continue
        said = f"the name differs {_BY[found]} ({identity.name}; the certificate has {holder.full_name})"
        if answer is not None and answer.match is Match.DIFFERS_WITH_REASON:
            yield Point(REMARK, f"{said}: {answer.reason}")
        elif found is NameMatch.DIFFERENT:
            yield Point(FAIL, said)
        else:
            yield Point(UNKNOWN, f"{said}: the same person only with a reason that you have seen")


def _birth(holders: Sequence[Holder], identity: Identity) -> Iterator[Point]:
    """The birth date, which no reason makes another's."""
    if identity.birth_date is None:
        yield _answered("birth date", identity.birth_answer, excusable=False)
    elif any(holder.birth_date != identity.birth_date for holder in holders):
        born = ", ".join(sorted({str(holder.birth_date) for holder in holders}))
        yield Point(FAIL, f"the birth date differs ({identity.birth_date}; the certificates have {born})")


def _photo(identity: Identity) -> Point:
    return _answered("photo", identity.photo, excusable=False)


def _answered(what: str, answer: Answer | None, *, excusable: bool) -> Point:
    if answer is None:
        return Point(UNKNOWN, f"whether the {what} matches was not answered")
    if answer.match is Match.MATCHES:
        return Point(PASS, "")
    if answer.match is Match.DIFFERS:
        return Point(FAIL, f"the {what} does not match")
    return Point(REMARK if excusable else UNKNOWN, f"the {what} differs: {answer.reason}")
