"""Our TUF workflow as a client that insists: for the third-party suite `tuf-conformance`, never for a device.

    strict_client.py --metadata-dir DIR init ROOT
    strict_client.py --metadata-dir DIR --metadata-url URL refresh
    strict_client.py --metadata-dir DIR --metadata-url URL --target-name PATH --target-base-url URL
        --target-dir DIR download

It runs `keys.trust.workflow`, as the offline client does, under TUF's own policy: it stops at expiry and
takes every encoding, key type and unused signature that `tuf.api` takes. What it adds is what only an online
client needs: requests, a folder of trusted files, the search through delegations.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from tuf.api.exceptions import LengthOrHashMismatchError, RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

from keys.trust.metadata import DIRECTORY, Read, SignedT, UntrustedMetadata, file_name
from keys.trust.workflow import AnotherContent, Policy, Workflow

TIMEOUT = 10.0
MAX_DELEGATIONS = 32


class Refused(Exception):
    """What was asked for is not there, or not what was signed."""


def any_encoding(kind: type[SignedT], data: bytes, name: str) -> Read[SignedT]:
    """Whatever `tuf.api` takes for metadata of one kind."""
    try:
        found = Metadata[SignedT].from_bytes(data)
    except RepositoryError as error:
        raise UntrustedMetadata(f"{name}: {error}") from error
    if not isinstance(found.signed, kind):
        raise UntrustedMetadata(f"{name}: is not {kind.type} metadata")
    return Read(found, found.signed_bytes)


class Client:
    """One run: a repository at an address, and a folder with what was trusted before."""

    def __init__(self, folder: Path, address: str, at: datetime) -> None:
        self.folder, self.address = folder, address
        policy = Policy(read=any_encoding, every_signature=False, stop_at=at)
        self.workflow = Workflow(self._fetch, policy, memory={}, keep=self._keep)

    def refresh(self) -> tuple[Snapshot, Targets]:
        """The top-level roles, from the root down."""
        root = self.workflow.root(self._held(Root.type) or b"")
        self._remember(root)
        try:
            timestamp = self.workflow.timestamp(root)
        except AnotherContent:  # a client keeps the content that it has of a version
            timestamp = self.workflow.timestamp(root, self._held(Timestamp.type))
        snapshot = self.workflow.snapshot(root, timestamp)
        return snapshot, self.workflow.targets(root, DIRECTORY, snapshot)

    def download(self, paths: Sequence[str], address: str, folder: Path) -> None:
        """Targets by their paths, each where delegations lead first (TUF § 5.6.7, depth first)."""
        snapshot, directory = self.refresh()
        for path in paths:
            target = self._search(path, snapshot, directory)
            if target is None:
                raise Refused(f"{path}: nobody has signed it")
            place = folder / quote(path, "")
            if not (place.is_file() and _fits(target, place.read_bytes())):
                data = _get(address + self._target_name(target), target.length)
                if data is None or not _fits(target, data):
                    raise Refused(f"{path}: not what was signed")
                place.write_bytes(data)

    def _search(self, path: str, snapshot: Snapshot, directory: Targets) -> TargetFile | None:
        to_visit: list[tuple[str, Targets | None]] = [(DIRECTORY, None)]
        visited: set[str] = set()
        while to_visit and len(visited) <= MAX_DELEGATIONS:
            role, delegator = to_visit.pop()
            if role in visited:
                continue
            visited.add(role)
            found = directory if delegator is None else self.workflow.targets(delegator, role, snapshot)
            if path in found.targets:
                return found.targets[path]
            children: list[tuple[str, Targets | None]] = []
            for child, terminating in (
                found.delegations.get_roles_for_target(path) if found.delegations else ()
            ):
                children.append((child, found))
                if terminating:
                    to_visit.clear()
                    break
            to_visit += reversed(children)
        return None

    def _remember(self, root: Root) -> None:
        """What is held binds as far as the root's keys still vouch for it, expired or not."""
        workflow = self.workflow
        try:
            if (data := self._held(Timestamp.type)) is not None:
                timestamp = workflow.verified(Timestamp, root, Timestamp.type, "the timestamp held", data)
                workflow.memory[Timestamp.type] = timestamp.seen
                workflow.floors[Snapshot.type] = timestamp.signed.snapshot_meta.version
        except UntrustedMetadata:
            pass
        try:
            if (data := self._held(Snapshot.type)) is not None:
                snapshot = workflow.verified(Snapshot, root, Snapshot.type, "the snapshot held", data)
                listed = snapshot.signed.meta.items()
                workflow.floors |= {name.removesuffix(".json"): meta.version for name, meta in listed}
        except UntrustedMetadata:
            pass

    # Files and requests

    def _held(self, role: str) -> bytes | None:
        path = self._path(role)
        return path.read_bytes() if path.is_file() else None

    def _fetch(self, role: str, version: int | None, length: int) -> bytes | None:
        held = None if role in (Root.type, Timestamp.type) else self._held(role)
        if held is not None and Metadata[Targets].from_bytes(held).signed.version == version:
            return held
        versioned = version is not None and (role == Root.type or self.workflow.roots[-1].consistent_snapshot)
        name = file_name(quote(role, ""), version or 0) if versioned else f"{quote(role, '')}.json"
        return _get(self.address + name, length)

    def _keep(self, role: str, data: bytes) -> None:
        path = self._path(role)
        new = path.with_suffix(".new")
        new.write_bytes(data)
        os.replace(new, path)

    def _path(self, role: str) -> Path:
        return self.folder / f"{quote(role, '')}.json"

    def _target_name(self, target: TargetFile) -> str:
        folder, slash, name = target.path.rpartition("/")
        if self.workflow.roots[-1].consistent_snapshot:
            name = f"{next(iter(target.hashes.values()))}.{name}"
        return f"{folder}{slash}{name}"


def _fits(target: TargetFile, data: bytes) -> bool:
    try:
        target.verify_length_and_hashes(data)
    except LengthOrHashMismatchError:
        return False
    return True


def _get(address: str, length: int) -> bytes | None:
    """What lies at an address, or None if nothing does."""
    try:
        with urlopen(address, timeout=TIMEOUT) as answer:  # noqa: S310 - the suite's own server
            data: bytes = answer.read(length + 1)
    except HTTPError as error:
        error.close()
        if error.code in (403, 404):
            return None
        raise
    if len(data) > length:
        raise Refused(f"{address}: more than {length} bytes")
    return data


def main() -> int:
    """0 when all was done, 1 when something was refused: the suite's protocol."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url")
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-base-url")
    parser.add_argument("--target-dir", type=Path)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("trusted_root", type=Path)
    commands.add_parser("refresh")
    commands.add_parser("download")
    words = parser.parse_args()
    if words.command == "init":
        shutil.copyfile(words.trusted_root, words.metadata_dir / "root.json")
        return 0
    client = Client(words.metadata_dir, words.metadata_url, datetime.now(UTC))
    try:
        if words.command == "refresh":
            client.refresh()
        else:
            client.download(words.target_name, words.target_base_url, words.target_dir)
    except (UntrustedMetadata, RepositoryError, Refused, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
