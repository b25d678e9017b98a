"""A register's claims: what a certificate says of itself and of its holder."""

import orjson

from keys.encoding import Json


def merged_claims(certificate_claims: str, holder_claims: str) -> dict[str, Json]:
    """The claims of a register's certificate and of its holder as one."""
    return {**orjson.loads(certificate_claims), **orjson.loads(holder_claims)}
