"""(S13) A pass is signed for what its own credentials say: they are sent along, and verified here."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from keys import jws
from keys.custody.journal import Entry
from keys.custody.list_states import GOOD, ListStates
from keys.custody.pass_draft import PassDraft, unproved
from keys.custody.signing_draft import CREDENTIAL_TYP, DraftError, SigningDraft, certificate_purpose
from keys.custody.signing_policy import Check, Refusal, SigningPolicy
from keys.encoding import EncodingError, Json, json_object
from keys.jwk import PublicKey

_HEADER: Final = frozenset(("alg", "kid", "typ"))


class _Unproved(ValueError):
    """A text that is no credential of this authority's; says why."""


class PassEvidence:
    """Judges the credentials that come with a pass.

    `public` are the keys behind the signer, `signed_before` finds what this signer has signed by its digest:
    what it finds there needs no verifying again. `lists` are the status lists as it signed them.
    """

    def __init__(
        self,
        policy: SigningPolicy,
        public: Callable[[], Mapping[str, PublicKey]],
        signed_before: Callable[[bytes], Entry | None] = lambda _: None,
        lists: ListStates | None = None,
    ) -> None:
        self._policy, self._public, self._signed_before = policy, public, signed_before
        self._lists = lists

    def objection(self, draft: SigningDraft, credentials: Sequence[str], *, at: int) -> Refusal | None:
        """Why this draft may not be signed with these credentials: only a pass has any, and needs them."""
        if draft.sea_pass is None:
            what = "credentials are sent along for a pass alone"
            return Refusal(Check.EVIDENCE, what) if credentials else None
        problem = self._problem(draft.sea_pass, credentials, at)
        return None if problem is None else Refusal(Check.EVIDENCE, problem)

    def _problem(self, sea_pass: PassDraft, credentials: Sequence[str], at: int) -> str | None:
        if not credentials:
            return (
                "a pass is signed for its credentials, and none was sent along: by an issuer of an earlier"
                " version, which sends none"
            )
        found = []
        for place, token in enumerate(credentials):
            try:
                found.append(self._claims(token, at))
            except _Unproved as error:
                return f"certificates[{place}]: {error}"
        return unproved(sea_pass, found) or self._not_good(sea_pass)

    def _not_good(self, sea_pass: PassDraft) -> str | None:
        """A list that was never signed has revoked nothing yet; nor has an entry behind the end of one."""
        if self._lists is None:
            return None
        for place, member in enumerate(sea_pass.members):
            if self._lists.of(member.place) not in (None, GOOD):
                return f"certificates[{place}]: its status list, as it was last signed, does not call it good"
        return None

    def _claims(self, token: str, at: int) -> Mapping[str, Json]:
        """What one of this authority's credentials says. Raises _Unproved."""
        try:
            unverified = jws.parse(token)
            jws.only_parameters(unverified, _HEADER)
            claims = json_object(unverified.payload)
            purpose = certificate_purpose(claims)
            self._verify(unverified, purpose, claims.get("iat"), at)
        except (jws.MalformedJws, jws.SignatureMismatch, EncodingError, DraftError) as error:
            raise _Unproved(f"not a credential: {error}") from None
        return claims

    def _verify(self, token: jws.UnverifiedJws, purpose: str, issued_at: Json, at: int) -> None:
        kid = token.kid or ""
        key = self._policy.verifying_keys.get(kid)
        if key is None or purpose not in key.signs:
            raise _Unproved(f"no key {kid[:64]!r} signs {purpose} here, or did")
        if key.verify_until is not None and at >= key.verify_until:
            raise _Unproved(f"what {kid} signed counts no more")
        if type(issued_at) is not int or not key.sign_from <= issued_at < key.sign_until:
            raise _Unproved(f"iat is outside the signing time of {kid}")
        public = key.public or self._public().get(kid)
        if public is None:
            raise _Unproved(f"key {kid} is not here")
        before = self._signed_before(sha256(token.signing_input).digest())
        known = before is not None and (before.kid, before.signature) == (kid, token.signature)
        if token.typ != CREDENTIAL_TYP or not known:
            jws.verify(token, public, typ=CREDENTIAL_TYP)
