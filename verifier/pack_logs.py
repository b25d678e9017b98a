"""Checkpoints of authorities' transparency logs as sea packs carry them: files that nobody's directory lists.

    log/FLAG.checkpoint       the newest, as the log signed it
    log/FLAG.SIZE.proof       that it begins with the log of SIZE entries: its hashes, one after another

No check relies on them. They travel so that whoever compares two ships' notices a log that was rewritten.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from keys.transparency import consistency
from keys.transparency.checkpoint import (
    Checkpoint,
    CheckpointError,
    ForgedSignature,
    LogKey,
    UnknownSigner,
    origin_of,
    verify,
)
from keys.transparency.merkle import HASH_BYTES, MAX_PROOF, ProofError
from keys.trust.directory import LOG, Directory, TrustedKey
from keys.trust.state import COMPROMISED
from verifier.pack import PackError

FOLDER: Final = "log/"
MAX_CHECKPOINT: Final = 4_096  # of a log; with many witnesses it would be more than ships need
_NAME: Final = re.compile(r"log/([A-Z]{2})\.(?:checkpoint|([1-9][0-9]{0,18})\.proof)", re.ASCII)


class Carried(NamedTuple):
    """A flag's newest checkpoint, and proofs that lead to it, by the size they begin with. Unverified."""

    note: bytes
    proofs: Mapping[int, bytes]


def apart(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Trust files, and what is carried of logs."""
    logs = {name: data for name, data in files.items() if name.startswith(FOLDER)}
    return {name: data for name, data in files.items() if name not in logs}, logs


def read(logs: Mapping[str, bytes]) -> dict[str, Carried]:
    """What a pack carries, by flag. Raises PackError."""
    notes: dict[str, bytes] = {}
    proofs: dict[str, dict[int, bytes]] = {}
    for name, data in logs.items():
        found = _NAME.fullmatch(name)
        if found is None:
            raise PackError(f"the sea pack holds {name}, which is nothing of a log")
        if len(data) > (MAX_PROOF * HASH_BYTES if found[2] else MAX_CHECKPOINT):
            raise PackError(f"the sea pack holds {name} of {len(data)} bytes, which is too large")
        if found[2]:
            proofs.setdefault(found[1], {})[int(found[2])] = data
        else:
            notes[found[1]] = data
    if lonely := sorted(proofs.keys() - notes.keys()):
        raise PackError(f"the sea pack holds a proof of the log of {lonely[0]}, and no checkpoint")
    return {flag: Carried(note, proofs.get(flag, {})) for flag, note in notes.items()}


def files_of(flag: str, carried: Carried) -> dict[str, bytes]:
    """What `read` reads."""
    proofs = {f"{FOLDER}{flag}.{size}.proof": data for size, data in carried.proofs.items()}
    return {f"{FOLDER}{flag}.checkpoint": carried.note, **proofs}


def flag_of(origin: str, directory: Directory) -> str | None:
    """Whose log is called so."""
    named = (one.flag for iss, one in directory.authorities.items() if origin_of(iss) == origin)
    return next(named, None)


def verified(note: bytes, flag: str, directory: Directory) -> Checkpoint:
    """The checkpoint, if a key of a log of this flag has signed it. Raises CheckpointError's kinds."""
    refused: CheckpointError = UnknownSigner(f"the directory has no key of a log of {flag}")
    issuers = [iss for iss, one in directory.authorities.items() if one.flag == flag]
    for issuer in issuers:
        origin = origin_of(issuer)
        keys = [LogKey(origin, one.key) for one in directory.keys.values() if _signs_log(one, issuer)]
        try:
            return verify(note, keys, origin=origin)
        except ForgedSignature:
            raise
        except CheckpointError as error:
            refused = error
    raise refused


def is_proven(old: Checkpoint, new: Checkpoint, proof: bytes | None) -> bool | None:
    """Whether the new log begins with the old one; None where that takes a proof, and there is none."""
    if proof is None and old.size != new.size:
        return None
    data = proof or b""
    try:
        hashes = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        consistency.check(old, new, hashes)
    except ProofError:
        return False
    return True


def _signs_log(key: TrustedKey, issuer: str) -> bool:
    return (
        key.issuer == issuer
        and key.purposes == {LOG}
        and key.state not in COMPROMISED
        and not key.conflicting
    )
