"""The files that an inspection leaves: the report as JSON, as a JWS where the device signs, and as a PDF."""

from datetime import datetime
from typing import Final, NamedTuple

from keys.signer import Signer
from verifier.inspection import report as reports
from verifier.inspection.crew import CrewReport
from verifier.inspector.core import report_pdf, signed_report
from verifier.inspector.core.records import Kept
from verifier.inspector.core.report_state import ReportState

PDF: Final = "application/pdf"
JSON: Final = "application/json"
JWS: Final = "application/jose"


class File(NamedTuple):
    """A file to hand over."""

    name: str
    data: bytes
    media_type: str


def stem(state: ReportState, at: datetime) -> str:
    """The files' common name: what it is, and when it was made."""
    return f"{state.title.replace(':', '')} {at:%Y-%m-%d %H%M}"


def pdf(state: ReportState, at: datetime, page_word: str) -> File:
    """The report for people. Raises `report_pdf.PdfUnavailable`."""
    return File(f"{stem(state, at)}.pdf", report_pdf.draw(state, at=at, page_word=page_word), PDF)


def json(report: CrewReport, state: ReportState, at: datetime, environment: str | None) -> File:
    """The report for machines (docs/crew-report.schema.json)."""
    return File(f"{stem(state, at)}.json", reports.as_json(report, environment).encode(), JSON)


def signed(json_file: File, signer: Signer) -> File:
    """The same JSON, byte for byte, under the device's key."""
    name = json_file.name.removesuffix(".json") + ".jws"
    return File(name, signed_report.sign(json_file.data, signer).encode("ascii"), JWS)


def record(
    report: CrewReport, state: ReportState, at: datetime, environment: str | None, signer: Signer
) -> Kept:
    """What is kept on the device: the report, signed by it."""
    text = json(report, state, at, environment).data
    return Kept(state.title, state.headline, text.decode(), signed_report.sign(text, signer))
