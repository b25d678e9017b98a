"""TUF's workflow under a strict policy: expiry stops, as TUF § 5.3-5.6 have it (keys.trust.workflow).

What the offline policy makes of the same checks is in `test_trust_client*`; the third-party suite runs in
tests/conformance.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from support.simulator import DAY, NOW
from support.tuf_repository import Repository
from tuf.api.metadata import Root, Snapshot, Targets, Timestamp

from keys.trust.metadata import DIRECTORY, UntrustedMetadata, file_name
from keys.trust.state import Seen
from keys.trust.workflow import MAX_ROOTS, AnotherContent, Expired, Policy, Rollback, Workflow

YEAR = 365 * DAY


class Run:
    """A strict client on a repository: what it asked for, what it kept."""

    def __init__(
        self,
        repository: Repository,
        at: datetime = NOW,
        memory: Mapping[str, Seen] | None = None,
        floors: Mapping[str, int] | None = None,
    ) -> None:
        self.repository, self.asked = repository, list[str]()
        self.kept: dict[str, bytes] = {}
        self.workflow = Workflow(
            self._fetch,
            Policy(stop_at=at),
            memory=memory or {},
            floors=floors,
            keep=self.kept.__setitem__,
        )

    def _fetch(self, role: str, version: int | None, length: int) -> bytes | None:
        self.asked.append(file_name(role, version or 0))
        return self.repository.files.get(self.asked[-1])

    def refresh(self) -> tuple[Root, Timestamp, Snapshot, Targets]:
        workflow = self.workflow
        root = workflow.root(self.repository.files["1.root.json"])
        timestamp = workflow.timestamp(root)
        snapshot = workflow.snapshot(root, timestamp)
        return root, timestamp, snapshot, workflow.targets(root, DIRECTORY, snapshot)


@pytest.fixture
def repository() -> Repository:
    return Repository("NO", "DK")


def test_files_are_asked_for_in_the_order_of_the_specification(repository: Repository) -> None:
    repository.publish("root", "targets")
    run = Run(repository)
    _, _, snapshot, directory = run.refresh()
    assert run.workflow.targets(directory, "NO", snapshot).version == 1
    assert run.asked == [
        *("2.root.json", "3.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json", "1.NO.json")
    ]
    assert list(run.kept) == ["root", "timestamp", "snapshot", "targets", "NO"]


@pytest.mark.parametrize(
    ("role", "kept"),
    [
        ("root", []),
        ("timestamp", ["root"]),
        ("snapshot", ["root", "timestamp"]),
        ("targets", ["root", "timestamp", "snapshot"]),
    ],
)
def test_expiry_stops_a_strict_client_after_what_was_good_before(
    repository: Repository, role: str, kept: list[str]
) -> None:
    repository.lifetimes[role] = 30 * DAY
    repository.publish("root", "targets", "NO", "DK")
    assert Run(repository, NOW + 30 * DAY - timedelta(seconds=1)).refresh()
    late = Run(repository, NOW + 30 * DAY)
    with pytest.raises(Expired, match=f"{role}.json: expired on 2026-12-21"):
        late.refresh()
    assert list(late.kept) == (kept or ["root"]), "an expired root is kept: its successor needs it (§ 5.3.10)"


def test_an_expired_elder_root_leads_to_its_successor(repository: Repository) -> None:
    repository.lifetimes["root"] = 900 * DAY
    repository.publish("root", "targets", at=NOW + 20 * DAY)
    assert Run(repository, NOW + YEAR + DAY).refresh()[0].version == 2


def test_a_list_may_not_name_older_versions_than_it_did(repository: Repository) -> None:
    """(5.4.3.2, 5.5.5)"""
    for floors in ({"snapshot": 2}, {"targets": 2}, {"NO": 2}):
        with pytest.raises(Rollback, match=r"older snapshot|2 was listed before"):
            Run(repository, floors=floors).refresh()
    with pytest.raises(Rollback, match=r"SE\.json: has vanished"):
        Run(repository, floors={"SE": 1}).refresh()


def test_another_timestamp_of_the_same_version_is_told_apart_from_an_older_one(
    repository: Repository,
) -> None:
    """So that a client which holds one may keep it (§ 5.4.3.1)."""
    held = repository.files["timestamp.json"]
    run = Run(repository)
    run.refresh()
    repository.versions["timestamp"] = 0
    repository.publish(at=NOW + DAY)
    again = Run(repository, memory=run.workflow.seen)
    with pytest.raises(AnotherContent):
        again.refresh()
    root = again.workflow.roots[-1]
    assert again.workflow.timestamp(root, held).version == 1


def test_a_chain_of_roots_has_an_end(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_ROOTS == 1_024
    monkeypatch.setattr("keys.trust.workflow.MAX_ROOTS", 3)
    for _ in range(5):
        repository.publish("root", "targets")
    run = Run(repository)
    assert run.refresh()[0].version == 4
    assert "5.root.json" not in run.asked


def test_a_signature_that_proves_nothing_is_passed_over_only_where_the_policy_says_so(
    repository: Repository,
) -> None:
    stranger = repository.new_keys(1)
    found = Run(repository).refresh()[1]
    repository.sign("timestamp", found, by=[*repository.holders["timestamp"], *stranger], version=1)
    with pytest.raises(UntrustedMetadata, match="a signature that does not verify"):
        Run(repository).refresh()
    run = Run(repository)
    run.workflow = Workflow(run._fetch, Policy(every_signature=False), memory={})
    assert run.refresh()
