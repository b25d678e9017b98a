"""The id of a sea pack, of what it leads to: nobody can give one pack the id of another.

Hashed are, a line each: the newest root; each other trust file by its name; each status list by its address,
with when it was signed, its number, its bits and the SHA-256 of its states.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from keys.trust.record import unix
from verifier.status import StatusList


def of(published_at: datetime, root: bytes, files: Mapping[str, bytes], lists: Iterable[StatusList]) -> str:
    """`YYYY-MM-DD-` and twelve digits; elder roots in `files` count for nothing."""
    lines = [f"root {sha256(root).hexdigest()}"]
    lines += (f"{name} {sha256(files[name]).hexdigest()}" for name in sorted(files) if not is_root(name))
    lines += sorted(map(_line, lists))
    digest = sha256("\n".join(lines).encode("utf-8")).hexdigest()
    return f"{published_at:%Y-%m-%d}-{digest[:12]}"


def is_root(name: str) -> bool:
    """Whether a trust file is a root."""
    return name.endswith(".root.json")


def _line(one: StatusList) -> str:
    states = one.statement.after if one.statement is not None else sha256(one.states).digest()
    return f"{one.uri} {unix(one.iat)} {one.number or 0} {one.bits} {states.hex()}"
