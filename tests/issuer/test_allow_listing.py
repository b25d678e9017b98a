"""Allow lists: all that a compromised key truly signed, nothing that it did not, and none without need."""

import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from support.desk import MEDICAL, NUMBER, SEAFARER, Desk
from support.issuer_app import KEYS, HandClock

from issuer.adapters.database import Database
from issuer.adapters.repository import CHUNK, insert_many
from issuer.adapters.tables import certificate, credential, credential_token, log_entry, seafarer, status_list
from issuer.domain.errors import Conflict, DatabaseUnusable, InvalidInput, NotFound
from issuer.services.audit.trail import LOGGED, AuditEvent, record
from issuer.services.log import allow_listing, signed_texts
from issuer.services.log.allow_listing import MadeAllowList, write_allow_list
from issuer.services.log.anonymising import anonymise
from keys import jws
from keys.trust.allow_list import AllowList
from verifier.credential import sd_jwt

KID = KEYS.certificate_kid


def listed(desk: Desk, path: Path, kid: str = KID) -> AllowList:
    write_allow_list(desk.database, desk.clock, kid, path, actor="clerk")
    return AllowList.read(path.read_bytes(), kid)


def covered(token: str) -> bytes:
    """A token's signing input, as the strict parser sees it."""
    return sd_jwt.parse(token).jws.signing_input


def test_list_holds_what_was_released_whatever_became_of_it(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    phone, paper = desk.issue(key="1"), desk.issue(key="2", holder=None)
    fit = desk.issue(MEDICAL, key="3")
    desk.lifecycle.revoke(NUMBER, reason="", actor="clerk")
    desk.lifecycle.rebind(SEAFARER, actor="clerk")
    found = listed(desk, tmp_path / "list.bin")
    assert len(found) == 3
    assert all(found.holds(covered(one.token)) for one in (phone, paper, fit))


def test_list_does_not_hold_what_the_thief_signed_alike(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    real = desk.issue()
    found = listed(desk, tmp_path / "list.bin")
    parsed = sd_jwt.parse(real.token).jws
    forged = jws.sign(
        parsed.payload.replace(b"NO-COC-0001", b"NO-COC-0666"), KEYS.signer(KID), typ="dc+sd-jwt", kid=KID
    )
    assert not found.holds(covered(f"{forged}~"))


def test_list_is_of_one_key_alone(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue(key="1")
    other = desk.issue(MEDICAL, key="2")
    with desk.database.write() as connection:
        connection.execute(
            update(credential).where(credential.c.serial == other.serial).values(kid="NO-2025a")
        )
    assert len(listed(desk, tmp_path / "a")) == 1
    found = listed(desk, tmp_path / "b", "NO-2025a")
    assert (len(found), found.holds(covered(other.token))) == (1, True)


def test_each_file_has_a_salt_of_its_own(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    files = [listed(desk, tmp_path / name).data for name in ("a", "b")]
    assert len({data[13:29] for data in files}) == 2
    assert len({data[29:] for data in files}) == 2


@pytest.mark.parametrize("kid", ["NO-2025z", KEYS.status_kid, "no-2026A", "NO-2026a "])
def test_key_that_signed_no_credential_gets_no_list(desk: Desk, tmp_path: Path, kid: str) -> None:
    desk.enter()
    desk.issue()
    with pytest.raises(NotFound, match=f"under key {kid}") as refused:
        listed(desk, tmp_path / "list.bin", kid)
    assert f"keys that signed credentials: {KID};" in refused.value.hint
    assert not (tmp_path / "list.bin").exists()
    assert "allow-list" not in desk.events()


@pytest.mark.parametrize("kid", ["", "\ud800", "NO\n", "x" * 65, "Ø"])
def test_what_is_no_key_id_is_said_to_be_none(desk: Desk, tmp_path: Path, kid: str) -> None:
    with pytest.raises(InvalidInput, match="is no key id"):
        listed(desk, tmp_path / "list.bin", kid)


def test_empty_register_gets_no_list(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        listed(desk, tmp_path / "list.bin")
    assert "OMBORD_DATABASE_URL" in refused.value.hint


@pytest.mark.parametrize("state", ["reserved", "persisted", "signed", "verified", "logged", "void"])
def test_what_was_not_released_is_not_listed(desk: Desk, tmp_path: Path, state: str) -> None:
    desk.enter()
    kept = desk.issue(key="1")
    other = desk.issue(MEDICAL, key="2")
    with desk.database.write() as connection:
        connection.execute(update(credential).where(credential.c.serial == other.serial).values(state=state))
    made = write_allow_list(desk.database, desk.clock, KID, tmp_path / "list.bin", actor="clerk")
    assert made == MadeAllowList(tmp_path / "list.bin", 1, 0 if state == "void" else 1)
    found = AllowList.read((tmp_path / "list.bin").read_bytes(), KID)
    assert (found.holds(covered(kept.token)), found.holds(covered(other.token))) == (True, False)


def test_credential_that_was_put_into_the_register_later_stops_the_list(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    issued = desk.issue()
    with desk.database.write() as connection:
        salt = update(credential).where(credential.c.serial == issued.serial).values(log_salt="00" * 16)
        connection.execute(salt)
    with pytest.raises(Conflict, match=f"{issued.serial} is in the register, but not in the audit trail"):
        listed(desk, tmp_path / "list.bin")
    assert not (tmp_path / "list.bin").exists()


def test_anonymous_credential_is_listed_and_named(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    asked, other = desk.issue(key="1"), desk.issue(MEDICAL, key="2")
    anonymise(desk.database, desk.clock, asked.serial, reason="erasure asked for", actor="anna")
    made = write_allow_list(desk.database, desk.clock, KID, tmp_path / "list.bin", actor="clerk")
    assert (made.credentials, made.anonymous) == (2, (asked.serial,))
    found = AllowList.read((tmp_path / "list.bin").read_bytes(), KID)
    assert found.holds(covered(asked.token))
    assert found.holds(covered(other.token))


def test_salt_that_nobody_deleted_by_the_book_stops_the_list(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    issued = desk.issue()
    with desk.database.write() as connection:
        connection.execute(update(log_entry).values(salt=None))
        connection.execute(update(credential).values(log_salt=""))
    with pytest.raises(Conflict, match=issued.serial):
        listed(desk, tmp_path / "list.bin")


def test_making_a_list_is_noted(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    listed(desk, tmp_path / "list.bin")
    assert desk.events(KID) == ["allow-list"]


def test_file_that_is_there_already_is_left_as_it_is_and_named(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    sealed = tmp_path / "keys.sealed"
    sealed.write_bytes(b"private")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for path in (sealed, tmp_path / "link"):
        with pytest.raises(InvalidInput, match=f"{path.name} exists already"):
            listed(desk, path)
    assert sealed.read_bytes() == b"private"
    assert "allow-list" not in desk.events()


def test_list_that_could_not_be_noted_is_not_made(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DatabaseUnusable("the disk is full")

    desk.enter()
    desk.issue()
    monkeypatch.setattr(allow_listing.trail, "record", full)
    with pytest.raises(DatabaseUnusable):
        listed(desk, tmp_path / "list.bin")
    assert list(tmp_path.glob("*list.bin*")) == []


def test_folder_that_is_not_there_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.enter()
    desk.issue()
    with pytest.raises(InvalidInput, match="cannot be written"):
        listed(desk, tmp_path / "nowhere" / "list.bin")


def fill(database: Database, count: int) -> str:
    """A register that released `count` credentials of 700 characters under one key; returns one of them."""
    serials = [f"{at:032}" for at in range(count)]
    tokens = {serial: f"{'h' * 60}.{'p' * 500}{serial}.{'s' * 86}~" for serial in serials}
    row = {"certificate_id": 1, "list_number": 1, "state": "released", "issued_at": 0, "kid": "NO-2024a",
           "log_salt": "00" * 16}  # fmt: skip
    with database.write() as connection:
        connection.execute(insert(seafarer).values(seafarer_id=SEAFARER, claims="{}", source_digest=""))
        register = {
            "id": 1,
            "document_number": "X",
            "seafarer_id": SEAFARER,
            "type": "coc",
            "state": "in-force",
        }
        connection.execute(insert(certificate).values(**register, claims="{}"))
        connection.execute(insert(status_list).values(number=1, uri="x", size=count, taken=count))
        rows = [
            {**row, "id": at + 1, "serial": serial, "idempotency_key": serial, "idx": at}
            for at, serial in enumerate(serials)
        ]
        insert_many(connection, credential, rows)
        signed = [{"credential_id": at + 1, "token": token} for at, token in enumerate(tokens.values())]
        insert_many(connection, credential_token, signed)
        digests = {
            serial: signed_texts.log_digest(row["log_salt"], token)  # type: ignore[arg-type] # text
            for serial, token in tokens.items()
        }
        record(
            connection, HandClock(), (AuditEvent(LOGGED, one, {"signed": digests[one]}) for one in serials)
        )
    return tokens[serials[count // 2]]


def test_large_register_passes_through_in_bounded_memory(database: Database, tmp_path: Path) -> None:
    count = 10 * CHUNK
    one = fill(database, count)
    shown: list[int] = []
    path = tmp_path / "list.bin"
    tracemalloc.start()
    made = write_allow_list(database, HandClock(), "NO-2024a", path, actor="clerk",
                            progress=lambda done, of: shown.append(done * 100 // of))  # fmt: skip
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.credentials == count
    assert AllowList.read(path.read_bytes(), "NO-2024a").holds(signed_texts.signing_input(one))
    assert shown == list(range(10, 101, 10))
    assert peak < 6 << 20, peak  # the texts alone are 7 MB
