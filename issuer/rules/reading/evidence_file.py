"""A country's evidence policy from its file: whose word counts for what, and how many are looked at."""

from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import ATTACHMENTS, Channel, Kind, Reporter
from issuer.rules.reading.entry import Entry, names, read

_HUNDRED = 100


def policy_of(data: bytes, file: str) -> tuple[str, EvidencePolicy]:
    """The country, and its policy. Raises LawError, which says where."""
    members = read(data, file).members(("policy", "sources"))
    about = members["policy"].members(
        ("country", "names", "ref", "uploads_need_a_person", "spot_check_percent")
    )
    spoken, spot_check = names(about["names"]), about["spot_check_percent"].members(("value", "verified"))
    uploads_need_a_person = about["uploads_need_a_person"].flag()
    listed = {
        Kind(kind): one for kind, one in members["sources"].members([], [kind.value for kind in Kind]).items()
    }
    policy = EvidencePolicy(
        name=spoken.get("en", next(iter(spoken.values()))),
        ref=about["ref"].text(),
        accepts={kind: _accepted(one, kind, uploads_need_a_person) for kind, one in listed.items()},
        rows={kind: rows for kind, one in listed.items() if (rows := _rows(one))},
        unsourced=tuple(kind for kind, one in listed.items() if not _is_sourced(one)),
        uploads_need_a_person=uploads_need_a_person,
        spot_check=_percent(spot_check["value"]) / _HUNDRED,
        spot_check_verified=spot_check["verified"].flag(),
    )
    return about["country"].text(), policy


def _percent(entry: Entry) -> int:
    value = entry.whole()
    if value > _HUNDRED:
        entry.fail("no more than 100 percent are looked at")
    return value


def _accepted(sources: Entry, kind: Kind, uploads_need_a_person: bool) -> frozenset[tuple[Reporter, Channel]]:
    """Whose word counts, and by which way; what a person is to read is never taken by itself."""
    found = frozenset(pair for one in sources.items() for pair in _pairs(one))
    uploaded = any(channel is Channel.UPLOAD for _, channel in found)
    if uploaded and uploads_need_a_person and kind not in ATTACHMENTS:
        sources.fail(
            "upload is a way to report photo and signature alone: uploads_need_a_person says who reads others"
        )
    return found


def _pairs(entry: Entry) -> list[tuple[Reporter, Channel]]:
    members = entry.members(("reporter", "channels"), ("ref", "verified"))
    try:
        reporter = Reporter(members["reporter"].text())
        return [(reporter, Channel(one)) for one in members["channels"].texts()]
    except ValueError as error:
        entry.fail(str(error))


def _rows(sources: Entry) -> tuple[str, ...]:
    """What the source itself says, where it is quoted."""
    found = (one.mapping() for one in sources.items())
    return tuple(members["ref"].text() for members in found if "ref" in members)


def _is_sourced(sources: Entry) -> bool:
    """Whether every row stands in a source, as far as whoever wrote it down says."""
    found = (one.mapping() for one in sources.items())
    return all("verified" not in members or members["verified"].flag() for members in found)
