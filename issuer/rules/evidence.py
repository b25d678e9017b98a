"""Which evidence decides by itself: per country, and per kind of record, from whom and by which way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from issuer.rules.facts import Channel, Facts, Kind, Record, Reporter, Service, Source

CONTRADICTED: Final = "contradicted"  # mark of a record that another reporter's cannot stand beside


class Level(StrEnum):
    """How far a record's word goes."""

    VERIFIED = "verified"  # from a source that counts by itself
    REPORTED = "reported"  # by somebody whose word does not count by itself, or by another way than his
    UPLOADED = "uploaded"  # a document that somebody has to read
    SELF_REPORTED = "self-reported"
    CONTRADICTED = "contradicted"  # by another reporter: neither counts before somebody has looked


_BY_CHANNEL: Final = {Channel.UPLOAD: Level.UPLOADED, Channel.SELF_REPORT: Level.SELF_REPORTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePolicy:
    """A country's source matrix. A record of any other source is unverified: somebody has to look at it."""

    name: str
    ref: str
    accepts: Mapping[Kind, frozenset[tuple[Reporter, Channel]]]
    rows: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)  # of the source, in its own words
    unsourced: tuple[Kind, ...] = ()  # kinds of which a row stands in no source
    uploads_need_a_person: bool = False  # one uploaded document sends the whole case to manual
    spot_check: float = 0.0  # share of automatic cases that a person looks at
    spot_check_verified: bool = False  # whether a source says how many

    def verifies(self, kind: Kind, source: Source) -> bool:
        """Whether a record of this kind from this source counts without a person's look."""
        return (source.reporter, source.channel) in self.accepts.get(kind, frozenset())

    def level(self, record: Service | Record) -> Level:
        """How far a record goes."""
        if CONTRADICTED in record.marks:
            return Level.CONTRADICTED
        if self.verifies(record.kind if isinstance(record, Record) else Kind.SERVICE, record.source):
            return Level.VERIFIED
        return _BY_CHANNEL.get(record.source.channel, Level.REPORTED)

    def verified(self, facts: Facts) -> Facts:
        """The facts as far as they decide by themselves."""
        return replace(
            facts,
            services=tuple(one for one in facts.services if self._counts(Kind.SERVICE, one)),
            records=tuple(one for one in facts.records if self._counts(one.kind, one)),
        )

    def unverified(self, facts: Facts) -> tuple[Service | Record, ...]:
        """What somebody has to look at before it counts."""
        accepted = self.accepts.get(Kind.SERVICE, frozenset())  # asked once for what a career has dozens of
        services = (
            one
            for one in facts.services
            if (one.source.reporter, one.source.channel) not in accepted or CONTRADICTED in one.marks
        )
        return (*services, *(one for one in facts.records if not self._counts(one.kind, one)))

    def _counts(self, kind: Kind, record: Service | Record) -> bool:
        return self.verifies(kind, record.source) and CONTRADICTED not in record.marks
