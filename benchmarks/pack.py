"""The sea pack of sixty flags: its bytes, those of a daily update, its import against raw signatures."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from statistics import median
from time import perf_counter
from typing import NamedTuple
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from securesystemslib.signer import Signature, SSlibKey

from benchmarks.fleet import Fleet, fleet
from benchmarks.row import Row
from keys import algorithms
from keys.algorithms import NativePublicKey
from keys.trust import client
from verifier import pack, pack_build, store
from verifier.intake import Held, Intake, take_in
from verifier.merging import merge

FLAGS = 60
CHANGES = 20  # a day in every flag's list: ten times what 20 in a million would be
ROUNDS = 31
_LATER = timedelta(hours=1)
_ES256 = ec.ECDSA(SHA256())


class Import(NamedTuple):
    """A pack that comes to a device which has only its root."""

    data: bytes
    root: bytes
    taken: Intake

    @classmethod
    def of(cls, published: Fleet) -> "Import":
        """The pack of what was published, and what is held once it is in."""
        at = published.at + _LATER
        files = client.needed(published.files, root=published.root, at=at)
        data = pack.build(files, published.snapshots())
        return cls(data, published.root, take_in(data, Held(root=published.root), at=at))

    def verify(self) -> Intake:
        """Read and verify it all, as if for the first time."""
        assert self.taken.at is not None
        return take_in(self.data, Held(root=self.root), at=self.taken.at)


def rows() -> Iterator[Row]:
    """Bytes first, then the import in its parts."""
    published = fleet(flags=FLAGS)
    old = Import.of(published)
    yield Row(
        "pack of 60 flags × 100,000 certificates, 1 % not valid, 4 keys each",
        len(old.data),
        "B",
        105_000,
        "lower",
        "zip of plain TUF 185 kB, prototype 101 kB",
    )
    published.next_day(CHANGES)
    update = _update(old, Import.of(published), published)
    yield Row(
        "daily update of all 60 flags, 20 changes in each",
        len(update),
        "B",
        8_000,
        "lower",
        "prototype 7.1 kB",
    )
    yield from _import(old)


def _update(old: Import, new: Import, published: Fleet) -> bytes:
    before, after = (pack_build.Built(one.data, one.taken) for one in (old, new))
    return pack_build.update(before, after, published.at + _LATER)


def _import(one: Import) -> Iterator[Row]:
    checks = _checks(one)

    def raw() -> None:
        for check in checks:
            check()

    with tempfile.TemporaryDirectory(prefix="ombord-benchmark-") as folder:
        numbers = count()

        def write() -> None:
            home = os.path.join(folder, str(next(numbers)))
            with store.locked(home):
                store.write(home, one.taken)

        def whole() -> None:
            home = os.path.join(folder, str(next(numbers)))
            with store.locked(home):
                store.write(home, one.verify())

        contents, directory = pack.read(one.data), one.taken.directory
        held = Held(root=one.root)
        at = one.taken.at
        assert at is not None

        def write_unsynced() -> None:
            with patch.object(os, "fsync", lambda _: None):
                write()

        parts: dict[str, Callable[[], object]] = {
            "read": lambda: pack.read(one.data),
            "directory": lambda: client.verify(contents.files, root=one.root, at=at),
            "status": lambda: merge(held, contents.lists, directory=directory, at=at),
            "write": write_unsynced,
            "write and sync": write,
        }
        measured = ", ".join(f"{part} {_times(call, raw):.2f}" for part, call in parts.items())
        name = f"import of that pack, cold: against the {len(checks)} raw signature checks in it"
        yield Row(name, _times(whole, raw), "×", 4, "lower", f"prototype 3.6 without writing; {measured}")


def _checks(one: Import) -> list[Callable[[], object]]:
    """Exactly the signature checks of an import, made by `cryptography` alone with keys that are loaded."""
    made: list[Callable[[], object]] = []
    of_one, of_many, of_roles = algorithms.verify, algorithms.pending, SSlibKey.verify_signature

    def es256(key: NativePublicKey, signature: bytes, message: bytes) -> None:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        half = len(signature) // 2
        r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
        made.append(partial(key.verify, encode_dss_signature(r, s), message, _ES256))

    def verify(key: NativePublicKey, signature: bytes, message: bytes) -> None:
        es256(key, signature, message)
        of_one(key, signature, message)

    def pending(key: NativePublicKey, signature: bytes, message: bytes) -> Callable[[], None]:
        es256(key, signature, message)
        return of_many(key, signature, message)

    def ed25519(self: SSlibKey, signature: Signature, message: bytes) -> None:
        of_roles(self, signature, message)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.keyval["public"]))
        made.append(partial(key.verify, bytes.fromhex(signature.signature), message))

    with (
        patch.object(algorithms, "verify", verify),
        patch.object(algorithms, "pending", pending),
        patch.object(SSlibKey, "verify_signature", ed25519),
    ):
        one.verify()
    return made


def _times(subject: Callable[[], object], reference: Callable[[], object]) -> float:
    """How many times as long `subject` takes, one after the other so that both meet the same machine."""
    ratios = []
    subject(), reference()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            gc.collect()
            reference()  # what the collector has left cold meets neither
            spent, needed = _seconds(subject), _seconds(reference)
            ratios.append(spent / needed)
    finally:
        gc.enable()
    return median(ratios)


def _seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start
