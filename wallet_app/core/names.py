"""Titles of certificates and of the codes in them, as people say them; unknown codes stay as they are."""

from typing import Final

from verifier.credential import codelists
from verifier.credential.model import Certificate, CertificateType, Limitations
from verifier.limitations import phrases
from verifier.ui import titles
from verifier.ui.words import Words
from wallet_app.core.plain import shown

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


def document(kind: CertificateType, say: Words) -> str:
    """What the document is called."""
    return titles.document(kind, say)


def title(certificate: Certificate, say: Words) -> str:
    """What tells a seafarer's certificates apart: the post, else the training, else the document's name."""
    if certificate.type in {CertificateType.MEDICAL, CertificateType.MEDICAL_PERMIT}:
        return document(certificate.type, say)
    if certificate.capacities:
        return capacity(certificate.capacities[0].code, say)
    if certificate.stcw_code:
        return regulation(certificate.stcw_code[0], say)
    return document(certificate.type, say)


def kind(certificate: Certificate, say: Words) -> str:
    """The document's name and its regulations, where the title does not say them already."""
    regulations = ", ".join(map(shown, certificate.stcw_code))
    name = document(certificate.type, say)
    parts = [] if name == title(certificate, say) else [name]
    return "  ·  ".join([*parts, f"STCW\u00a0{regulations}"] if regulations else parts)


def icon(certificate: Certificate) -> str:
    """The name of a picture that tells the field of work."""
    by_type = _ICON_OF_TYPE.get(certificate.type)
    if by_type is not None:
        return by_type
    code = certificate.stcw_code[0] if certificate.stcw_code else ""
    return next((name for start, name in _ICONS if code.startswith(start)), "file-badge")


def country(code: str, say: Words) -> str:
    """The name of a flag state."""
    name = titles.country(code, say, shown)
    return name if name == shown(code) else f"{name} ({code})"


def regulation(code: str, say: Words) -> str:
    """What a regulation is about."""
    return titles.title(codelists.regulations(), code, say, shown)


def function(code: str, say: Words) -> str:
    """One of the seven functions."""
    return titles.title(codelists.functions(), code, say, shown)


def level(code: str, say: Words) -> str:
    """A level of responsibility."""
    return titles.title(codelists.levels(), code, say, shown)


def capacity(code: str, say: Words) -> str:
    """A post."""
    return titles.title(codelists.capacities(), code, say, shown)


def areas(codes: tuple[str, ...], say: Words) -> str:
    """Trade areas, in the certificate's order."""
    return ", ".join(titles.title(codelists.trade_areas(), code, say, shown) for code in codes)


def limitations(limits: Limitations | None, say: Words) -> tuple[str, ...]:
    """Each limit as a phrase; none is unlimited."""
    return tuple(
        phrases(
            limits,
            lambda entry: entry.title(say.language),
            lambda of, code: titles.title(of, code, say, shown),
        )
    )
