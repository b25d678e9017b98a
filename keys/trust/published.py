"""What has been published so far, as the publisher reads it back: each role's newest metadata."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from keys.trust.metadata import DIRECTORY, EXTENSION, SignedT, decode, file_name


class Published:
    """All files of the last publication; nothing in them is verified here. Raises UntrustedMetadata."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.root = self._newest_root()
        self.timestamp = self.version(Timestamp, Timestamp.type, 0)
        listed = 0 if self.timestamp is None else self.timestamp.signed.snapshot_meta.version
        self.snapshot = self.version(Snapshot, Snapshot.type, listed)
        self.directory = self.listed(DIRECTORY)

    def __bool__(self) -> bool:
        """Whether anything was ever shown: the timestamp is written last."""
        return self.timestamp is not None

    def version(self, kind: type[SignedT], role: str, version: int) -> Metadata[SignedT] | None:
        """One version of a role's metadata, if it was published."""
        data = self.files.get(name := file_name(role, version))
        return None if data is None else decode(kind, data, name)

    def listed(self, role: str) -> Metadata[Targets] | None:
        """The metadata of the directory or of a flag that the snapshot names, if any."""
        meta = None if self.snapshot is None else self.snapshot.signed.meta.get(f"{role}.json")
        return None if meta is None else self.version(Targets, role, meta.version)

    @property
    def signed_at(self) -> datetime | None:
        """When the last publication was signed."""
        if self.timestamp is None:
            return None
        return datetime.fromtimestamp(self.timestamp.signed.unrecognized_fields[EXTENSION]["signed_at"], UTC)

    @property
    def list_numbers(self) -> dict[str, dict[str, int]]:
        """The index of status lists in the last timestamp: flag, list, newest number."""
        if self.timestamp is None:
            return {}
        lists = self.timestamp.signed.unrecognized_fields[EXTENSION].get("lists", {})
        return {flag: {**numbers} for flag, numbers in lists.items()}

    def _newest_root(self) -> Metadata[Root] | None:
        newest, version = None, 1
        while (following := self.version(Root, Root.type, version)) is not None:
            newest, version = following, version + 1
        return newest
