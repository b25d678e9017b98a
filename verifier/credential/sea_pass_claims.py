"""A pass as claims and back, and its signing. Reading is strict, and depends on no order of claims.

Writers keep one order, so that the carrier's dictionary bites: `iss vct iat nbf exp cnf lists`, flag,
authority and holder as in every certificate, then `certificates`, each as its own claims would be written.
"""

from typing import Final

from keys.encoding import Json, b64url_encode, json_object
from keys.jwk import PublicKey
from keys.pass_shape import FLAG, HOLDER, MAX_MEMBERS, SUMMED_UP
from keys.signer import Signer
from verifier.credential import sd_jwt, vc
from verifier.credential.certificate_reader import certificate_from_claims, holder_from_claims
from verifier.credential.certificate_writer import certificate_claims, holder_claims
from verifier.credential.claims import Claims, MalformedCredential, instant, integer, text, texts
from verifier.credential.model import CertificateType, InvalidCertificate, StatusReference
from verifier.credential.sea_pass import MAX_PORTRAIT, Pass, PassMember, contradiction

PORTRAIT: Final = "portrait"  # the one claim that may be kept back, and in a pass alone

_TYPES: Final = {kind.value: kind for kind in CertificateType}
_LAST_INDEX: Final = 2**31 - 1


def sign_pass(sea_pass: Pass, signer: Signer, kid: str) -> str:
    """The pass as SD-JWT VC text without disclosures, `<jws>~`. Raises ValueError as `pass_claims` does."""
    return vc.sign_payload(vc.encode(pass_claims(sea_pass)), signer, kid)


def pass_claims(sea_pass: Pass) -> dict[str, Json]:
    """All claims of the pass, in the fixed order.

    Raises ValueError for what no verifier would accept: dates that contradict each other, a certificate of
    another flag or seafarer. The holder's names are the pass's, whatever an older certificate says.
    """
    problem = contradiction(sea_pass)
    if problem is not None:
        raise ValueError(f"a pass that nobody would accept: {problem}")
    uris = list(dict.fromkeys(member.status.uri for member in sea_pass.members))
    claims: dict[str, Json] = {
        "iss": sea_pass.issuer,
        "vct": CertificateType.PASS.vct,
        "iat": vc.seconds(sea_pass.issued_at),
        "nbf": vc.seconds(sea_pass.not_before),
        "exp": vc.seconds(sea_pass.expires),
    }
    if sea_pass.holder_key is not None:
        claims["cnf"] = {"jwk": sea_pass.holder_key.to_jwk()}
    claims["lists"] = [*uris]
    claims["issuing_country"] = sea_pass.issuing_country
    claims["issuing_authority"] = sea_pass.issuing_authority
    claims.update(holder_claims(sea_pass.holder))
    claims["certificates"] = [_member_claims(member, sea_pass, uris) for member in sea_pass.members]
    return claims


def with_portrait(claims: Claims, picture: bytes, salt: bytes) -> tuple[dict[str, Json], str]:
    """A pass's claims with the digest of its portrait, and the disclosure that shows it (RFC 9901 § 4.2).

    `salt` is 16 random bytes, fresh for each pass. Raises ValueError for a picture that no reader takes.
    """
    text = b64url_encode(picture)
    if len(text) > MAX_PORTRAIT:
        raise ValueError(f"a portrait of {len(text)} characters; at most {MAX_PORTRAIT} are read")
    shown, digest = sd_jwt.disclosure(salt, PORTRAIT, text)
    return {**claims, "_sd": [digest]}, shown


def from_claims(claims: Claims, known: PublicKey | None = None) -> Pass:
    """The pass of processed claims (`sd_jwt.claims`). Raises MalformedCredential with the claim's path.

    `known` is a P-256 key that was read before, and that the holder's may turn out to be. Dates that
    contradict each other are read as they stand, as is a member's own flag: the decision judges them.
    """
    if text(claims, "vct") != CertificateType.PASS.vct:
        raise MalformedCredential("vct", "not a pass")
    if PORTRAIT in claims and len(text(claims, PORTRAIT)) > MAX_PORTRAIT:
        raise MalformedCredential(PORTRAIT, "more than {} characters", MAX_PORTRAIT)
    try:
        return Pass(
            issuer=vc.url(claims, "iss"),
            issued_at=instant(claims, "iat"),
            not_before=instant(claims, "nbf"),
            expires=instant(claims, "exp"),
            holder_key=vc.holder_key(claims, known) if "cnf" in claims else None,
            issuing_country=text(claims, "issuing_country"),
            issuing_authority=text(claims, "issuing_authority"),
            holder=holder_from_claims(claims),
            members=_members(claims),
        )
    except InvalidCertificate as error:
        raise MalformedCredential(error.claim, "{}", error.what) from None


def refuse_kept_back(parsed: sd_jwt.SdJwt) -> None:
    """Raise MalformedCredential unless the portrait is all that can be disclosed, or kept back.

    One digest at the top is the portrait's, whether it is disclosed or not; anything else hides something.
    """
    if not parsed.disclosures and sd_jwt.discloses_nothing(parsed.jws.payload):
        return
    claims = json_object(parsed.jws.payload)
    digests = claims.pop("_sd", [])
    if not isinstance(digests, list) or len(digests) > 1 or sd_jwt.has_digests(list(claims.values())):
        raise MalformedCredential("_sd", "of a pass only the portrait can be kept back")
    disclosed = sd_jwt.claims(parsed, parsed.jws.payload)
    if not disclosed.keys() <= claims.keys() | {PORTRAIT}:
        raise MalformedCredential("_sd", "of a pass only the portrait can be disclosed apart")


def _member_claims(member: PassMember, sea_pass: Pass, uris: list[str]) -> Json:
    certificate = member.certificate
    if certificate.issuing_country != sea_pass.issuing_country:
        raise ValueError(f"{certificate.document_number} is of another flag than the pass")
    if certificate.holder.seafarer_id != sea_pass.holder.seafarer_id:
        raise ValueError(f"{certificate.document_number} is of another seafarer than the pass")
    written = certificate_claims(certificate)
    claims: dict[str, Json] = {"type": certificate.type.value}
    if certificate.issuing_authority != sea_pass.issuing_authority:  # it was called otherwise then
        claims["issuing_authority"] = written["issuing_authority"]
    claims.update({name: written[name] for name in SUMMED_UP if name in written})
    claims["idx"] = member.status.idx
    position = uris.index(member.status.uri)
    if position:
        claims["list"] = position
    return claims


def _members(claims: Claims) -> tuple[PassMember, ...]:
    uris = _lists(claims)
    found = claims.get("certificates")
    if type(found) is not list or not 1 <= len(found) <= MAX_MEMBERS:
        raise MalformedCredential("certificates", "a list of 1 to {} certificates is needed", MAX_MEMBERS)
    shared = {name: claims[name] for name in (*FLAG, *HOLDER) if name in claims}
    members = []
    for position, item in enumerate(found):
        if type(item) is not dict:
            raise MalformedCredential(f"certificates[{position}]", "an object is needed")
        try:
            members.append(_member(item, shared, uris))
        except MalformedCredential as error:
            raise error.inside(f"certificates[{position}]") from None
    return tuple(members)


def _lists(claims: Claims) -> tuple[str, ...]:
    """The addresses of the members' status lists; whose they are is the directory's to say."""
    uris = texts(claims, "lists")
    if not 1 <= len(uris) <= MAX_MEMBERS or len(set(uris)) < len(uris):
        raise MalformedCredential("lists", "a list of 1 to {} different addresses is needed", MAX_MEMBERS)
    if not all(uri.startswith(("https://", "http://")) for uri in uris):
        raise MalformedCredential("lists", "a URL is needed")
    return uris


def _member(item: Claims, shared: Claims, uris: tuple[str, ...]) -> PassMember:
    kind = _TYPES.get(text(item, "type"))
    if kind is None:
        raise MalformedCredential("type", "a document type that this version does not know")
    place = integer(item, "list", len(uris) - 1) if "list" in item else 0
    # What a member does not say of itself is the pass's; who the holder is, the pass alone says.
    own = {name: item[name] for name in (*FLAG, *SUMMED_UP) if name in item}
    certificate = certificate_from_claims(kind, {**shared, **own})
    return PassMember(certificate, StatusReference(uris[place], integer(item, "idx", _LAST_INDEX)))
