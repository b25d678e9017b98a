"""Print: credentials for paper, bound to nobody's phone, in bulk; each as QR text and as a picture.

Printing again gives the same bytes: a certificate's paper credential is the same until its contents or its
holder's name change, and what is already on the disk is not drawn again.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Label, func, select

from issuer.adapters.database import Database
from issuer.adapters.repository import CHUNK, among, in_force, with_holder
from issuer.adapters.tables import certificate, credential
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.clock import Clock
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential, IssueRequest, Refusal
from issuer.services.log.what_was_signed import is_of
from issuer.settings import Settings
from keys.custody import atomic_file
from verifier.credential import carrier, qr

INDEX = "index.csv"
SIGNED_AT_ONCE = 8 * CHUNK  # several batches, so that one is signed while another waits for the disk
Progress = Callable[[int, int], None]  # done, of how many
# What Windows keeps for devices, with any ending.
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|$)")
_REFUSED = "not in force"  # nothing is ever reserved under this edition: issuing says why


class PrintedPaper(NamedTuple):
    """One line of the index."""

    document_number: str
    type: str
    serial: str
    text: str  # file names within the folder
    picture: str
    document: str = ""  # where one was made


@dataclass(slots=True)
class PrintReport:
    """What was printed, and what was not and why."""

    papers: list[PrintedPaper] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class Printing:
    """Signs and draws credentials for paper."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, issuer: CredentialIssuer
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._issuer = issuer

    def requests(self, document_numbers: Sequence[str] = ()) -> list[IssueRequest]:
        """A request for each certificate in force, or for each of those named, in order of number."""
        if document_numbers:
            found = dict(self._editions(document_numbers))
            return [paper_request(number, found.get(number, _REFUSED)) for number in document_numbers]
        return [paper_request(number, edition) for number, edition in self._editions(())]

    def sign(self, requests: Sequence[IssueRequest]) -> list[IssuedCredential | Refusal]:
        """The whole issuing protocol for each; what was signed before comes back as it was."""
        return self._issuer.issue_many(requests)

    def print(
        self,
        folder: Path,
        document_numbers: Sequence[str] = (),
        *,
        progress: Progress = lambda _d, _n: None,
        pdf: Callable[[IssuedCredential], bytes] | None = None,
    ) -> PrintReport:
        """Sign, then write each paper's two files and an index into `folder`; what `pdf` makes, as a third.

        The index is of everything in force, or, when numbers are named, what it was with these brought up to
        date.
        """
        requests = self.requests(document_numbers)
        if not requests:
            raise NotFound(
                "no certificate is in force", hint="import a register first: ombord-issuer import FILE"
            )
        report = PrintReport()
        earlier = _read_index(folder / INDEX) if document_numbers else {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for start in range(0, len(requests), SIGNED_AT_ONCE):
                for outcome in self.sign(requests[start : start + SIGNED_AT_ONCE]):
                    if isinstance(outcome, IssuedCredential) and not _is_its_own(outcome):
                        report.refused.append(_anothers(outcome))
                    elif isinstance(outcome, Refusal):
                        report.refused.append(outcome)
                    else:
                        report.papers.append(_draw(folder, outcome, pdf))
                    progress(len(report.papers) + len(report.refused), len(requests))
            for refusal in report.refused:
                earlier.pop(refusal.document_number, None)
            current = {**earlier, **{paper.document_number: paper for paper in report.papers}}
            atomic_file.write(folder / INDEX, _index([current[number] for number in sorted(current)]))
        except OSError as error:
            raise InvalidInput(
                f"{error.filename or folder} cannot be written: {error.strerror}",
                hint="choose another folder with --out; what was signed is kept",
            ) from error
        return report

    def _editions(self, document_numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Document numbers in force, of those given or of all, with what identifies the paper that is due."""
        with self._database.read() as connection:
            good = in_force(self._settings.today(self._clock()))
            wanted = among(connection, certificate.c.document_number, document_numbers)
            query = with_holder().add_columns(earlier_papers())
            chosen = query.where(good, wanted) if document_numbers else query.where(good)
            for row in connection.execute(chosen.order_by(certificate.c.document_number)):
                yield row.document_number, paper_edition(row.claims, row.holder_claims, row.earlier)


def earlier_papers() -> Label[int]:
    """How many papers of a certificate another has taken the place of."""
    theirs = (
        credential.c.certificate_id == certificate.c.id,
        credential.c.holder_thumbprint.is_(None),
        credential.c.superseded_at.is_not(None),
    )
    return select(func.count()).where(*theirs).scalar_subquery().label("earlier")


def paper_edition(claims: str, holder_claims: str, earlier: int) -> str:
    """What identifies a certificate's paper: what it says, and how many were there before."""
    contents = sha256(f"{claims}\n{holder_claims}".encode()).hexdigest()
    return f"{contents}:{earlier}"


def paper_request(document_number: str, edition: str) -> IssueRequest:
    """Under one idempotency key for each edition of the certificate, whoever signs it."""
    key = f"paper:{document_number}:{edition}"
    return IssueRequest(document_number=document_number, holder_key=None, idempotency_key=key)


def _is_its_own(issued: IssuedCredential) -> bool:
    return is_of(issued.token, issued.document_number, issued.list_uri, issued.idx)


def _anothers(issued: IssuedCredential) -> Refusal:
    error = Conflict(
        f"the stored text of {issued.document_number} is another certificate's: nothing is written",
        hint="somebody changed the database: ombord-issuer reconcile, and restore a backup",
    )
    return Refusal(issued.document_number, error)


def _draw(
    folder: Path, issued: IssuedCredential, pdf: Callable[[IssuedCredential], bytes] | None
) -> PrintedPaper:
    """Write the files, unless they are there. They can be made again, so no disk is waited for."""
    text = carrier.to_qr_text(carrier.pack(issued.token))
    name = file_name(issued.document_number)
    text_file, picture_file, document = (folder / f"{name}.{ending}" for ending in ("txt", "svg", "pdf"))
    same = picture_file.exists() and text_file.exists() and text_file.read_text("ascii") == text
    if not same:
        document.unlink(missing_ok=True)  # of another edition
    if pdf is not None and not document.exists():
        atomic_file.write(document, pdf(issued))
    if not same:
        picture_file.write_text(qr.svg(text), "utf-8")
        text_file.write_text(text, "ascii")  # last: it says that the others are whole, and of this edition
    made = document.name if document.exists() else ""
    return PrintedPaper(
        issued.document_number, issued.kind, issued.serial, text_file.name, picture_file.name, made
    )


def file_name(document_number: str) -> str:
    """A number as a file name, another one for each number on every system's disk.

    Some allow no colon and none of a few words, and take `a` and `A` for one: what is not plain gets part of
    its hash, after a `~`, which no number has.
    """
    plain = document_number.replace(":", "_")
    if plain == document_number == plain.upper() and not _RESERVED.match(plain):
        return plain
    return f"{plain}~{sha256(document_number.encode()).hexdigest()[:8]}"


def _read_index(path: Path) -> dict[str, PrintedPaper]:
    """An earlier index by document number; empty when there is none."""
    try:
        head, *rows = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
        columns = PrintedPaper._fields
        # An index from before documents has no column for them.
        if tuple(head) not in (columns, columns[:-1]) or any(len(row) != len(head) for row in rows):
            raise ValueError("other columns")
    except FileNotFoundError:
        return {}
    except (ValueError, csv.Error) as error:
        raise InvalidInput(
            f"{path} is no index of printed papers", hint="move it away, or choose another folder with --out"
        ) from error
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be read: {error.strerror}", hint="choose another folder with --out"
        ) from error
    return {row[0]: PrintedPaper(*row) for row in rows}


def _index(papers: Sequence[PrintedPaper]) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(PrintedPaper._fields)
    rows.writerows(papers)
    return out.getvalue().encode()
