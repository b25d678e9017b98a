"""Printable documents: each certificate's PDF, made by its authority, fetched at sync and kept encrypted.

The PDF carries a code of its own for paper, bound to nobody's phone. It is fetched once for each edition of a
certificate: another name or date is another edition, whose document takes the old one's place.
"""

import json
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from time import monotonic
from typing import Final

from keys.encoding import Json, json_dumps
from keys.signer import Signer
from verifier.credential import vc
from wallet_app.core import issuer_metadata, oid4vci
from wallet_app.core.document_store import DocumentsError, DocumentStore
from wallet_app.core.held import Held
from wallet_app.core.sync_answer import problem_of, trouble_of
from wallet_app.core.transport import Response, Transport, require_secure
from wallet_app.core.troubles import PickUpError, Trouble

PROOF_TYPE: Final = "ombord-document+jwt"
PDF: Final = "application/pdf"
PDF_BEGINS: Final = b"%PDF-"
NONCE_TRIES: Final = 3
SECONDS_AT_A_SYNC: Final = 30.0  # a thin link at sea has better things to carry; the rest comes next time
INVALID_NONCE: Final = "urn:ombord:problem:invalid-nonce"


class Documents:
    """The documents of one wallet. `fetch` and `fetch_missing` wait for the network; the rest is quick."""

    def __init__(
        self, store: DocumentStore, signer: Signer, transport: Transport, clock: Callable[[], datetime]
    ) -> None:
        """Use `signer` for proofs and `clock` for their times."""
        self._store = store
        self._signer = signer
        self._transport = transport
        self._clock = clock
        self._one_at_a_time = threading.Lock()

    def has(self, held: Held) -> bool:
        """Whether this edition's document is on the phone."""
        return self._store.has(identity(held))

    def read(self, held: Held) -> bytes | None:
        """The PDF of this edition; None when it has not been fetched, or its file is damaged: fetch it."""
        return self._store.read(identity(held))

    def fetch(self, held: Held) -> bytes:
        """Ask the authority for the PDF, and keep it. Raises PickUpError; what was kept stays."""
        with self._one_at_a_time:
            document = self._ask(held)
            try:
                self._store.write(identity(held), document)
            except DocumentsError as error:
                raise PickUpError(Trouble.NOT_STORED, str(error)) from error
            return document

    def fetch_missing(
        self, held: Sequence[Held], *, seconds: Callable[[], float] = monotonic
    ) -> PickUpError | None:
        """Fetch what is lacking of these, until one fails or half a minute has passed; what stopped it.

        Never raises for the network: certificates and their live codes need no document.
        """
        until = seconds() + SECONDS_AT_A_SYNC
        for one in held:
            if not one.is_ours or self.has(one):
                continue
            if seconds() >= until:
                return None
            try:
                self.fetch(one)
            except PickUpError as error:
                if error.trouble is not Trouble.NO_DOCUMENT:  # of this one alone; the others may have one
                    return error
        return None

    def keep_only(self, held: Iterable[Held]) -> None:
        """Remove documents of what is no longer held, and of older editions."""
        self._store.keep_only({identity(one) for one in held})

    def _ask(self, held: Held) -> bytes:
        """One request with a fresh proof, as a sync makes it; stale nonces are fetched again."""
        issuer = held.credential.issuer
        url = require_secure(f"{issuer}/api/v1/documents")
        nonce_endpoint = issuer_metadata.fetch_nonce_endpoint(self._transport, issuer)
        headers = {"Accept": PDF, "Content-Type": "application/json"}
        for _ in range(NONCE_TRIES):
            nonce = oid4vci.fetch_nonce(self._transport, nonce_endpoint)
            proof = oid4vci.proof(self._signer, issuer, nonce, self._clock(), typ=PROOF_TYPE)
            request: dict[str, Json] = {
                "proof": proof,
                "document_number": held.certificate.document_number,
            }
            answer = self._transport.send("POST", url, headers=headers, body=json_dumps(request))
            problem = problem_of(answer)
            if problem != INVALID_NONCE:
                return _document(answer, problem)
        raise PickUpError(Trouble.SERVICE, "fresh nonces are refused")


def identity(held: Held) -> str:
    """What tells one edition of one authority's certificate from every other."""
    claims = json.dumps(vc.certificate_claims(held.certificate), sort_keys=True, separators=(",", ":"))
    return f"{held.key} {sha256(claims.encode()).hexdigest()}"


def file_name(held: Held) -> str:
    """What the file is called when it leaves the app (`verifier.ui.ports.share` makes it plain)."""
    return f"{held.certificate.document_number}.pdf"


def _document(answer: Response, problem: str) -> bytes:
    """The PDF of a good answer. Raises PickUpError for any other, by what it says."""
    if answer.status == 200 and answer.content_type == PDF and answer.body.startswith(PDF_BEGINS):
        return answer.body
    raise PickUpError(*trouble_of(answer, problem, absent=Trouble.NO_DOCUMENT))
