"""Port-state-control deficiency codes that a finding suggests: proposals; the inspector decides."""

import os.path
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from verifier.credential.model import CertificateType
from verifier.entitlement import Code
from verifier.wording import NOTHING, Joined, Text, text

if TYPE_CHECKING:
    from verifier.inspection.persons import Person, Problem, Shortfall

_FILE: Final = "deficiencies.yaml"


class Deficiency(NamedTuple):
    """A code, what it is for, and what suggests it; `verified` once read in an official table."""

    code: str
    title: str
    because: Text
    verified: bool = False


def propose(
    shortfalls: Sequence["Shortfall"], problems: Sequence["Problem"], persons: Sequence["Person"] = ()
) -> tuple[Deficiency, ...]:
    """A proposal for each code that something suggests, by number; what suggests it stands with it."""
    data = _data()
    because: dict[str, list[Text]] = {}
    for shortfall in shortfalls:
        post = Code("capacities", shortfall.post.capacity_code)
        missing = text("{} {} missing", shortfall.missing, post)
        because.setdefault(data["shortfall"], []).append(missing)
    for problem in problems:
        code = data["headlines"].get(problem.headline)
        if code is not None:
            because.setdefault(code, []).append(text("{}: {}", problem.person, _headline(problem.headline)))
    for one in persons:
        for code, what in _of_person(one, data):
            because.setdefault(code, []).append(what)
    return tuple(_deficiency(code, because[code]) for code in sorted(because))


def codes() -> Mapping[str, Deficiency]:
    """Every code that may be proposed, by its number."""
    return {
        row["code"]: Deficiency(row["code"], row["title"], NOTHING, row["verified"])
        for row in _data()["codes"]
    }


def _of_person(person: "Person", data: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    """By the types and regulations of what was shown and rejected."""
    from verifier.verdict import Rejected

    lifted = frozenset() if person.assessment is None else person.assessment.lifted
    for verdict in (each for shown in person.verdicts for each in shown.members or (shown,)):
        if not isinstance(verdict, Rejected) or verdict.credential is None:
            continue
        certificate = verdict.credential.certificate
        if certificate.certificate_id in lifted:
            continue
        what = text("{}: {} {}", person.label, certificate.document_number, verdict.headline)
        suggested = [data["regulations"].get(code) for code in certificate.stcw_code]
        by_type = data["types"].get(certificate.type.value)
        if certificate.type is CertificateType.PROFICIENCY or by_type is None:
            yield from ((code, what) for code in dict.fromkeys(suggested) if code is not None)
        else:
            yield by_type, what


def _deficiency(code: str, because: Sequence[Text]) -> Deficiency:
    known = codes()[code]
    return known._replace(because=Joined(tuple(because)))


def _headline(name: str) -> str:
    """One of the table's headlines as such, so that it is said in the reader's language."""
    from verifier.verdict import Headline

    return Headline(name) if name in Headline.__members__.values() else name


@cache
def _data() -> Mapping[str, Any]:
    from verifier.settings_file import entries

    with open(os.path.join(os.path.dirname(__file__), _FILE), "rb") as file:
        found = entries(file.read())
    names = ("codes", "headlines", "types", "regulations", "shortfall")
    return {name: found.take(name) for name in names}
