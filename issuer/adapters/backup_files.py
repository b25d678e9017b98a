"""A backup's files: one stream of named pieces in age's format, the key to it under a passphrase, a summary.

`register.age` is a tar of gzip for one age key, made for this backup alone; `identity.age` is that key under
the passphrase, or is missing where the backup was made for a key that lies elsewhere. So age's own program
opens it too: `age -d -i identity.age register.age | tar tz`. `manifest.json` is for people and for finding
damage without any key; what is inside is believed instead (https://age-encryption.org/v1).
"""

import gzip
import io
import os
import secrets
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import Any, Final, NamedTuple

import pyrage

from issuer.domain.errors import IssuerError
from keys.custody import atomic_file
from keys.encoding import EncodingError, Json, json_dumps, json_object

REGISTER, IDENTITY, MANIFEST = "register.age", "identity.age", "manifest.json"
LARGEST_PIECE: Final = 64 << 20
_SMALL: Final = 1 << 20  # of a manifest
_LEVEL: Final = 3  # of gzip: twice as fast as the usual 9, and a tenth larger

Add = Callable[[str, bytes], None]


class BackupUnusable(IssuerError):
    """A backup that is damaged, that this passphrase does not open, or that is none."""

    code = "backup-unusable"


class Piece(NamedTuple):
    """A part of a backup, small enough to be held in memory."""

    name: str
    content: bytes


class Recipient(NamedTuple):
    """Whom a backup is for: an age key's public half, `age1…`."""

    text: str


def recipient_of(text: str) -> Recipient:
    """A public key as it was typed. Raises BackupUnusable."""
    try:
        return Recipient(str(pyrage.x25519.Recipient.from_str(text)))
    except pyrage.RecipientError as error:
        raise BackupUnusable(f"{text[:80]}: no age recipient", hint="make one with age-keygen") from error


@contextmanager
def writing(folder: Path, secret: bytes | Recipient) -> Iterator[Add]:
    """A new backup: it is in `folder` when the block has ended well, else nothing is.

    `secret` is a passphrase, or who alone can open it. Raises BackupUnusable where the folder is there.
    """
    if folder.exists():
        raise BackupUnusable(f"{folder} is there already", hint="name a new folder for each backup")
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(6)}.new")
    beside.mkdir(parents=True, mode=0o700)
    try:
        if isinstance(secret, bytes):
            identity = pyrage.x25519.Identity.generate()
            sealed = pyrage.passphrase.encrypt(f"{identity}\n".encode(), secret.decode())
            atomic_file.write(beside / IDENTITY, sealed, mode=0o600)
            recipient = identity.to_public()
        else:
            recipient = pyrage.x25519.Recipient.from_str(secret.text)
        with (
            _encrypting(beside / REGISTER, recipient) as pipe,
            gzip.GzipFile(fileobj=pipe, mode="wb", compresslevel=_LEVEL, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|") as archive,
        ):
            yield lambda name, content: _add(archive, Piece(name, content))
        os.replace(beside, folder)
        _flush(folder.parent)
    except BaseException:
        for left in beside.glob("*"):
            left.unlink()
        beside.rmdir()
        raise


def finish(folder: Path, said: dict[str, Json]) -> None:
    """Write the summary for people beside the rest, with the digests of the files."""
    files: dict[str, Json] = {
        name: _digest(folder / name) for name in (REGISTER, IDENTITY) if (folder / name).exists()
    }
    atomic_file.write(folder / MANIFEST, json_dumps({"manifest": said, "files": files}), mode=0o600)


def check_files(folder: Path) -> dict[str, Json]:
    """What the summary says, when no file has changed since it was written. Raises BackupUnusable."""
    try:
        found = json_object((folder / MANIFEST).read_bytes(), max_size=_SMALL)
        files, said = found.get("files"), found.get("manifest")
        if not isinstance(files, dict) or not isinstance(said, dict):
            raise BackupUnusable(f"{folder / MANIFEST} is no summary of a backup", hint=_HINT)
        for name in (REGISTER, *files):
            if "/" in name or files.get(name) != _digest(folder / name):
                raise BackupUnusable(f"{folder / name} has changed since it was made", hint=_HINT)
    except (OSError, EncodingError) as error:
        raise _unreadable(folder, error) from error
    return said


@contextmanager
def reading(folder: Path, secret: bytes | Path) -> Iterator[Iterator[Piece]]:
    """The pieces of a backup in the order in which they were written; whole, only once all were read.

    `secret` is the passphrase, or the file of an age identity. Raises BackupUnusable.
    """
    identities = _identities(folder, secret)
    with _decrypting(folder / REGISTER, identities) as pipe:
        yield _pieces(folder, pipe)


_HINT: Final = "use another copy of this backup, or an earlier one"


def _pieces(folder: Path, pipe: io.BufferedReader) -> Iterator[Piece]:
    try:
        with gzip.GzipFile(fileobj=pipe) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                if content is None or member.size > LARGEST_PIECE:
                    raise BackupUnusable(f"{folder}: {member.name[:80]} has no place in a backup", hint=_HINT)
                yield Piece(member.name, content.read())
            if packed.read(1 << 16).strip(b"\0"):
                raise BackupUnusable(f"{folder}: something follows the backup's end", hint=_HINT)
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise _unreadable(folder, error) from error


def _identities(folder: Path, secret: bytes | Path) -> list[Any]:
    try:
        if isinstance(secret, Path):
            text = secret.read_text("utf-8")
        else:
            sealed = (folder / IDENTITY).read_bytes()
            text = pyrage.passphrase.decrypt(sealed, secret.decode()).decode()
        keys = [line for line in text.splitlines() if line and not line.startswith("#")]
        return [pyrage.x25519.Identity.from_str(one) for one in keys]
    except pyrage.DecryptError as error:
        raise BackupUnusable(
            f"{folder}: the passphrase does not open this backup", hint="check what was typed"
        ) from error
    except FileNotFoundError as error:
        raise BackupUnusable(
            f"{error.filename} is not there",
            hint="a backup made for a recipient is opened with --identity FILE",
        ) from error
    except (pyrage.IdentityError, UnicodeDecodeError, OSError) as error:
        raise BackupUnusable(f"{folder}: no age identity: {error}", hint=_HINT) from error


@contextmanager
def _encrypting(path: Path, recipient: Any) -> Iterator[io.BufferedWriter]:
    """What is written into the pipe is encrypted into the file by a thread, and flushed to the disk."""
    reader, writer = _pipe()
    failures: list[Exception] = []

    def work() -> None:
        with reader, open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                pyrage.encrypt_io(reader, file, [recipient])
                file.flush()
                os.fsync(file.fileno())
            except (OSError, pyrage.EncryptError) as error:
                failures.append(error)

    thread = Thread(target=work, name="backup", daemon=True)
    thread.start()
    try:
        with writer:
            yield writer
    except BrokenPipeError:  # the thread says why
        if not failures:
            thread.join()
    finally:
        thread.join()
    if failures:
        raise BackupUnusable(f"{path} cannot be written: {failures[0]}", hint="make room, then try again")


@contextmanager
def _decrypting(path: Path, identities: list[Any]) -> Iterator[io.BufferedReader]:
    """The file's plain text in a pipe, filled by a thread; raises at the end where it was not whole."""
    reader, writer = _pipe()
    failures: list[Exception] = []

    def work() -> None:
        try:
            with writer, open(path, "rb") as file:
                pyrage.decrypt_io(file, writer, identities)
        except (OSError, pyrage.DecryptError) as error:
            failures.append(error)

    thread = Thread(target=work, name="restore", daemon=True)
    thread.start()
    is_whole = False
    try:
        with reader:
            yield reader
            is_whole = reader.read(1) == b""
    except BackupUnusable as error:
        thread.join()
        raise (_unreadable(path.parent, failures[0]) if failures else error) from error
    thread.join()
    if failures or not is_whole:
        raise _unreadable(path.parent, failures[0] if failures else EOFError("something follows its end"))


def _pipe() -> tuple[io.BufferedReader, io.BufferedWriter]:
    out, into = os.pipe()
    return open(out, "rb"), open(into, "wb")  # whoever asked closes them


def _add(archive: tarfile.TarFile, piece: Piece) -> None:
    member = tarfile.TarInfo(piece.name)
    member.size = len(piece.content)
    archive.addfile(member, io.BytesIO(piece.content))


def _digest(path: Path) -> str:
    found = sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unreadable(folder: Path, error: Exception) -> BackupUnusable:
    if isinstance(error, NotADirectoryError):
        return BackupUnusable(
            f"{folder} is a file, and a backup is a folder", hint="name the folder that `backup make` wrote"
        )
    what = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return BackupUnusable(f"{folder} cannot be read as a backup: {what}", hint=_HINT)
