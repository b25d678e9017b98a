"""What a holder's keys have signed, beside the holder's file: nobody signs two roots under one number.

Two versions of one number, each well signed, would split the ships into those that know one and those that
know the other. The draft alone cannot show a holder that another one exists.
"""

from pathlib import Path

from keys.custody import atomic_file
from keys.encoding import Json, json_dumps, json_loads
from keys.trust.drafts import Draft, DraftError
from keys.trust.metadata import EXTENSION
from keys.trust.record import Record
from keys.trust.words import digest


class SignedBefore:
    """The notes beside one sealed file."""

    def __init__(self, sealed: Path) -> None:
        self._path = sealed.with_name(f"{sealed.name}.signed.json")
        self._roles: dict[str, Json] = {}
        if self._path.is_file():
            record = Record(json_loads(self._path.read_bytes()), str(self._path))
            self._roles = {**record.record("roles").members()}

    def note(self, draft: Draft, *, instead: bool) -> None:
        """Write down that this is being signed. Raises DraftError if it contradicts what was signed."""
        version, what = draft.metadata.signed.version, digest(draft.metadata)
        own = f"{draft.role}{_directory(draft)}"
        if own in self._roles:
            last = Record(self._roles[own], str(self._path))
            newest, digested = last.number("version"), last.text("digest")
            if version < newest and not instead:
                raise DraftError(
                    f"{draft.role}: an old draft of version {version}: this file has signed version {newest}"
                )
            if version == newest and what != digested and not instead:
                raise DraftError(
                    f"{draft.role}: this file has signed another version {version} ({digested}); "
                    "--instead when that one was given up"
                )
        self._roles[own] = {"version": version, "digest": what}
        members: dict[str, Json] = {"format": "ombord-signed", "version": 1, "roles": self._roles}
        atomic_file.write(self._path, json_dumps(members) + b"\n", mode=0o600)


def _directory(draft: Draft) -> str:
    """Directories differ by their environment, as far as a root can tell."""
    extension = draft.metadata.signed.unrecognized_fields.get(EXTENSION)
    return f" of {extension['environment']}" if draft.role == "root" and isinstance(extension, dict) else ""
