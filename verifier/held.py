"""What a device holds of all that was imported: the root it trusts, and what was verified from there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime

from keys.trust.state import TrustState
from verifier.status import StatusList


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the next pack is taken in upon.

    `tokens` are those of the lists that came as `statuslist+jwt`; the others have their statement. `seen` is
    when the newest list of each address was signed, also of those that were dropped. `files` are the verified
    trust files, to which an update adds. `parts` names the files and lists that belong to `pack`: others may
    have come alone.
    """

    root: bytes
    trust: TrustState | None = None
    pack: str | None = None
    parts: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=dict)
    lists: Mapping[str, StatusList] = field(default_factory=dict)
    tokens: Mapping[str, bytes] = field(default_factory=dict)
    seen: Mapping[str, datetime] = field(default_factory=dict)

    def held(self) -> "Held":
        """This alone, of an import that has more to say."""
        return Held(**{one.name: getattr(self, one.name) for one in fields(Held)})
