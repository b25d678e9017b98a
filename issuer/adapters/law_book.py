"""All that cases are decided by, read once: law, evidence policies, certificates, fees, practice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from issuer.adapters import law_files
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.law import Law
from issuer.rules.reading.case_practice import Practice, practice_of
from issuer.rules.reading.certificate_content import CertificateContents, contents_of
from issuer.rules.reading.entry import LawError
from issuer.rules.reading.evidence_file import policy_of
from issuer.rules.reading.fee_schedule import Fees, fees_of

RULES: Final = law_files.ACTS.parent
_OfCountry = TypeVar("_OfCountry", CertificateContents, Fees, Practice)


class LawText(NamedTuple):
    """A file as it was read: what a decision is replayed by, years later."""

    digest: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LawBook:
    """By country, but for the law itself and the files of acts, which are by their versions."""

    law: Law
    acts: Mapping[str, LawText]
    policies: Mapping[str, EvidencePolicy]
    policy_texts: Mapping[str, LawText]
    contents: Mapping[str, CertificateContents]
    fees: Mapping[str, Fees]
    practice: Mapping[str, Practice]


@cache
def law_book(rules: Path = RULES) -> LawBook:
    """Everything under a folder of rules. Raises LawError for the first file that cannot be used."""
    acts = (_text(path, rules) for path in sorted((rules / "acts").rglob("*.yaml")))
    policy_files = [_text(path, rules) for path in sorted((rules / "policies").glob("*.yaml"))]
    policies = [(text, *policy_of(text.content, text.name)) for text in policy_files]
    return LawBook(
        law=law_files.load(rules / "acts"),
        acts={one.digest: one for one in acts},
        policies={country: policy for _, country, policy in policies},
        policy_texts={country: text for text, country, _ in policies},
        contents=_by_country(rules / "certificates", contents_of),
        fees=_by_country(rules / "fees", fees_of),
        practice=_by_country(rules / "practice", practice_of),
    )


def _by_country(folder: Path, read: Callable[[bytes, str], _OfCountry]) -> dict[str, _OfCountry]:
    texts = (_text(path, folder.parent) for path in sorted(folder.glob("*.yaml")))
    return {one.country: one for one in (read(text.content, text.name) for text in texts)}


def _text(path: Path, rules: Path) -> LawText:
    name = path.relative_to(rules).as_posix()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LawError(name, 1, "", f"it cannot be read: {error.strerror}") from error
    return LawText(sha256(content).hexdigest(), name, content)
