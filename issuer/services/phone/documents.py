"""Printable documents: a paper credential as PDF/A with its code, for the printer or the holder's phone.

The credential is the one that `print` releases, by the same protocol, so the same edition of a certificate
is always the same document. What is printed is read out of what was signed.
"""

from datetime import UTC, date, datetime
from enum import Enum, auto
from typing import NamedTuple

from sqlalchemy import select

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, credential
from issuer.adapters.typesetting import Typesetting
from issuer.domain.register import CredentialState
from issuer.services.audit.trail import WALLET
from issuer.services.clock import Clock
from issuer.services.issuing.issuer import IssuedCredential, Refusal
from issuer.services.paper import manning_form
from issuer.services.paper.document_form import Form, form_of
from issuer.services.paper.printing import Printing, file_name
from issuer.services.phone.known import NotBound
from issuer.services.register import looking
from issuer.settings import Settings
from keys.jwk import PublicKey
from verifier.credential import carrier, qr, safe_manning_claims, sd_jwt, vc
from verifier.credential.claims import Claims
from verifier.credential.model import CertificateType

# The width of a module in print: 25-30 mm across are enough for version 11.
MODULE_MM = 0.56
LEAST_MM, MOST_MM = 34.0, 62.0
IN_THE_CODE = "The name in its own script is in the code."


class Document(NamedTuple):
    """A PDF and what to call it."""

    name: str
    pdf: bytes


class NotThere(Enum):
    """Why a key that is bound here gets no document."""

    NOT_HELD = auto()  # no living credential of that number is bound to the key


class Documents:
    """Makes documents of certificates in force."""

    def __init__(
        self, database: Database, settings: Settings, printing: Printing, typesetting: Typesetting
    ) -> None:
        self._database = database
        self._settings = settings
        self._printing = printing
        self._typesetting = typesetting

    def of_holder(self, key: PublicKey, document_number: str, clock: Clock) -> Document | NotBound | NotThere:
        """The document of a certificate that is bound to `key`, which the caller has seen proven.

        It is a look at the holder's data, if the holder's own: noted before it happens. Raises the refusal's
        error where the certificate is not in force, and NotTypeset.
        """
        held = self._held(key.thumbprint())
        if not held:
            return NotBound.UNKNOWN
        if not any(held.values()):
            return NotBound.NO_LONGER
        if not held.get(document_number, False):
            return NotThere.NOT_HELD
        [outcome] = self._printing.sign(self._printing.requests([document_number]))
        if isinstance(outcome, Refusal):
            raise outcome.error
        how = {"as": "pdf"}
        looking.note(self._database, clock, looking.SEEN, how, actor=WALLET, subjects=(document_number,))
        return Document(f"{file_name(document_number)}.pdf", self.pdf(outcome))

    def pdf(self, issued: IssuedCredential) -> bytes:
        """The document of a paper credential. Raises NotTypeset."""
        parsed = sd_jwt.parse(issued.token)
        form, country, issue = _form(sd_jwt.claims(parsed, parsed.jws.payload))
        if not self._typesetting.draws(form.native_name):
            form = form._replace(native_name="", native_note=IN_THE_CODE)
        code, width = _code(issued.token)
        extra = {
            "country": country,
            "page": f"{self._settings.base_url}/verify/",
            "code_mm": width,
            "year": issue.year,
            "month": issue.month,
            "day": issue.day,
        }
        issued_at = datetime.fromtimestamp(issued.issued_at, UTC)
        return self._typesetting.pdf({**form.to_json(), **extra}, code, issued_at)

    def _held(self, thumbprint: str) -> dict[str, bool]:
        """Numbers of certificates that were ever bound to the key, and whether a credential still lives."""
        query = (
            select(certificate.c.document_number, credential.c.superseded_at)
            .join(credential, credential.c.certificate_id == certificate.c.id)
            .where(
                credential.c.holder_thumbprint == thumbprint,
                credential.c.state == CredentialState.RELEASED.value,
            )
        )
        held: dict[str, bool] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                held[row.document_number] = held.get(row.document_number, False) or row.superseded_at is None
        return held


def _form(claims: Claims) -> tuple[Form, str, date]:
    """What is printed of signed claims, of which flag, issued when."""
    if claims.get("vct") == CertificateType.SAFE_MANNING.vct:
        manning = safe_manning_claims.from_claims(claims)
        first = manning.document.issue_date or manning.issued_at.date()
        return manning_form.form_of(manning), manning.document.issuing_country, first
    signed = vc.from_claims(claims)
    return form_of(signed), signed.certificate.issuing_country, signed.certificate.issue_date


def _code(token: str) -> tuple[str, float]:
    """The code as SVG and its width in print; no SVG where no code holds the credential."""
    try:
        text = carrier.to_qr_text(carrier.pack(token))
        modules = 17 + 4 * qr.version(text) + 2 * qr.QUIET_ZONE
        return qr.svg(text), min(MOST_MM, max(LEAST_MM, modules * MODULE_MM))
    except (carrier.MalformedCarrier, qr.TooMuchForQr):
        return "", LEAST_MM
