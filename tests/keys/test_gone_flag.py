"""A flag that leaves: only the root's holders can say so, and nothing of it is forgotten."""

from dataclasses import replace
from pathlib import Path

import pytest
from support.ceremony import Ceremony, cheap_passphrases
from support.simulator import DAY, NOW
from support.tuf_repository import Repository

from keys.trust.client import Rollback
from keys.trust.directory import KeyState
from keys.trust.metadata import UntrustedMetadata
from keys.trust.state import TrustState


@pytest.fixture
def repository() -> Repository:
    return Repository("NO", "DK")


def leave(repository: Repository, *, named: bool) -> None:
    """The root's holders say that NO is gone; the directory and the snapshot may name it still."""
    repository.root_extension["gone"] = ["NO"]
    if not named:
        del repository.authorities["NO"]
    repository.publish("root", "targets", at=repository.at + DAY)


@pytest.mark.parametrize("named", [True, False], ids=["still listed", "listed no more"])
def test_a_flag_that_the_root_calls_gone_has_no_say_and_is_remembered(
    repository: Repository, named: bool
) -> None:
    norway = repository.authorities["NO"]
    seen = repository.verify().state
    leave(repository, named=named)
    for previous in (seen, None):
        directory, state, files = repository.verify(previous)
        assert directory.authority(norway.iss) is None
        assert not [key for key in directory.keys.values() if key.issuer == norway.iss]
        assert not [name for name in files if "NO" in name], "no pack carries it"
        assert "DK" in {one.flag for one in directory.authorities.values()}
    state = TrustState.from_json(repository.verify(seen).state.to_json())
    assert (state.seen["NO"], state.roles["NO"]) == (seen.seen["NO"], seen.roles["NO"])
    assert seen.addresses.items() <= state.addresses.items()
    assert seen.keys.items() <= state.keys.items()


def test_a_flag_leaves_by_nobodys_word_but_the_roots(repository: Repository) -> None:
    seen = repository.verify().state
    repository.authorities.pop("NO")
    repository.publish(at=NOW + DAY)
    with pytest.raises(Rollback, match="has vanished from the"):
        repository.verify(seen)


def test_a_flag_that_comes_back_brings_nothing_old(repository: Repository) -> None:
    norway, version = repository.authorities["NO"], repository.versions["NO"]
    norway.retire_key(norway.certificate_kid, KeyState.REVOKED, "stolen")
    repository.publish("NO")
    seen = repository.verify().state
    leave(repository, named=False)
    gone = repository.verify(seen).state
    del repository.root_extension["gone"]
    norway.change_key(norway.certificate_kid, state=KeyState.ACTIVE)
    repository.authorities["NO"] = norway
    repository.versions["NO"] = version
    repository.publish("root", "targets", at=NOW + 2 * DAY)
    with pytest.raises(Rollback, match="NO"):
        repository.verify(gone)
    repository.versions["NO"] = version + 1
    repository.publish(at=NOW + 3 * DAY)
    back = repository.verify(gone).directory
    assert back.authority(norway.iss) == norway.entry
    key = back.key(norway.iss, norway.certificate_kid)
    assert key is not None
    assert key.state is KeyState.REVOKED
    repository.replace("NO")
    repository.publish(at=NOW + 4 * DAY)
    with pytest.raises(UntrustedMetadata, match="NO: its keys were replaced"):
        repository.verify(gone)


def test_while_a_flag_is_gone_nobody_gets_its_addresses(repository: Repository) -> None:
    seen = repository.verify().state
    leave(repository, named=False)
    gone, denmark = repository.verify(seen).state, repository.authorities["DK"]
    denmark.entry = replace(denmark.entry, issuers=(*denmark.entry.issuers, "https://no.example"))
    repository.publish(at=NOW + 2 * DAY)
    with pytest.raises(UntrustedMetadata, match="belongs to NO, and DK now claims it"):
        repository.verify(gone)


# At the publisher's


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    cheap_passphrases(monkeypatch)
    home = Ceremony(tmp_path, capsys)
    home.done("operator", "init", "--environment", "test")
    for flag in ("NO", "DK"):
        home.authority(flag)
    home.publish()
    return home


def test_a_root_says_that_a_flag_is_gone_and_another_that_it_is_back(home: Ceremony) -> None:
    directory, before = home.read()
    days = [f"2026-11-2{day}T12:00:00Z" for day in range(2, 6)]
    said = home.done("operator", "root", "rotate", "--gone", "NO", at=days[0])
    assert "! - NO: no member any more; all its certificates count for nothing" in said
    assert "Published 1 authority " in home.publish("2.root.draft.json", at=days[0])
    left, gone = home.read(before, at=days[0])
    assert set(directory.authorities) - set(left.authorities) == {"https://no.example"}
    home.publish(at=days[1])
    assert set(home.read(gone, at=days[1])[0].authorities) == {"https://dk.example"}, "the root stands"
    said = home.done("operator", "root", "rotate", "--back", "NO", at=days[2])
    assert "! + NO: a member again, with the keys that it had" in said
    assert "Published 2 authorities " in home.publish("3.root.draft.json", at=days[2])
    back, state = home.read(gone, at=days[2])
    assert back.authorities == directory.authorities
    assert state.roles == before.roles


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--gone", "SE"], "no authority SE"),
        (["--back", "NO"], "NO has not left"),
    ],
)
def test_who_is_no_member_cannot_leave_and_who_has_not_left_cannot_come_back(
    home: Ceremony, words: list[str], reason: str
) -> None:
    assert reason in home.refused("operator", "root", "rotate", *words)
