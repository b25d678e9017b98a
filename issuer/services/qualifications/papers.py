"""Documents of records: uploaded papers, photographs and signatures, sealed with the person's key."""

from collections.abc import Sequence
from typing import Any, Final

from issuer.adapters.picture import PictureRefused, normalised
from issuer.domain.qualifications import Code, Problem, Report
from issuer.rules.facts import ATTACHMENTS, Kind
from issuer.services.qualifications.reading import MAX_DOCUMENT
from issuer.services.qualifications.safe import PersonKey, Place

# By their first bytes; what a sender says of the type is not asked.
_MAGIC: Final[Sequence[tuple[bytes, str]]] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
_PICTURES: Final = frozenset({"image/jpeg", "image/png"})


def media_type(document: bytes) -> str | None:
    """What the bytes are, if it is anything that is taken."""
    return next((name for magic, name in _MAGIC if document.startswith(magic)), None)


def problem_of(report: Report) -> Problem | None:
    """What is wrong with a report's document."""
    document = report.document
    if document is None:
        return None
    if len(document) > MAX_DOCUMENT:
        return _refused(f"the document has more than {MAX_DOCUMENT >> 20} MiB", "send a smaller scan")
    found = media_type(document)
    if found is None or (report.kind in ATTACHMENTS and found not in _PICTURES):
        wanted = "JPEG or PNG picture" if report.kind in ATTACHMENTS else "PDF, JPEG or PNG document"
        return _refused(f"that is no {wanted}", f"send a {wanted}")
    if report.kind is Kind.PHOTO:
        try:
            normalised(document)
        except PictureRefused as error:
            return _refused(error.message, "send an upright JPEG or PNG picture, cropped as in a passport")
    return None


def place_of(record_id: str, version: int) -> Place:
    """Where a document lies."""
    return Place(table="qualification_document", column="sealed", row=f"{record_id}@{version}")


def row_of(record_id: str, version: int, document: bytes, key: PersonKey) -> dict[str, Any]:
    """A document's row."""
    return {
        "record_id": record_id,
        "version": version,
        "media_type": media_type(document),
        "size": len(document),
        "sealed": key.seal(document, place_of(record_id, version)),
    }


def _refused(message: str, hint: str) -> Problem:
    return Problem(pointer="/document", code=Code.DOCUMENT_REFUSED, message=message, hint=hint)
