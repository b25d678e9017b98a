"""Status lists and keys: complete, signed, cached, and never older than what was published before."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import jwt
import pytest
from support.desk import MEDICAL, NUMBER, SEAFARER, Desk
from support.issuer_app import KEYS

from issuer.adapters.database import Database
from issuer.adapters.object_store import StoreUnusable
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.publishing.preparing import Preparing
from issuer.services.publishing.publisher import PLAIN, Orders, SignedList, StatusPublisher
from keys import jws
from keys.jwk import PublicKey
from verifier import status
from verifier.status import Status


def opened(signed: SignedList) -> dict[str, object]:
    parsed = jws.parse(signed.token, max_size=4_000_000)
    payload = jws.verify(parsed, KEYS.public(KEYS.status_kid), typ="statuslist+jwt")
    claims: dict[str, object] = json.loads(payload)
    return claims


def entry(signed: SignedList, idx: int) -> Status | None:
    claims = opened(signed)
    bits, states = status._array(claims["status_list"])  # type: ignore[arg-type] # JSON
    one = status.StatusList(uri=signed.uri, issuer="", iat=signed.iat, exp=None, bits=bits, states=states)
    return one.get(idx)


def test_list_says_what_was_decided(desk: Desk) -> None:
    desk.enter()
    coc, fit = desk.issue(key="1"), desk.issue(MEDICAL, key="2")
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    now = desk.publisher.current(1)
    assert (entry(now, coc.idx), entry(now, fit.idx)) == (Status.SUSPENDED, Status.VALID)
    desk.lifecycle.reinstate(NUMBER, reason="", actor="clerk")
    assert entry(desk.publisher.current(1), coc.idx) is Status.VALID


def test_list_is_the_standards(desk: Desk) -> None:
    desk.enter()
    issued = desk.issue()
    signed = desk.publisher.current(1)
    claims = opened(signed)
    assert claims["sub"] == issued.list_uri == signed.uri
    assert claims["ttl"] == 12 * 3600
    assert signed.exp - signed.iat >= timedelta(days=60)
    header = jwt.get_unverified_header(signed.token)
    assert header == {"alg": "ES256", "kid": KEYS.status_kid, "typ": "statuslist+jwt"}


def test_list_is_signed_anew_only_when_something_changed_or_it_has_aged(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    first = desk.publisher.current(1)
    desk.clock.forward(hours=1)
    assert desk.publisher.current(1) == first
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    second = desk.publisher.current(1)
    assert second.iat > first.iat
    desk.clock.forward(hours=7)
    assert desk.publisher.current(1).iat > second.iat


@pytest.mark.parametrize(
    "move", [timedelta(0), timedelta(minutes=-30)], ids=["same second", "clock set back"]
)
def test_newer_list_is_never_dated_before_an_older_one(desk: Desk, move: timedelta) -> None:
    desk.enter()
    desk.issue()
    before = desk.publisher.current(1)
    desk.clock.now += move
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")
    assert desk.publisher.current(1).iat > before.iat


def suspend(desk: Desk) -> None:
    desk.lifecycle.suspend(NUMBER, reason="", actor="clerk")


def test_after_a_clock_that_was_ahead_decisions_are_published_at_once(desk: Desk) -> None:
    desk.enter()
    issued = desk.issue()
    desk.publisher.current(1)
    desk.clock.forward(days=80)
    ahead = desk.publisher.current(1)
    desk.clock.forward(days=-80)
    assert desk.publisher.current(1) == ahead  # nothing changed
    suspend(desk)
    now = desk.publisher.current(1)
    assert entry(now, issued.idx) is Status.SUSPENDED
    assert now.iat == ahead.iat + timedelta(seconds=1)


@pytest.mark.parametrize("days", [-91, 91, 3_650])
def test_clock_that_is_far_from_the_last_list_signs_nothing_and_says_what_to_do(
    desk: Desk, days: int
) -> None:
    desk.enter()
    desk.issue()
    before = desk.publisher.current(1)
    suspend(desk)
    desk.clock.forward(days=days)
    with pytest.raises(InvalidInput, match="the clock says") as refused:
        desk.publisher.current(1)
    assert "set the clock right" in refused.value.hint
    desk.clock.forward(days=-days)
    assert desk.publisher.current(1).iat == before.iat + timedelta(seconds=1)


def test_list_that_lay_long_is_signed_when_somebody_vouches_for_the_clock(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    desk.publish(tmp_path)
    desk.clock.forward(days=200)
    with pytest.raises(InvalidInput, match="the clock says") as refused:
        desk.publish(tmp_path)
    assert "--clock-is-right" in refused.value.hint
    desk.publish(tmp_path, Orders(clock_is_right=True))
    assert desk.publisher.current(1).iat == desk.clock.now.replace(microsecond=0)


@pytest.mark.parametrize(
    "act",
    [
        lambda desk: desk.lifecycle.revoke(NUMBER, reason="", actor="clerk"),
        lambda desk: desk.lifecycle.replace(NUMBER, reason="", actor="clerk"),
        lambda desk: desk.lifecycle.rebind(SEAFARER, actor="clerk"),
    ],
    ids=["revoke", "replace", "rebind"],
)
def test_each_decision_makes_a_new_list(desk: Desk, act: Callable[[Desk], None]) -> None:
    desk.enter()
    issued = desk.issue()
    desk.publisher.current(1)
    act(desk)
    assert entry(desk.publisher.current(1), issued.idx) is not Status.VALID


def test_decision_while_a_list_is_prepared_is_in_it(desk: Desk) -> None:
    desk.enter()
    issued = desk.issue()
    with Preparing() as preparing:
        with desk.database.read() as connection:
            (head,) = desk.publisher.heads(connection)
            preparing.begin(connection, head.number, head.size, head.revision)
        suspend(desk)
        signed = desk.publisher.unless_busy(head, PLAIN, preparing)
    assert signed is not None
    assert entry(signed, issued.idx) is Status.SUSPENDED
    assert desk.publisher.current(1) == signed


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_who_waited_for_a_signature_takes_it(database: Database) -> None:
    desk = Desk.open(database)
    desk.enter()
    desk.issue()
    desk.publisher.current(1)
    suspend(desk)
    found: list[SignedList] = []
    waiting = threading.Thread(target=lambda: found.append(desk.publisher.current(1)))
    with database.write() as connection:
        signed = desk.publisher.current(1)
        waiting.start()
        blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while not connection.exec_driver_sql(blocked).scalar_one():
            assert waiting.is_alive()
    waiting.join()
    assert found == [signed]


def test_unknown_list_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.publisher.current(7)
    assert desk.publisher.numbers() == []


def test_folder_holds_lists_and_keys_for_any_web_server(database: Database, tmp_path: Path) -> None:
    desk = Desk.open(database, list_size=16)
    for number in desk.enter_many(10):
        desk.issue(number, key=number)
    written = desk.publish(tmp_path / "public")
    assert sorted(written) == [
        "jwks.json",
        "jwt-vc-issuer.json",
        "status/1.jwt",
        "status/1.snapshot",
        "status/2.jwt",
        "status/2.snapshot",
        "status/aggregation.json",
    ]
    document = json.loads((tmp_path / "public/jwt-vc-issuer.json").read_bytes())
    assert document["issuer"] == desk.settings.issuer
    keys = {key["kid"]: PublicKey.from_jwk({k: key[k] for k in ("kty", "crv", "x", "y")})
            for key in document["jwks"]["keys"]}  # fmt: skip
    assert keys == {kid: KEYS.public(kid) for kid in KEYS.signers}
    lists = json.loads((tmp_path / "public/status/aggregation.json").read_bytes())["status_lists"]
    assert lists == [desk.settings.status_uri(1), desk.settings.status_uri(2)]
    assert desk.publish(tmp_path / "public") == []


@pytest.fixture
def backup(tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Restores, whenever asked, what the register was after one list was published."""
    database = Database.open(f"sqlite:///{tmp_path}/register.db")
    desk = Desk.open(database)
    desk.enter()
    desk.issue(key="1")
    desk.issue(MEDICAL, key="2")
    desk.publish(tmp_path / "public")
    database.close()
    shutil.copy(tmp_path / "register.db", tmp_path / "backup.db")
    opened: list[Database] = []

    def restore() -> Desk:
        shutil.copy(tmp_path / "backup.db", tmp_path / f"restored-{len(opened)}.db")
        opened.append(Database.open(f"sqlite:///{tmp_path}/restored-{len(opened)}.db"))
        return Desk.open(opened[-1])

    yield restore
    for one in opened:
        one.close()


def test_restored_database_does_not_undo_a_revocation(backup: Callable[[], Desk], tmp_path: Path) -> None:
    later = backup()
    later.clock.forward(minutes=10)
    later.lifecycle.revoke(NUMBER, reason="", actor="clerk")
    later.publish(tmp_path / "public")
    files = {path: path.read_bytes() for path in (tmp_path / "public").rglob("*.j*")}
    restored = backup()
    restored.clock.forward(hours=7)
    for _ in range(2):  # trying again helps nobody
        with pytest.raises(Conflict, match="older than what was published") as refused:
            restored.publish(tmp_path / "public")
        assert "restore a later backup" in refused.value.hint
    restored.publisher.current(1)  # as `serve` does: now the list is the later one
    with pytest.raises(Conflict, match="nobody reinstated it"):
        restored.publish(tmp_path / "public")
    assert {path: path.read_bytes() for path in files} == files


def test_restored_database_that_lacks_a_list_or_a_credential_publishes_nothing(
    backup: Callable[[], Desk], tmp_path: Path
) -> None:
    later = backup()
    later.clock.forward(minutes=10)
    extra = later.issue(key="3", holder=None)
    assert extra.idx
    later.lifecycle.revoke(NUMBER, reason="", actor="clerk")
    later.publish(tmp_path / "public")
    restored = backup()
    restored.clock.forward(hours=1)
    restored.lifecycle.revoke(NUMBER, reason="", actor="clerk")
    restored.publisher.current(1)
    with pytest.raises(Conflict, match=f"entry {extra.idx}"):
        restored.publish(tmp_path / "public")
    shutil.copy(tmp_path / "public/status/1.jwt", tmp_path / "public/status/2.jwt")
    with pytest.raises(Conflict, match=r"2\.jwt|entry"):
        restored.publish(tmp_path / "public")


def test_reinstatement_that_was_decided_here_is_published(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    issued = desk.issue()
    for act, says in (
        (desk.lifecycle.suspend, Status.SUSPENDED),
        (desk.lifecycle.reinstate, Status.VALID),
        (desk.lifecycle.suspend, Status.SUSPENDED),
        (desk.lifecycle.reinstate, Status.VALID),
    ):
        act(NUMBER, reason="", actor="clerk")
        desk.publish(tmp_path)
        assert entry(desk.publisher.current(1), issued.idx) is says
        desk.clock.forward(days=1)


def test_folder_of_another_authority_or_with_a_damaged_list_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    desk.publish(tmp_path)
    mine = (tmp_path / "status/1.jwt").read_bytes()
    other = status.encode(
        bytes(256),
        uri="https://dk.example/status/1",
        iat=desk.clock.now,
        exp=None,
        ttl=None,
        signer=KEYS.signer(KEYS.status_kid),
        kid=KEYS.status_kid,
    )
    for content, says in ((other.encode(), "https://dk.example/status/1"), (mine[:-200], "cannot be read"),
                          (b"", "cannot be read"), (b"\xff", "cannot be read")):  # fmt: skip
        (tmp_path / "status/1.jwt").write_bytes(content)
        with pytest.raises(InvalidInput, match=says):
            desk.publish(tmp_path)
        assert (tmp_path / "status/1.jwt").read_bytes() == content


def test_no_private_key_is_published(desk: Desk, tmp_path: Path) -> None:
    for name in desk.publish(tmp_path):
        assert b'"d"' not in (tmp_path / name).read_bytes()


def test_folder_that_cannot_be_written_is_named(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnusable, match="cannot be written"):
        desk.publish(tmp_path / "file")


def test_several_workers_publish_the_same_list(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    others = [StatusPublisher(desk.database, desk.clock, KEYS, desk.settings) for _ in range(3)]
    assert len({publisher.current(1).token for publisher in others}) == 1
    assert isinstance(desk.publisher.current(1).iat, datetime)
