"""A country's evidence policy from its file: whose word counts for what, and how many are looked at."""

from collections.abc import Mapping

from issuer.rules.entry import Entry, names, read
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import Channel, Kind, Reporter

_HUNDRED = 100


def policy_of(data: bytes, file: str) -> tuple[str, EvidencePolicy]:
    """The country, and its policy. Raises LawError, which says where."""
    members = read(data, file).members(("policy", "sources"))
    about = members["policy"].members(
        ("country", "names", "ref", "uploads_need_a_person", "spot_check_percent")
    )
    spoken = names(about["names"])
    policy = EvidencePolicy(
        name=spoken.get("en", next(iter(spoken.values()))),
        ref=about["ref"].text(),
        accepts=_sources(members["sources"]),
        uploads_need_a_person=about["uploads_need_a_person"].flag(),
        spot_check=_percent(about["spot_check_percent"]) / _HUNDRED,
    )
    return about["country"].text(), policy


def _percent(entry: Entry) -> int:
    """A share; `verified: false` until somebody has found it in a source."""
    members = entry.members(("value", "verified"))
    members["verified"].flag()
    value = members["value"].whole()
    if value > _HUNDRED:
        members["value"].fail("no more than 100 percent are looked at")
    return value


def _sources(entry: Entry) -> Mapping[Kind, frozenset[tuple[Reporter, Channel]]]:
    listed = entry.members([kind.value for kind in Kind])
    return {
        Kind(kind): frozenset(pair for one in value.items() for pair in _pairs(one))
        for kind, value in listed.items()
    }


def _pairs(entry: Entry) -> list[tuple[Reporter, Channel]]:
    members = entry.members(("reporter", "channels"))
    try:
        reporter = Reporter(members["reporter"].text())
        return [(reporter, Channel(one)) for one in members["channels"].texts()]
    except ValueError as error:
        entry.fail(str(error))
