"""Row C1: what is shown, taken apart. Nothing in it may be believed before its signature is verified."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keys import jws
from keys.encoding import Json
from keys.jwk import PublicKey
from keys.said import Reasoned
from verifier.credential import presentation, sd_jwt, vc
from verifier.credential.model import TYPE_OF_VCT, CertificateType

if TYPE_CHECKING:
    from verifier.credential.carrier import Carried

QR_PREFIX: Final = "OB1:"
_MUSTER: Final = 3
_FRAME: Final = 4
_END_OF_TIME: Final = 7_258_118_400  # 2200-01-01T00:00:00Z
_PASS: Final = CertificateType.PASS


class Unverified(NamedTuple):
    """A credential that was read: nothing in it may be believed yet."""

    sd_jwt: sd_jwt.SdJwt
    proof: presentation.HolderProof | None  # as the QR code carries it; a token has it in `sd_jwt`
    key: PublicKey | None  # that the QR code has as a point: the holder's, most likely
    claims: Mapping[str, Json]
    issuer: str
    kid: str
    type: CertificateType
    issued_at: datetime


class NotReadable(Reasoned):
    """Text that is no credential (row C1)."""


def read(presented: str) -> Unverified:
    """Decode the text and find who says that they signed it. Raises NotReadable."""
    try:
        if presented.startswith(QR_PREFIX):
            parsed, proof, key = _code_reader()(presented)
        else:
            parsed, proof, key = sd_jwt.parse(presented), None, None
        return _read(parsed, proof, key)
    except jws.MalformedJws as error:
        raise NotReadable("not a credential: {}", error) from None


def read_all(presented: str | bytes) -> "tuple[Unverified | NotReadable, ...]":
    """As `read`, for what may hold several credentials: QR text, a token, or the wire of either.

    One that cannot be read is among the others as such; the holder's proof is with the first.
    """
    if isinstance(presented, str) and not presented.startswith(QR_PREFIX):
        try:
            return (read(presented),)
        except NotReadable as error:
            return (error,)
    from verifier.credential import carrier

    try:
        wire = carrier.from_qr_text(presented) if isinstance(presented, str) else presented
        return tuple(_read_or_not(one) for one in _carried(wire))
    except NotReadable as error:
        return (error,)
    except carrier.MalformedCarrier as error:
        return (NotReadable("not a code of Ombord's: {}", error),)
    except jws.MalformedJws as error:
        return (NotReadable("not a credential: {}", error),)


def _carried(wire: bytes) -> "tuple[Carried, ...]":
    from verifier.credential import carrier

    kind = wire[0] if wire else 0
    if kind == _FRAME:
        from verifier.credential import frames

        needed = frames.read(carrier.to_qr_text(wire)).needed
        raise NotReadable("one of {} moving frames: keep the camera on the code", needed)
    if kind != _MUSTER:
        return (carrier.read(wire),)
    from verifier.credential import muster

    return muster.read(wire)


def _read_or_not(carried: "Carried") -> Unverified | NotReadable:
    try:
        return _read(*carried)
    except NotReadable as error:
        return error
    except jws.MalformedJws as error:
        return NotReadable("not a credential: {}", error)


def _read(parsed: sd_jwt.SdJwt, proof: presentation.HolderProof | None, key: PublicKey | None) -> Unverified:
    """Find who says that they signed it. Raises NotReadable and MalformedJws."""
    claims, kept_back = sd_jwt.reveal(parsed, parsed.jws.payload)
    header, issuer, vct, iat = parsed.jws.header, claims.get("iss"), claims.get("vct"), claims.get("iat")
    kid = header.get("kid")
    if header.get("typ") != vc.TYP or not isinstance(kid, str) or len(header) != 3:
        raise NotReadable("not a credential: its header is not exactly alg, kid and typ dc+sd-jwt")
    if not isinstance(issuer, str) or type(iat) is not int or not 0 <= iat < _END_OF_TIME:
        raise NotReadable("not a credential: it names no issuer, or no time of signing")
    kind = TYPE_OF_VCT.get(vct) if isinstance(vct, str) else None
    if kind is None:
        raise NotReadable("of a type that is not known here: {}", plain(vct))
    # All claims of a certificate are shown, always: a limitation kept back would be a lie. A pass may keep
    # its portrait back, and nothing else: whether it does is seen once its signature holds.
    if kept_back and kind is not _PASS:
        raise NotReadable("not a whole credential: some of its claims are kept back")
    return Unverified(parsed, proof, key, claims, issuer, kid, kind, datetime.fromtimestamp(iat, UTC))


@cache
def _code_reader() -> (
    "Callable[[str], tuple[sd_jwt.SdJwt, presentation.HolderProof | None, PublicKey | None]]"
):
    from verifier.credential import carrier  # loads the dictionary, which a token does not need

    def read(text: str) -> carrier.Carried:
        try:
            return carrier.read(carrier.from_qr_text(text))
        except carrier.NotOneCredential as error:
            raise NotReadable("{}", error) from None
        except carrier.MalformedCarrier as error:
            raise NotReadable("not a code of Ombord's: {}", error) from None

    return read


def plain(unsigned: object) -> str:
    """What nobody has signed, short and without spaces, so that no line of a verdict can be imitated."""
    return "".join(str(unsigned).split())[:80]
