"""What a holder's keys have signed, beside the holder's file: nobody signs two roots under one number.

Two versions of one number, each well signed, would split the ships into those that know one and those that
know the other. The draft alone cannot show a holder that another one exists.
"""

from hashlib import sha256
from pathlib import Path

from keys.custody import atomic_file, lock
from keys.encoding import Json, json_dumps, json_loads
from keys.trust.drafts import Draft, DraftError
from keys.trust.handing_over import HandoverDraft
from keys.trust.metadata import EXTENSION
from keys.trust.plan import spoken
from keys.trust.record import Record
from keys.trust.words import digest


class SignedBefore:
    """The notes beside one sealed file."""

    def __init__(self, sealed: Path) -> None:
        self._path = sealed.with_name(f"{sealed.name}.signed.json")

    def note(self, draft: Draft, *, instead: bool) -> None:
        """Write down that this is being signed. Raises DraftError if it contradicts what was signed."""
        version = draft.metadata.signed.version
        self._note(f"{draft.role}{_directory(draft)}", version, digest(draft.metadata), instead=instead)

    def note_handover(self, draft: HandoverDraft, *, instead: bool) -> None:
        """The same for a handover: two from the same keys would split the ships as well."""
        own = f"handover of {draft.flag} from {draft.old.fingerprint}"
        what = f"SHA-256 {sha256(draft.content).hexdigest()[:32]}"
        self._note(own, 1, what, instead=instead)

    def _note(self, own: str, version: int, what: str, *, instead: bool) -> None:
        with lock.beside(self._path):
            signed = self._read()
            if own in signed and not instead:
                _check(Record(signed[own], str(self._path)), own, version, what)
            signed[own] = {"version": version, "digest": what}
            members: dict[str, Json] = {"format": "ombord-signed", "version": 1, "roles": signed}
            atomic_file.write(self._path, json_dumps(members) + b"\n", mode=0o600)

    def _read(self) -> dict[str, Json]:
        if not self._path.is_file():
            return {}
        try:
            record = Record(json_loads(self._path.read_bytes()), "notes")
            return {**record.record("roles").members()}
        except ValueError as error:  # EncodingError, RecordError
            raise DraftError(
                f"{self._path}, which remembers what this key has signed, is damaged: {error}"
            ) from error


def _check(last: Record, own: str, version: int, what: str) -> None:
    whose, newest, digested = spoken(own), last.number("version"), last.text("digest")
    if version < newest:
        raise DraftError(f"{whose}: an old draft of version {version}: this file has signed version {newest}")
    if version == newest and what != digested:
        raise DraftError(
            f"{whose}: this file has signed another version {version} ({digested}); "
            "--instead when that one was given up"
        )


def _directory(draft: Draft) -> str:
    """Directories differ by their environment, as far as a root can tell."""
    extension = draft.metadata.signed.unrecognized_fields.get(EXTENSION)
    return f" of {extension['environment']}" if draft.role == "root" and isinstance(extension, dict) else ""
