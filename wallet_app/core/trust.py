"""The directory of authorities in the wallet: who may issue, from a sea pack that was imported here.

It is the verifier's own state in a folder of the wallet's, verified by the same code from a root that is
pinned once. It names an issuer to the seafarer before anything is picked up; a wallet without one says so.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keys.encoding import json_object
from keys.regular_file import opener
from verifier.ui.work import WorkError
from wallet_app.core.plain import plain

if TYPE_CHECKING:
    from keys.jwk import PublicKey
    from verifier.intake import Intake
    from verifier.state import State

ROOT: Final = "root.json"
MOST_ROOT: Final = 1 << 20


class TrustError(WorkError):
    """A pack or a root that was not taken in; nothing has changed. `reason` is one of `TrustTrouble`."""

    def __init__(self, reason: "TrustTrouble", detail: str) -> None:
        self.reason, self.detail = reason, detail
        super().__init__(detail)


class TrustTrouble(Enum):
    """Why a pack or a root was not taken in."""

    NO_ROOT = "no-root"  # a pack is believed from a pinned root alone
    OTHER_ROOT = "other-root"
    NOT_A_ROOT = "not-a-root"
    REFUSED = "refused"  # damaged, older, or signed by others
    UNREADABLE = "unreadable"  # the file
    OFFLINE = "offline"
    NOT_STORED = "not-stored"


class Check(Enum):
    """What the directory says of an issuer."""

    LISTED = "listed"
    NOT_LISTED = "not-listed"
    NO_DIRECTORY = "no-directory"


@dataclass(frozen=True, slots=True)
class Known:
    """An issuer looked up: as the directory names it, and as of when; empty where it is not listed."""

    check: Check
    name: str = ""
    flag: str = ""
    as_of: datetime | None = None
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """What the wallet holds: its directory's date, kind and size."""

    published_at: datetime
    environment: str
    flags: tuple[str, ...]
    pack: str


@dataclass(frozen=True, slots=True)
class Root:
    """A root file that was looked at, before anybody agrees to pin it: `fingerprint` is to be compared."""

    data: bytes
    fingerprint: str
    environment: str


class Trust:
    """The state in `folder`. All of it is for the background; after `look_up` the same is at hand at once."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read or made before it is asked for."""
        self._folder = folder
        self._state: State | None = None
        self._is_read = False

    @property
    def holding(self) -> Holding | None:
        """What is held; None before the first pack, or where it is damaged: import it again."""
        state = self._open()
        if state is None:
            return None
        directory = state.directory
        return Holding(directory.published_at, directory.environment.value, self._flags, state.pack)

    @property
    def has_root(self) -> bool:
        """Whether somebody has pinned a root on this phone."""
        return self._open() is not None or (self._folder / ROOT).is_file()

    def look_up(self, issuer: str) -> Known:
        """What the directory says of an issuer's address."""
        from keys.trust.directory import Environment
        from verifier.state import StateError

        state = self._open()
        if state is None:
            return Known(Check.NO_DIRECTORY)
        as_of = state.directory.published_at
        try:
            found = state.directory.authorities[issuer]
        except KeyError:
            return Known(Check.NOT_LISTED, as_of=as_of)
        except StateError:  # what was imported is damaged by now
            return Known(Check.NO_DIRECTORY)
        is_rehearsal = state.directory.environment is Environment.TEST
        return Known(Check.LISTED, found.name, found.flag, as_of, is_rehearsal)

    def log_keys(self, issuer: str) -> "tuple[PublicKey, ...]":
        """The keys of an issuer's transparency log that the directory lists; none without a directory."""
        from keys.trust.directory import LOG
        from keys.trust.state import COMPROMISED
        from verifier.state import StateError

        state = self._open()
        try:
            listed = state.keys_of(state.directory.authorities[issuer]) if state else ()
        except (KeyError, StateError):
            return ()
        own = [one for one in listed if one.issuer == issuer and one.purposes == {LOG}]
        return tuple(one.key for one in own if one.state not in COMPROMISED and not one.conflicting)

    def look_at_root(self, data: bytes) -> Root:
        """A root file as it can be agreed to. Raises TrustError."""
        if not data or len(data) > MOST_ROOT:
            raise TrustError(TrustTrouble.NOT_A_ROOT, f"{len(data)} bytes")
        from tuf.api.metadata import Metadata
        from tuf.api.metadata import Root as TufRoot
        from tuf.api.serialization import DeserializationError

        from keys.trust import listing

        try:
            json_object(data, max_size=MOST_ROOT)
            environment = listing.root_says(Metadata[TufRoot].from_bytes(data).signed).environment
        except (DeserializationError, ValueError, AttributeError) as error:
            raise TrustError(TrustTrouble.NOT_A_ROOT, plain(str(error), 100)) from None
        digest = sha256(data).hexdigest()
        return Root(data, " ".join(digest[at : at + 4] for at in range(0, 32, 4)), environment.value)

    def pin(self, root: Root) -> None:
        """Trust what this root signs; only where none is pinned yet. Raises TrustError."""
        if self.has_root:
            raise TrustError(TrustTrouble.OTHER_ROOT, "a root is pinned already")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._folder / f"{ROOT}.draft"
            draft.write_bytes(root.data)
            draft.replace(self._folder / ROOT)
        except OSError as error:
            raise TrustError(TrustTrouble.NOT_STORED, str(error.strerror)) from None

    def take_in(self, data: bytes, at: datetime) -> Holding:
        """Verify a sea pack from the pinned root on, and keep it whole or not at all. Raises TrustError."""
        from verifier import intake, remembered, store
        from verifier.pack import PackError
        from verifier.state import StateError
        from verifier.unusable import Unusable

        if not self.has_root:
            raise TrustError(TrustTrouble.NO_ROOT, "no root is pinned on this phone")
        folder = str(self._folder)
        pinned = self._folder / ROOT
        try:
            with store.locked(folder):
                held = remembered.read(folder, str(pinned) if pinned.is_file() else None).held
                taken: Intake = intake.take_in(data, held, at=at)
                store.write(folder, taken)
        except (PackError, intake.RefusedPack, Unusable) as error:
            raise TrustError(TrustTrouble.REFUSED, str(error)) from None
        except StateError as error:
            raise TrustError(TrustTrouble.NOT_STORED, str(error)) from None
        self._state, self._is_read = None, False
        holding = self.holding
        if holding is None:
            raise TrustError(TrustTrouble.NOT_STORED, "what was written cannot be read")
        return holding

    def take_in_file(self, path: Path, at: datetime) -> Holding:
        """As `take_in`, from a file. Raises TrustError."""
        return self.take_in(read(path), at)

    def fetch(self, address: str, at: datetime) -> Holding:
        """The newest pack of a site, `ADDRESS/packs/latest`. Raises TrustError."""
        from verifier import download
        from verifier.download import NotThere
        from verifier.pack import MAX_PACK
        from verifier.unusable import Unusable

        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            url = f"{address.strip().rstrip('/')}/packs/latest"
            fetched = download.fetch(url, str(self._folder), limit=MAX_PACK)
        except (Unusable, NotThere, OSError) as error:
            raise TrustError(TrustTrouble.OFFLINE, str(error) or "there are no packs") from None
        if fetched is None:
            raise TrustError(TrustTrouble.OFFLINE, "there is nothing new")
        return self.take_in(fetched.data, at)

    @property
    def _flags(self) -> tuple[str, ...]:
        state = self._open()
        found = set()
        with suppress(ValueError):  # a part that is damaged: what can be read is named
            found = {one.flag for one in state.directory.authorities.values()} if state else set()
        return tuple(sorted(found))

    def _open(self) -> "State | None":
        if not self._is_read:
            from verifier.state import State, StateError

            self._state = None
            with suppress(StateError):
                self._state = State(str(self._folder))
            self._is_read = True
        return self._state


def read(path: Path) -> bytes:
    """A file, bounded as packs are. Raises TrustError."""
    from verifier.pack import MAX_PACK

    try:
        with open(path, "rb", opener=opener) as file:  # a pipe would be waited for
            data = file.read(MAX_PACK + 1)
    except OSError as error:
        raise TrustError(TrustTrouble.UNREADABLE, f"{path.name}: {error.strerror}") from None
    if len(data) > MAX_PACK:
        raise TrustError(TrustTrouble.UNREADABLE, f"{path.name}: more than {MAX_PACK} bytes")
    return data
