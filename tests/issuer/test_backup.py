"""Backup and restore: the same register again, or nothing; and never an index that a phone may have."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from sqlalchemy import insert, select, text
from support.databases import PostgresServer
from support.desk import Desk
from support.issuer_cli import Run
from support.simulator import seeded_signer

from issuer.adapters import log_store
from issuer.adapters.backup_files import BackupUnusable, recipient_of
from issuer.adapters.database import Database
from issuer.adapters.migrating import make_schema, rebuilding
from issuer.adapters.tables import credential, metadata, seafarer, status_list
from issuer.domain.errors import Conflict, DatabaseUnusable, IssuingStopped, SettingsInvalid
from issuer.services.issuing.stopping import Stopping
from issuer.services.log import transparency
from issuer.services.operating.backing_up import Summary, back_up
from issuer.services.operating.restoring import go_on, restore, verify
from issuer.services.register import binding
from keys.algorithms import Algorithm
from keys.transparency.checkpoint import Checkpoint

PASSPHRASE = b"six words that nobody would guess"
IDENTITY = pyrage.x25519.Identity.generate()
RECIPIENT = recipient_of(str(IDENTITY.to_public()))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/restored.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.bare_database() as address:
        yield address


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    path = tmp_path / "identity.txt"
    path.write_text(f"# made for a test\n{IDENTITY}\n")
    return path


def busy(desk: Desk) -> list[str]:
    """A register at work: certificates, credentials, a suspension, a checkpoint of the log."""
    numbers = desk.enter_many(4)
    for number in numbers:
        desk.issue(number, key=number)
    desk.lifecycle.suspend(numbers[0], reason="test", actor="test")
    with desk.database.write() as connection:
        transparency.checkpoint(
            connection,
            seeded_signer("log", Algorithm.ED25519),
            origin="certificates.example/no/log",
            at=desk.clock(),
        )
    return numbers


def made(desk: Desk, folder: Path) -> Summary:
    return back_up(desk.database, desk.clock, desk.settings, folder, RECIPIENT)


def everything(database: Database) -> dict[str, list[str]]:
    """All rows of all tables."""
    with database.read() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
        }


def places(database: Database) -> set[tuple[int, int]]:
    with database.read() as connection:
        return {(row.list_number, row.idx) for row in connection.execute(select(credential))}


def serials(database: Database) -> set[str]:
    with database.read() as connection:
        return set(connection.execute(select(credential.c.serial)).scalars())


def opened(url: str) -> Database:
    return Database.open(url, create=False)


def test_drill_brings_back_every_row_the_logs_root_and_the_trails_head(
    desk: Desk, empty_url: str, identity: Path, tmp_path: Path
) -> None:
    busy(desk)
    before = everything(desk.database)
    backup = made(desk, tmp_path / "backup")
    assert verify(tmp_path / "backup", identity).summary == backup
    assert restore(empty_url, tmp_path / "backup", identity).summary == backup
    database = opened(empty_url)
    assert everything(database) == before
    with database.read() as connection:
        frontier = log_store.frontier(connection)
    assert (frontier.size, frontier.root.hex()) == (backup.log_size, backup.log_root)
    again = Desk(database, desk.settings, desk.clock)
    assert again.events() == desk.events()  # and its chain is whole
    again.issue("NO-COC-0001", seeded_signer("another phone").public_key, key="after")  # numbers go on
    database.close()


def test_register_that_goes_on_gives_out_no_index_and_no_serial_twice(
    desk: Desk, identity: Path, tmp_path: Path
) -> None:
    numbers = busy(desk)
    backup = made(desk, tmp_path / "backup")
    for number in numbers[1:]:  # after the backup: on phones, and unknown to whoever restores it
        desk.issue(number, seeded_signer("a second phone").public_key, key=f"lost {number}")
    given = places(desk.database), serials(desk.database)
    url = f"sqlite:///{tmp_path}/restored.db"
    restore(url, tmp_path / "backup", identity)
    database = opened(url)
    known = places(database)
    again = Desk(database, desk.settings, desk.clock)
    go_on(database, desk.clock, desk.settings, backup, actor="test")
    with pytest.raises(IssuingStopped, match="restored from the backup of"):
        again.issue(numbers[1], seeded_signer("new").public_key, key="stopped")
    Stopping(database, desk.clock).start(actor="test")
    fresh = [again.issue(one, seeded_signer("new").public_key, key=f"new {one}") for one in numbers[1:]]
    assert {one.list_uri for one in fresh} == {desk.settings.status_uri(1_001)}
    assert (places(database) - known).isdisjoint(given[0])
    assert {one.serial for one in fresh}.isdisjoint(given[1])
    assert "register-restored" in again.events()
    database.close()


def test_old_backup_does_not_undo_what_was_published_after_it(
    desk: Desk, identity: Path, tmp_path: Path
) -> None:
    numbers = busy(desk)
    desk.publish(tmp_path / "public")
    made(desk, tmp_path / "backup")
    desk.lifecycle.revoke(numbers[1], ending="revoked", reason="test", actor="test")
    desk.clock.forward(minutes=5)
    desk.publish(tmp_path / "public")
    url = f"sqlite:///{tmp_path}/restored.db"
    restore(url, tmp_path / "backup", identity)
    database = opened(url)
    with pytest.raises(Conflict, match="older than what was published"):
        Desk(database, desk.settings, desk.clock).publish(tmp_path / "public")
    database.close()


def test_checkpoint_that_somebody_kept_tells_how_many_credentials_a_backup_lacks(
    desk: Desk, identity: Path, tmp_path: Path
) -> None:
    numbers = busy(desk)
    made(desk, tmp_path / "backup")
    for number in numbers[1:]:
        desk.issue(number, seeded_signer("a second phone").public_key, key=f"lost {number}")
    with desk.database.read() as connection:
        frontier = log_store.frontier(connection)
    noted = Checkpoint("certificates.example/no/log", frontier.size, frontier.root)
    assert verify(tmp_path / "backup", identity, noted).missing == 3
    assert restore(f"sqlite:///{tmp_path}/restored.db", tmp_path / "backup", identity, noted).missing == 3
    forged = Checkpoint(noted.origin, 2, noted.root)
    with pytest.raises(BackupUnusable, match="contradicts the checkpoint"):
        verify(tmp_path / "backup", identity, forged)


def test_backup_is_of_one_moment_while_others_write(
    desk: Desk, identity: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from issuer.services.operating import backing_up

    numbers = busy(desk)
    write = backing_up._write

    def while_others_work(connection: Any, table: Any, add: Any) -> Any:
        if table.name == "credential":
            other = Database.open(url)
            Desk(other, desk.settings, desk.clock).issue(numbers[1], None, key="meanwhile")
            other.close()
        return write(connection, table, add)

    url = desk.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setattr(backing_up, "_write", while_others_work)
    backup = made(desk, tmp_path / "backup")
    assert (backup.tables["credential"].rows, backup.log_size) == (4, 4)
    assert verify(tmp_path / "backup", identity).summary == backup


def test_backup_of_an_earlier_version_is_restored_and_brought_up_to_date(
    identity: Path, tmp_path: Path, desk: Desk
) -> None:
    old = Database.bare(f"sqlite:///{tmp_path}/old.db")
    with old.engine.connect() as connection, rebuilding(connection):
        writing = connection.execution_options(ombord_write=True)
        with writing.begin():
            make_schema(writing, "0007")
            row = {"seafarer_id": "7K3M9QXA", "claims": "{}", "source_digest": ""}
            writing.execute(insert(seafarer).values(row))
    back_up(old, desk.clock, desk.settings, tmp_path / "backup", RECIPIENT)
    old.close()
    url = f"sqlite:///{tmp_path}/new.db"
    restored = restore(url, tmp_path / "backup", identity).summary
    assert (restored.schema, restored.tables["seafarer"].rows) == ("0007", 1)
    database = opened(url)
    assert everything(database)["seafarer"] == ["('7K3M9QXA', '{}', '')"]
    database.close()


def test_database_with_anything_in_it_is_left_alone(
    desk: Desk, database_url: str, identity: Path, tmp_path: Path
) -> None:
    busy(desk)
    made(desk, tmp_path / "backup")
    before = everything(desk.database)
    with pytest.raises(DatabaseUnusable, match="is not empty"):
        restore(database_url, tmp_path / "backup", identity)
    assert everything(desk.database) == before


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A backup of a small register."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "register.db").write_bytes(sqlite_template.read_bytes())
    desk = Desk.open(Database.open(f"sqlite:///{folder}/register.db"))
    busy(desk)
    made(desk, folder / "backup")
    desk.database.close()
    return folder / "backup"


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [flipped(0), flipped(40), flipped(400), flipped(-1), lambda data: data[:-1],
     lambda data: data[: len(data) // 2], lambda data: data + b"x", lambda data: b"",
     lambda data: b"register " * 1000],
)  # fmt: skip
@pytest.mark.parametrize("summary_says_so", [True, False])
def test_damaged_backup_restores_nothing(
    good: Path, identity: Path, tmp_path: Path, spoil: Callable[[bytes], bytes], summary_says_so: bool
) -> None:
    from issuer.adapters.backup_files import finish

    folder = tmp_path / "spoilt"
    folder.mkdir()
    summary = json.loads((good / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(summary))
    (folder / "register.age").write_bytes(spoil((good / "register.age").read_bytes()))
    if summary_says_so:  # whoever forges the file writes the summary anew
        finish(folder, summary["manifest"])
    url = f"sqlite:///{tmp_path}/restored.db"
    with pytest.raises(BackupUnusable):
        verify(folder, identity)
    with pytest.raises(BackupUnusable):
        restore(url, folder, identity)
    with Database.bare(url).engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def repacked(good: Path, folder: Path, change: Callable[[list[tuple[str, bytes]]], None]) -> None:
    """A backup made by somebody who has the recipient's address and can write whatever they like."""
    from issuer.adapters.backup_files import finish, reading, writing

    with reading(good, good.parent / "identity.txt") as pieces:
        held = [tuple(piece) for piece in pieces]
    change(held)
    with writing(folder, RECIPIENT) as add:
        for name, content in held:
            add(name, content)
    finish(folder, json.loads((good / "manifest.json").read_text())["manifest"])


def dropping(word: str) -> Callable[[list[tuple[str, bytes]]], None]:
    return lambda held: held.remove(next(one for one in held if word in one[0]))


def changing(word: str, old: bytes, new: bytes) -> Callable[[list[tuple[str, bytes]]], None]:
    def change(held: list[tuple[str, bytes]]) -> None:
        at = next(at for at, one in enumerate(held) if word in one[0])
        assert old in held[at][1]
        held[at] = (held[at][0], held[at][1].replace(old, new, 1))

    return change


def doubling(word: str) -> Callable[[list[tuple[str, bytes]]], None]:
    return lambda held: held.insert(0, next(one for one in held if word in one[0]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (dropping("schema.json"), "does not begin with a schema"),
        (dropping("manifest.json"), "its end is missing"),
        (dropping("credential/"), "not those that|not what was|does not go into|not in its place"),
        (changing("credential/", b'"released"', b'"reserved"'), "not those that|not what was"),
        (changing("credential/", b"[1,", b"[[1],"), "not those that|cannot be|does not go into"),
        (changing("log_entry/", b'{"hex":"', b'{"hex":"zz'), "cannot be read"),
        (changing("manifest.json", b'"ombord-backup"', b'"other-backup"'), "another version"),
        (doubling("tables/credential/"), "does not begin with a schema"),
        (lambda held: held.append(held[1]), "something follows its end"),
        (lambda held: held.insert(1, ("tables/../../etc/passwd", b"x")), "not in its place"),
    ],
)
def test_forged_contents_are_no_backup(
    good: Path,
    tmp_path: Path,
    identity: Path,
    change: Callable[[list[tuple[str, bytes]]], None],
    says: str,
) -> None:
    (good.parent / "identity.txt").write_text(str(IDENTITY))
    repacked(good, tmp_path / "forged", change)
    with pytest.raises(BackupUnusable, match=says):
        verify(tmp_path / "forged", identity)


@pytest.mark.parametrize(
    "change",
    [
        dropping("manifest.json"),
        dropping("credential/"),
        changing("credential/", b'"released"', b'"reserved"'),
        changing("schema.json", b'"seafarer_id"', b'"sailor_id"'),
    ],
)
def test_what_is_found_out_late_leaves_no_half_register(
    good: Path, tmp_path: Path, identity: Path, change: Callable[[list[tuple[str, bytes]]], None]
) -> None:
    (good.parent / "identity.txt").write_text(str(IDENTITY))
    repacked(good, tmp_path / "forged", change)
    url = f"sqlite:///{tmp_path}/restored.db"
    with pytest.raises(BackupUnusable):
        restore(url, tmp_path / "forged", identity)
    with Database.bare(url).engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def test_commands_back_up_verify_and_restore(run: Run, extract: Path, identity: Path, tmp_path: Path) -> None:
    assert run("import", str(extract))[0] == 0
    folder, url = str(tmp_path / "backup"), f"sqlite:///{tmp_path}/restored.db"
    make = ("backup", "make", folder, "--recipient", RECIPIENT.text)
    opening = ("--identity", str(identity))
    code, output, _ = run(*make)
    assert (code, "3 seafarers" in output) == (0, True)
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    assert run(*make)[2].startswith(f"error: {folder} is there already")
    code, output, _ = run("backup", "verify", folder, "--json", *opening)
    assert (code, json.loads(output)["tables"]["seafarer"]["rows"]) == (0, 3)
    code, _, complaints = run("backup", "verify", folder, backup_passphrase="anything")
    assert (code, "--identity FILE" in complaints) == (2, True)
    assert "no age recipient" in run("backup", "make", str(tmp_path / "b"), "--recipient", "age1x")[2]
    code, _, complaints = run("restore", folder, "--into", url, *opening)
    assert (code, "issuing is stopped there" in complaints) == (0, True)
    database = opened(url)
    with database.read() as connection:
        assert connection.execute(select(status_list.c.number)).scalars().all() == [1_000]
    database.close()
    assert run("restore", folder, "--into", url, *opening)[0] == 2
    assert run("backup", "make", str(tmp_path / "all"), "--dated", *make[3:])[0] == 0
    (dated,) = (tmp_path / "all").iterdir()
    assert re.fullmatch(r"2\d{7}T\d{6}Z", dated.name)


def test_passphrase_opens_what_it_closed_and_another_does_not(sqlite_template: Path, tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(sqlite_template.read_bytes())
    desk = Desk.open(opened(f"sqlite:///{tmp_path}/register.db"))
    back_up(desk.database, desk.clock, desk.settings, tmp_path / "backup", PASSPHRASE)
    desk.database.close()
    assert verify(tmp_path / "backup", PASSPHRASE).summary.tables["seafarer"].rows == 0
    with pytest.raises(BackupUnusable, match="the passphrase does not open this backup"):
        restore(f"sqlite:///{tmp_path}/restored.db", tmp_path / "backup", b"something else")
    assert not list(tmp_path.glob("restored.db*"))


def test_names_and_birth_dates_are_not_in_a_backups_files(good: Path) -> None:
    for file in good.iterdir():
        assert b"Ingrid" not in file.read_bytes()


def test_restore_with_anothers_settings_restores_nothing(desk: Desk, tmp_path: Path, identity: Path) -> None:
    busy(desk)
    made(desk, tmp_path / "backup")
    other = desk.settings.model_copy(update={"base_url": "https://certificates.example/other"})
    url = f"sqlite:///{tmp_path}/restored.db"
    with pytest.raises(SettingsInvalid, match=f"belongs to {desk.settings.issuer}"):
        restore(url, tmp_path / "backup", identity, settings=other)
    assert not list(tmp_path.glob("restored.db*"))
    stranger = tmp_path / "stranger.txt"
    stranger.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(BackupUnusable, match="matching key"):
        restore(url, tmp_path / "backup", stranger)
    assert not list(tmp_path.glob("restored.db*"))
    restore(url, tmp_path / "backup", identity, settings=desk.settings)
    assert (tmp_path / "restored.db").exists()


def test_restored_register_stays_its_authoritys(
    sqlite_template: Path, tmp_path: Path, identity: Path
) -> None:
    (tmp_path / "register.db").write_bytes(sqlite_template.read_bytes())
    desk = Desk.open(opened(f"sqlite:///{tmp_path}/register.db"))
    binding.hold(desk.database, desk.clock, desk.settings)
    made(desk, tmp_path / "backup")
    desk.database.close()
    restore(f"sqlite:///{tmp_path}/restored.db", tmp_path / "backup", identity)
    database = opened(f"sqlite:///{tmp_path}/restored.db")
    other = desk.settings.model_copy(update={"flag": "SE"})
    with pytest.raises(SettingsInvalid, match="belongs to"):
        binding.hold(database, desk.clock, other)
    database.close()


def test_file_in_a_backups_place_is_named_so(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file")
    with pytest.raises(BackupUnusable, match="is a file, and a backup is a folder"):
        verify(tmp_path / "backup", PASSPHRASE)
