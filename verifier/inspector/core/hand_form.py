"""The form for a certificate seen only on paper: from what was typed to a `HandEntry`, with every mistake."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from verifier.credential.model import (
    ALWAYS_EXPIRES,
    CapacityGrant,
    CertificateType,
    InvalidCertificate,
    Limitations,
)
from verifier.inspection.by_hand import HandEntry
from verifier.inspection.ship import MOST_SIZE
from verifier.inspector import texts_crew as texts
from verifier.inspector.core import typed
from verifier.inspector.core.typed import Form, Mistake, Mistyped, Reader
from verifier.remarks import add_months
from verifier.ui import titles
from verifier.ui.words import Words

# What a seafarer may carry on paper; a pass exists as a code alone, and the ship's manning is no person's.
TYPES: Final = tuple(
    kind for kind in CertificateType if kind not in (CertificateType.PASS, CertificateType.SAFE_MANNING)
)
YOUNGEST_MONTHS: Final = 15 * 12  # nobody younger works on a ship (MLC 2006 A1.1: 16)
MOST_REGULATIONS: Final = 12
DAYS: Final = ("birth_date", "issue_date", "expiry_date")
_REGULATION: Final = re.compile(r"[IV]{1,4}/[0-9]{1,2}(?:-[0-9]{1,2}){0,2}\Z", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTyped(Form):
    """The form's fields as they stand."""

    name: str = ""
    birth_date: str = ""
    type: str = ""
    document_number: str = ""
    issuing_country: str = ""
    capacity: str = ""
    regulations: str = ""
    issue_date: str = ""
    expiry_date: str = ""
    max_gt: str = ""
    max_kw: str = ""


class PaperRead(NamedTuple):
    """What the form amounts to: an entry, or mistakes by field."""

    entry: HandEntry | None
    mistakes: Mapping[str, Mistake]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFormState:
    """The paper screen: each field's complaint, or how its day was understood."""

    typed: PaperTyped
    complaints: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)


def read(form: PaperTyped, *, today: date) -> PaperRead:
    """The certificate that was typed in; name, birth date, type, number and flag are needed."""
    reader = Reader()
    name = reader.read("name", lambda: _needed(typed.text(form.name)))
    born = reader.read("birth_date", lambda: _born(form.birth_date, today))
    kind = reader.read("type", lambda: _type(form.type))
    number = reader.read("document_number", lambda: _needed(typed.text(form.document_number, most=60)))
    country = reader.read("issuing_country", lambda: _needed(typed.flag(form.issuing_country)))
    regulations = reader.read("regulations", lambda: _regulations(form.regulations))
    issued = reader.read("issue_date", lambda: typed.day(form.issue_date, latest=today))
    last = reader.read("expiry_date", lambda: _last_day(form.expiry_date, issued, kind))
    gt = reader.read("max_gt", lambda: typed.number(form.max_gt, MOST_SIZE))
    kw = reader.read("max_kw", lambda: typed.number(form.max_kw, MOST_SIZE))
    if reader.mistakes or name is None or kind is None or number is None or country is None:
        return PaperRead(None, reader.mistakes)
    try:
        entry = HandEntry(
            type=kind,
            document_number=number,
            issuing_country=country,
            name=name,
            birth_date=born,
            capacities=(CapacityGrant(form.capacity),) if form.capacity else (),
            stcw_code=regulations or (),
            issue_date=issued,
            expiry_date=last,
            limitations=None if gt is None and kw is None else Limitations(max_gt=gt, max_kw=kw),
        )
    except InvalidCertificate as error:
        where = error.claim if error.claim in PaperTyped.__dataclass_fields__ else "document_number"
        return PaperRead(None, {where: Mistake(texts.NO_PAPER, {"problem": error.problem})})
    return PaperRead(entry, {})


def state(
    form: PaperTyped, *, today: date, say: Words, shown: frozenset[str] | None = None
) -> PaperFormState:
    """The form with its complaints; of a field not in `shown` nothing is said yet."""
    found = read(form, today=today)
    return PaperFormState(
        typed=form,
        complaints=typed.complaints(found.mistakes, say, shown),
        readings=typed.days_read(form, DAYS, say),
    )


def type_titles(say: Words) -> Mapping[str, str]:
    """The types to choose from."""
    return {kind.value: titles.document(kind, say) for kind in TYPES}


def _needed(value: str | None) -> str:
    if value is None:
        raise Mistyped(texts.NEEDED)
    return value


def _type(code: str) -> CertificateType:
    found = next((kind for kind in TYPES if kind.value == code), None)
    if found is None:
        raise Mistyped(texts.NEEDED)
    return found


def _born(text: str, today: date) -> date:
    born = typed.day(text, latest=today)
    if born is None:
        raise Mistyped(texts.NEEDED)
    if add_months(born, YOUNGEST_MONTHS) > today:
        raise Mistyped(texts.BORN_TOO_LATE)
    return born


def _regulations(text: str) -> tuple[str, ...]:
    line = typed.text(text)
    if line is None:
        return ()
    found = tuple(dict.fromkeys(line.upper().replace(",", " ").replace(";", " ").split()))
    if len(found) > MOST_REGULATIONS or not all(map(_REGULATION.match, found)):
        raise Mistyped(texts.NO_REGULATION)
    return found


def _last_day(text: str, issued: date | None, kind: CertificateType | None) -> date | None:
    last = typed.day(text)
    if last is None and kind in ALWAYS_EXPIRES:
        raise Mistyped(texts.ALWAYS_ENDS)
    if last is not None and issued is not None and last < issued:
        raise Mistyped(texts.ENDS_BEFORE_ISSUE)
    return last
