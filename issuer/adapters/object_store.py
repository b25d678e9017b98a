"""The port of whatever keeps published files: a folder, or a bucket of an object store.

A store tells one content of a name from the next by a `version`, and replaces a content whole or not at all.
Who writes says which version the write is to take the place of: then, of two publishers, the one that does
not know of the other's write is refused (RFC 9110, 13.1: If-Match, If-None-Match).
"""

import re
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol

from issuer.domain.errors import Conflict, IssuerError

FOR_EVER: Final = 31_536_000  # seconds: what is never another content under its name
S3: Final = "s3://"

_NAME: Final = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]*(/[0-9A-Za-z_-][0-9A-Za-z._-]*)*", re.ASCII)


class StoreUnusable(IssuerError):
    """The folder or bucket cannot be read or written now; nothing of the register is lost."""

    code = "store-unusable"


class StoreBusy(Conflict):
    """Another publication is writing there."""

    code = "store-busy"


class Overtaken(Conflict):
    """What lies under a name is not what the write was to take the place of."""

    code = "overtaken"


class Upload(NamedTuple):
    """A file to be published, and for how many seconds readers may keep it (`FOR_EVER`: it never changes)."""

    name: str
    data: bytes
    media_type: str
    max_age: int


class Held(NamedTuple):
    """What lies under a name."""

    data: bytes
    version: str


class ObjectStore(Protocol):
    """Where published files lie. Every call raises StoreUnusable with what to do.

    Names are relative, with `/` between their parts.
    """

    @property
    def address(self) -> str:
        """Which store this is, among all that an authority may have."""

    def label(self, name: str) -> str:
        """Where a name lies, for people."""

    def alone(self) -> AbstractContextManager[bool]:
        """Whether the store promises that nobody else writes here meanwhile. Raises StoreBusy."""

    def names(self, prefix: str) -> dict[str, str]:
        """The versions of all names that begin with `prefix`."""

    def get(self, name: str) -> Held | None:
        """The content of a name, if it has one."""

    def put(self, upload: Upload, *, over: str | None) -> str:
        """Write in place of the version `over`, with None where there is nothing; returns the new version.

        Durable when `alone` ends. Raises Overtaken when something else is there.
        """

    def delete(self, name: str) -> None:
        """Take a name away, if it is there."""


def cache_control(max_age: int) -> str:
    """RFC 9111, 5.2.2, and RFC 8246. Ranges of what a proxy has packed anew would fit nothing."""
    lasting = ", immutable" if max_age >= FOR_EVER else ""
    return f"public, max-age={max_age}{lasting}, no-transform"


def checked_name(name: str) -> str:
    """A name that leads nowhere else. Raises ValueError: such a name is a fault of the program."""
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name of a published file")
    return name


def overtaken(label: str) -> Overtaken:
    """The refusal of a write that was to take the place of something else."""
    return Overtaken(
        f"{label} was changed by somebody else meanwhile",
        hint="publish again: what is there now is compared first",
    )
