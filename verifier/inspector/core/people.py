"""Persons found in what was shown: of one scan, of a crew, and whom a paper belongs to."""

from datetime import date

from verifier.inspection.crew import Person
from verifier.inspector.core import crew as crews
from verifier.inspector.core.crew import Roll
from verifier.inspector.core.evidence import Shown
from verifier.inspector.core.whose import seafarers
from verifier.verdict import Verdict


def person_of(shown: Shown, label: str) -> Person:
    """What one scan brought as one person: what does not fit together, row P1 says."""
    found = crews.persons(Roll((crews.Scan(b"", shown.verdicts, (None,) * len(shown.verdicts)),)), label)
    name = found[0].label if found else label.format(n=1)
    return Person(label=name, verdicts=shown.verdicts)


def name_and_birth(person: Person) -> tuple[str, date | None]:
    """What a paper of the same person will say, where it is known."""
    for verdict in crews.certificates(person):
        if verdict.credential is not None:
            holder = verdict.credential.certificate.holder
            return holder.full_name, holder.birth_date
    return (person.entries[0].name, person.entries[0].birth_date) if person.entries else ("", None)


def whose(people: tuple[Person, ...], verdicts: tuple[Verdict, ...]) -> Person | None:
    """Whom what was just shown is of."""
    shown = seafarers(verdicts)
    for person in people:
        if any(one in verdicts for one in person.verdicts) or shown & seafarers(person.verdicts):
            return person
    return None
