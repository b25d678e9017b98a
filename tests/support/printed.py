"""A printed certificate as others see it: pikepdf reads the file, PDFium draws it, zxing-cpp scans it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"


@dataclass(frozen=True)
class Printed:
    """One document. `dpi` is the printer's and the camera's."""

    pdf: bytes
    dpi: int = 150

    @property
    def file(self) -> pikepdf.Pdf:
        return pikepdf.open(io.BytesIO(self.pdf))

    @property
    def standards(self) -> tuple[str, str, str]:
        """Part and conformance level of PDF/A (ISO 19005-2, 6.6.4), and part of PDF/UA (ISO 14289-1, 5)."""
        with self.file as file, file.open_metadata(update_docinfo=False, strict=True) as said:
            return said[f"{PDFA}part"], said[f"{PDFA}conformance"], said[f"{PDFUA}part"]

    @property
    def pages(self) -> list[Image.Image]:
        """Each page as it comes out of a printer."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            return [page.render(scale=self.dpi / 72).to_pil() for page in document]
        finally:
            document.close()

    @property
    def texts(self) -> list[str]:
        """The text of each page, as it is copied out or read aloud; without breaks within long words."""
        document = pypdfium2.PdfDocument(self.pdf)
        try:
            return [page.get_textpage().get_text_bounded().replace("\u200b", "") for page in document]
        finally:
            document.close()

    @property
    def codes(self) -> list[str]:
        """The text of every QR code on the first page."""
        found = zxingcpp.read_barcodes(self.pages[0], formats=zxingcpp.BarcodeFormat.QRCode)
        return [one.text for one in found]

    def faults(self) -> list[str]:
        """What PDF/A-2a does not allow (ISO 19005-2), of what can be seen in the file's structure."""
        with self.file as file:
            return list(_faults(file))


def _faults(file: pikepdf.Pdf) -> Iterator[str]:
    root = file.Root
    if file.is_encrypted:
        yield "6.1.3: encrypted"
    intents = root.get("/OutputIntents", [])
    if [str(one.S) for one in intents] != ["/GTS_PDFA1"]:
        yield "6.2.3: no single output intent"
    if not bool(root.get("/MarkInfo", {}).get("/Marked", False)) or "/StructTreeRoot" not in root:
        yield "6.7.2: not tagged"
    if not str(root.get("/Lang", "")):
        yield "6.7.4: no language"
    if "/AA" in root or "/OpenAction" in root or "/AcroForm" in root:
        yield "6.5: actions or forms"
    if "/EmbeddedFiles" in root.get("/Names", {}):
        yield "6.8: embedded files"
    for one in file.objects:
        if isinstance(one, pikepdf.Dictionary):
            yield from _faults_of(one)


def _faults_of(one: pikepdf.Dictionary) -> Iterator[str]:
    kind = str(one.get("/Type", ""))
    if kind == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()):
        yield f"6.2.11.4: {one.FontName} is not embedded"
    if kind == "/Font" and str(one.get("/Subtype")) == "/Type0" and "/ToUnicode" not in one:
        yield f"6.2.11.7: {one.BaseFont} has no Unicode"
    if str(one.get("/S", "")) in {"/JavaScript", "/Launch", "/URI", "/GoToR", "/SubmitForm"}:
        yield f"6.5.1: an action {one.S}"
