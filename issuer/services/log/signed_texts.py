"""What the log speaks of: the signed part of a token, and its salted digest."""

from hashlib import sha256


def signing_input(token: str) -> bytes:
    """What a signature that we made covers: `header.payload` (RFC 7515, 5.1). Disclosures have no dots."""
    return token.rpartition(".")[0].encode()


def log_digest(log_salt: str, token: str) -> str:
    """What the log says of a token: SHA-256(salt, signing input), nothing to whoever has not the salt."""
    return sha256(bytes.fromhex(log_salt) + signing_input(token)).hexdigest()
