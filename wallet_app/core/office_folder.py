"""A folder for the ship's office, as one file to hand over: a list, and each certificate's code and page.

Its codes are copies without a holder's proof: whoever checks them is told so.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from verifier.credential import carrier
from verifier.credential.carrier import MalformedCarrier
from verifier.ui.words import Words
from wallet_app import texts_showing as texts
from wallet_app.core import names
from wallet_app.core.held import Held
from wallet_app.core.plain import plain

MEDIA_TYPE: Final = "application/zip"
COLUMNS: Final = (
    "document_number", "issuing_country", "issuing_authority", "type", "title", "stcw_code", "issue_date",
    "expiry_date", "holder", "birth_date", "seafarer_id", "issuer", "file",
)  # fmt: skip
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would reckon with
_FIRST_YEAR: Final = 1980  # of the dates that a zip file can hold
_MOST_NAME: Final = 60


def build(
    held: Iterable[Held], page: Callable[[Held], bytes | None], at: datetime, say: Words
) -> tuple[str, bytes]:
    """The name and bytes of a zip file with all of `held`; `page` gives a certificate's PDF, or None."""
    found = sorted(held, key=lambda one: (names.title(one.certificate, say), one.key))
    stems = _stems(found)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, data in _files(found, stems, page, at, say):
            folder.writestr(_entry(name, at), data)
    who = found[0].certificate.holder.full_name if found else ""
    title = say(texts.OFFICE_NAME, name=plain(who, 40), date=f"{at:%Y-%m-%d}")
    return f"{title}.zip", out.getvalue()


def _files(
    found: list[Held], stems: list[str], page: Callable[[Held], bytes | None], at: datetime, say: Words
) -> Iterable[tuple[str, bytes]]:
    yield "README.txt", _readme(found, at, say).encode("utf-8-sig")
    yield "certificates.csv", _table(found, stems, say).encode("utf-8-sig")
    for one, stem in zip(found, stems, strict=True):
        try:
            yield f"{stem}.txt", carrier.to_qr_text(carrier.pack(one.text)).encode("ascii")
        except MalformedCarrier:  # longer than any code: the token itself
            yield f"{stem}.txt", one.text.encode("ascii")
        paper = page(one)
        if paper is not None:
            yield f"{stem}.pdf", paper


def _stems(found: list[Held]) -> list[str]:
    """A file's name for each: its flag and number, in letters that every system takes, none of them twice."""
    stems: list[str] = []
    for one in found:
        country, number = one.certificate.certificate_id
        plain_number = "".join(
            letter if letter.isascii() and letter.isalnum() else "-" for letter in number[:_MOST_NAME]
        )
        stem, count = f"{country}_{plain_number}", 1
        while stem.lower() in {known.lower() for known in stems}:
            count += 1
            stem = f"{country}_{plain_number}_{count}"
        stems.append(stem)
    return stems


def _table(found: list[Held], stems: list[str], say: Words) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for one, stem in zip(found, stems, strict=True):
        writer.writerow([_cell(value) for value in _row(one, stem, say)])
    return out.getvalue()


def _row(one: Held, stem: str, say: Words) -> Iterable[str]:
    certificate = one.certificate
    yield certificate.document_number
    yield certificate.issuing_country
    yield certificate.issuing_authority
    yield certificate.type.value
    yield names.title(certificate, say)
    yield " ".join(certificate.stcw_code)
    yield certificate.issue_date.isoformat()
    yield certificate.expiry_date.isoformat() if certificate.expiry_date else ""
    yield certificate.holder.full_name
    yield certificate.holder.birth_date.isoformat()
    yield certificate.holder.seafarer_id
    yield one.credential.issuer
    yield f"{stem}.txt"


def _cell(value: str) -> str:
    """On one line, and no formula: what a certificate says must not run in the office's spreadsheet."""
    shown = plain(value, 300)
    return f"'{shown}" if shown.startswith(_FORMULAS) else shown


def _readme(found: list[Held], at: datetime, say: Words) -> str:
    if not found:
        return ""
    holder = found[0].certificate.holder
    return say(
        texts.OFFICE_README, name=plain(holder.full_name, 200), id=holder.seafarer_id, date=say.day(at.date())
    )


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """The same bytes for the same certificates and moment: no clock of the system's in it."""
    entry = zipfile.ZipInfo(name, (max(at.year, _FIRST_YEAR), at.month, at.day, at.hour, at.minute, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
