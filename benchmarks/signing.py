"""The signature layer alone: checking a JWS of a certificate's size."""

from collections.abc import Iterator

from benchmarks.raw import raw_verify
from benchmarks.row import Row
from benchmarks.timing import speed_ratio
from keys import jws
from keys.signer import SoftwareSigner

PAYLOAD = b'{"iss":"https://no.example","claims":"' + b"x" * 900 + b'"}'


def rows() -> Iterator[Row]:
    """The JWS check against one raw ES256 verification of as many bytes."""
    signer = SoftwareSigner.generate()
    token = jws.sign(PAYLOAD, signer, typ="dc+sd-jwt", kid="NO-2026a")
    key = signer.public_key
    yield Row(
        "JWS signature check alone, speed against raw ES256 verify",
        speed_ratio(
            lambda: jws.verify(jws.parse(token), key, typ="dc+sd-jwt"),
            raw_verify(jws.parse(token).signing_input),
        ),
        "×",
        0.85,
        "higher",
        "PyJWT decode alone 0.42",
    )
