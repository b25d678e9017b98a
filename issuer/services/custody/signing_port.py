"""The port that signs credentials: in this process over the sealed file, or by the signer process.

Whoever issues hands over whole batches, each draft with its approvals, and gets a signature for each, or the
check of docs/custody.md that refused it. `keys.custody.signer_client.SignerClient` is the other kind.
"""

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Protocol

from issuer.domain.errors import EvidenceRefused, IssuerError, QuotaReached, SigningDeferred, SigningRefused
from keys.algorithms import Algorithm
from keys.custody import signing_draft
from keys.custody.approval import Approval, ApprovalError, verify
from keys.custody.pass_evidence import PassEvidence
from keys.custody.quota import HOUR, LastHour
from keys.custody.signer_client import RemoteSigner, SignerClient, SignerError, SignerRefused, ToSign
from keys.custody.signing_case import Answer, Signed
from keys.custody.signing_draft import DraftError, SigningDraft
from keys.custody.signing_policy import Check, Refusal, SigningPolicy, not_entitled, within_quota
from keys.encoding import EncodingError, b64url_decode, json_object
from keys.jwk import PublicKey
from keys.signer import Signer


class CredentialSigner(Protocol):
    """Signs batches of signing inputs (`header.payload`), each under the key that its header names."""

    def sign(self, drafts: Sequence[ToSign]) -> list[Answer]:
        """Signed or Refusal for each draft, in their order; a refusal of one stops no other.

        Raises `keys.custody.signer_client.SignerError` when nobody answers.
        """


class InProcessSigner:
    """The sealed file's keys in this process, which sign whatever the issuer asks for."""

    def __init__(self, signers: Mapping[str, Signer]) -> None:
        self._signers = signers

    def sign(self, drafts: Sequence[ToSign]) -> list[Answer]:
        """As `CredentialSigner`; a key that is not here is a refusal (S2)."""
        by_header: dict[str, Signer | None] = {}  # a batch has one header, or two while keys change
        answers: list[Answer] = []
        for one in drafts:
            header = one.text.partition(".")[0]
            if header not in by_header:
                by_header[header] = self._signers.get(_kid(header))
            signer = by_header[header]
            if signer is None:
                answers.append(Refusal(Check.KEY, f"the key file has no key {_kid(header)[:64]!r}"))
            else:
                answers.append(Signed(signer.sign(one.text.encode("ascii"))))
        return answers


class GuardedSigner:
    """The same keys behind a signing policy, enforced here: checks S1 to S7 and S13, and quotas (S9).

    It keeps honest callers within the policy. Against one who has taken over this process it is worth
    nothing: that is what the signer process is for. Its quotas count what this process has signed.
    """

    def __init__(
        self, signers: Mapping[str, Signer], policy: SigningPolicy, clock: Callable[[], int]
    ) -> None:
        """`clock` gives Unix seconds."""
        self._inner = InProcessSigner(signers)
        self._policy, self._clock = policy, clock
        self._people = {kid: one.key for kid, one in policy.approvers.items()}
        self._rules = {kid: one.key for kid, one in policy.rule_keys.items()}
        public = {kid: signer.public_key for kid, signer in signers.items()}
        self._evidence = PassEvidence(policy, lambda: public)
        self._hour, self._latest, self._lock = LastHour(), 0, Lock()

    def sign(self, drafts: Sequence[ToSign]) -> list[Answer]:
        """As `CredentialSigner`."""
        verified: dict[str, Approval | ApprovalError] = {}
        at = self._clock()
        refusals = [self._admit(one, verified, at) for one in drafts]
        good = [one for one, refusal in zip(drafts, refusals, strict=True) if refusal is None]
        signed = iter(self._inner.sign(good))
        return [next(signed) if refusal is None else refusal for refusal in refusals]

    def _admit(self, one: ToSign, verified: dict[str, Approval | ApprovalError], at: int) -> Refusal | None:
        try:
            draft = signing_draft.read(one.text)
            approvals = [self._approval(token, verified) for token in one.approvals]
        except DraftError as error:
            return Refusal(Check.DRAFT, str(error))
        except ApprovalError as error:
            return Refusal(Check.APPROVAL, str(error))
        return (
            not_entitled(self._policy, draft, approvals, at=at)
            or self._evidence.objection(draft, one.evidence, at=at)
            or self._count(draft, at)
        )

    def _approval(self, token: str, verified: dict[str, Approval | ApprovalError]) -> Approval:
        """Each statement is verified once a batch. Raises ApprovalError."""
        found = verified.get(token)
        if found is None:
            try:
                found = verify(token, self._people, self._rules)
            except ApprovalError as error:
                found = error
            verified[token] = found
        if isinstance(found, ApprovalError):
            raise found
        return found

    def _count(self, draft: SigningDraft, at: int) -> Refusal | None:
        with self._lock:
            self._latest = max(self._latest, at)  # the hour slides on, whatever the clock does
            over = within_quota(self._policy, draft.purpose, self._hour, at=self._latest)
            if over is None:
                self._hour.add(draft.purpose, at=self._latest)
            return over


class AskedSigner:
    """The `Signer` of one key of the signer process, in the issuer's words where it says no."""

    __slots__ = ("_remote", "public_key")

    def __init__(self, client: SignerClient, kid: str, public_key: PublicKey) -> None:
        self._remote, self.public_key = RemoteSigner(client, kid, public_key), public_key

    @property
    def algorithm(self) -> Algorithm:
        """What it signs with."""
        return self.public_key.algorithm

    def sign(self, message: bytes) -> bytes:
        """64 raw bytes over `message`. Raises SigningDeferred, SigningRefused."""
        try:
            return self._remote.sign(message)
        except SignerRefused as error:
            raise refused(error.refusal) from error
        except SignerError as error:
            raise unreachable(error) from error


def refused(refusal: Refusal, document_number: str | None = None) -> IssuerError:
    """The refusal of one draft as an error, which says for how long."""
    check = refusal.check.value
    if refusal.check is Check.QUOTA:
        wait = refusal.wait or HOUR
        return QuotaReached(
            f"quota: {refusal.reason} ({check})", hint=f"try again in {wait} seconds", retry_after=wait
        )
    if refusal.check.is_temporary:  # it stays where it is, and is asked for again
        return SigningDeferred(
            f"the signer cannot sign now ({check}): {refusal.reason}",
            hint="docs/custody.md says what a refusal means; what was begun is finished later",
        )
    what = f"certificate {document_number}" if document_number else "this"
    kind = EvidenceRefused if refusal.check is Check.EVIDENCE else SigningRefused
    return kind(
        f"{what} may not be signed ({check}): {refusal.reason}",
        hint="docs/custody.md says what a refusal means; nothing was signed",
    )


def unreachable(error: SignerError) -> SigningDeferred:
    """Nobody answers at the signer's socket: what was begun is finished later."""
    return SigningDeferred(str(error), hint=error.hint)


def _kid(header: str) -> str:
    """The key that a header names; empty when it names none."""
    try:
        kid = json_object(b64url_decode(header)).get("kid")
    except EncodingError:
        return ""
    return kid if isinstance(kid, str) else ""
