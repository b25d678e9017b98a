"""Titles of certificates and of the codes in them, as people say them; unknown codes stay as they are."""

from collections.abc import Mapping
from typing import Final

from verifier.credential import codelists, schemas
from verifier.credential.codelists import Entry
from verifier.credential.model import Certificate, CertificateType, Limitations
from wallet_app.core.plain import shown

LANGUAGE: Final = "en"

# By regulation, longest match first; then by document type. Names are Lucide's.
_ICONS: Final = (
    ("III/6", "zap"),
    ("III/7", "zap"),
    ("III/", "cog"),
    ("II/", "compass"),
    ("IV/", "radio-tower"),
    ("V/1", "fuel"),
    ("V/2", "users"),
    ("V/3", "fuel"),
    ("V/4", "snowflake"),
    ("VI/1", "life-buoy"),
    ("VI/2", "ship"),
    ("VI/3", "flame"),
    ("VI/4", "briefcase-medical"),
    ("VI/5", "shield-check"),
    ("VI/6", "shield-check"),
)
_ICON_OF_TYPE: Final = {
    CertificateType.MEDICAL: "heart-pulse",
    CertificateType.MEDICAL_PERMIT: "heart-pulse",
    CertificateType.RECOGNITION: "stamp",
}


def document(kind: CertificateType) -> str:
    """What the document is called."""
    return schemas.title(kind, LANGUAGE)


def title(certificate: Certificate) -> str:
    """What tells a seafarer's certificates apart: the post, else the training, else the document's name."""
    if certificate.type in {CertificateType.MEDICAL, CertificateType.MEDICAL_PERMIT}:
        return document(certificate.type)
    if certificate.capacities:
        return _title(codelists.capacities(), certificate.capacities[0].code)
    if certificate.stcw_code:
        return regulation(certificate.stcw_code[0])
    return document(certificate.type)


def kind(certificate: Certificate) -> str:
    """The document's name and its regulations, where the title does not say them already."""
    regulations = ", ".join(map(shown, certificate.stcw_code))
    name = document(certificate.type)
    parts = [] if name == title(certificate) else [name]
    return "  ·  ".join([*parts, f"STCW\u00a0{regulations}"] if regulations else parts)


def icon(certificate: Certificate) -> str:
    """The name of a picture that tells the field of work."""
    by_type = _ICON_OF_TYPE.get(certificate.type)
    if by_type is not None:
        return by_type
    code = certificate.stcw_code[0] if certificate.stcw_code else ""
    return next((name for start, name in _ICONS if code.startswith(start)), "file-badge")


def country(code: str) -> str:
    """The name of a flag state."""
    flag = codelists.flags().get(code)
    return code if flag is None else f"{flag.name} ({code})"


def regulation(code: str) -> str:
    """What a regulation is about."""
    return _title(codelists.regulations(), code)


def function(code: str) -> str:
    """One of the seven functions."""
    return _title(codelists.functions(), code)


def level(code: str) -> str:
    """A level of responsibility."""
    return _title(codelists.levels(), code)


def capacity(code: str) -> str:
    """A post."""
    return _title(codelists.capacities(), code)


def areas(codes: tuple[str, ...]) -> str:
    """Trade areas, in the certificate's order."""
    return ", ".join(_title(codelists.trade_areas(), code) for code in codes)


def limitations(limits: Limitations | None) -> tuple[str, ...]:
    """Each limit as a phrase; none is unlimited."""
    if limits is None:
        return ()
    phrases = []
    for member, entry in _limit_kinds():
        value = entry.facts.get("value")
        held = getattr(limits, member)
        if value is not None and value in held:
            phrases.append(entry.title(LANGUAGE))
        elif value is None and held:
            joint = " " if isinstance(held, int) else ": "
            phrases.append(f"{entry.title(LANGUAGE)}{joint}{_amount(member, held)}")
    listed = {entry.facts.get("value") for _, entry in _limit_kinds()}
    phrases += [code for code in (*limits.propulsion, *limits.without) if code not in listed]
    return (*phrases, *([limits.text] if limits.text else []))


def _limit_kinds() -> list[tuple[str, Entry]]:
    return [(str(entry.facts["member"]), entry) for entry in codelists.limitations().values()]


def _amount(member: str, held: int | tuple[str, ...]) -> str:
    if isinstance(held, int):
        return f"{held:,}"
    if member == "areas":
        return areas(held)
    return ", ".join(_title(codelists.ship_types(), code) for code in held)


def _title(entries: Mapping[str, Entry], code: str) -> str:
    entry = entries.get(code)
    return shown(code) if entry is None else entry.title(LANGUAGE)
