"""`--idempotency-key`: what changes something is done once for a key, and answered alike each time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from sqlalchemy import func, select
from support.approvers import COURSE, course, row_of
from support.desk import NUMBER
from support.issuer_cli import Run
from support.scenario import competency
from typer.core import TyperGroup

from demo import faces
from issuer import cli
from issuer.adapters.database import Database
from issuer.adapters.tables import audit_event, credential
from issuer.adapters.tables_applications import application
from issuer.services.register import looking

SERIAL = "{serial}"
CASE = "{case}"
CLIENT = "NO-974760673"
# What these write is the same whenever it is written again, or nothing: they take no notice of a key.
REPEATABLE_BY_NATURE = {
    "serve": "a service, not an act",
    "print": "the same certificate gives the same paper",
    "publish": "signs what stands; with a key it would publish nothing new for 30 days",
    "allow-list": "writes the same file from the same register",
    "export": "reads",
    "status": "reads",
    "affected": "reads",
    "reconcile": "reads, and stops issuing where something is wrong",
    "mass list": "reads",
    "mass show": "reads",
    "work": "each certificate of an operation is done once",
    "pending": "reads",
    "audit verify": "reads",
    "audit show": "reads",
    "backup make": "reads",
    "backup verify": "reads",
    "restore": "fills an empty database once",
    "publish-packs": "writes the same files from the same folder",
    "recover": "finishes what was begun, once",
    "rules check": "reads",
    "rules list": "reads",
    "rules evaluate": "reads",
    "rules show": "reads",
    "rules explain": "reads",
    "rules diff": "reads",
    "rules contents": "reads",
    "explain": "reads",
    "cases list": "reads",
    "cases show": "reads",
    "cases statistics": "reads",
    "cases draw": "reads",
    "cases replay": "reads",
    "organisation list": "reads",
    "organisation show": "reads",
    "person find": "reads",
    "person show": "reads",
    "record about": "reads",
    "record history": "reads",
    "record document": "reads",
    "record requests": "reads",
    "review list": "reads",
    "log checkpoint": "signs one if the log grew",
    "log key": "reads",
    "database roles": "reads",
}


class Given(NamedTuple):
    """What the commands of the story work on."""

    extract: Path
    seafarer: str
    numbers: tuple[str, ...]
    faces: Path
    manning: Path
    drafts: Path
    out: Path


@pytest.fixture
def given(extract: Path, tmp_path: Path) -> Given:
    """An extract with a bad row, portraits of all and one of nobody, and a ship's document."""
    rows = [json.loads(line) for line in extract.read_bytes().splitlines()]
    today = datetime.now(UTC).date().isoformat()
    good = [
        row
        for row in rows
        if row.get("state") == "in-force" and row.get("expiry_date", "9999") > today and "seafarer_id" in row
    ]
    seafarer = good[0]["seafarer_id"]
    assert faces.main([str(extract), str(tmp_path / "faces")]) == 0
    (tmp_path / "faces" / "00000000.png").write_bytes((tmp_path / "faces" / f"{seafarer}.jpg").read_bytes())
    extract.write_bytes(extract.read_bytes() + b'{"kind":"ship"}\n')
    manning = tmp_path / "ship.yaml"
    manning.write_text(
        "document_number: NO-MSM-0001\nflag: NO\nship: {name: Havørn, gt: 8500, kw: 6000, "
        "type: general-cargo, area: near-coastal, ums: true}\nposts: [{capacity_code: master}]\n",
        encoding="utf-8",
    )
    drafts = tmp_path / "drafts.json"
    drafts.write_text(
        json.dumps([row_of(competency()), row_of(course()), {"type": "none"}]), encoding="utf-8"
    )
    numbers = tuple(row["document_number"] for row in good if row["seafarer_id"] == seafarer)
    return Given(extract, seafarer, numbers, tmp_path / "faces", manning, drafts, tmp_path / "paper")


def story(given: Given) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Each command that changes something: its name, how it ends, what is typed after it."""
    one = given.numbers[0]
    yield "import", 1, (str(given.extract),)
    yield "portrait", 0, (given.seafarer, str(given.faces / f"{given.seafarer}.jpg"))
    yield "portrait", 0, (given.seafarer, "--remove")
    yield "portraits", 1, (str(given.faces),)
    yield "offer", 0, (given.seafarer,)
    yield "rebind", 0, (given.seafarer, "--json")
    yield "manning", 0, (str(given.manning), "--out", str(given.out))
    yield "log anonymise", 0, (SERIAL, "--reason", "asked for by its subject")
    yield "log anonymise", 2, (SERIAL,)
    yield "draft", 1, (str(given.drafts),)
    yield "propose", 2, (NUMBER,)
    yield "approve", 0, (NUMBER,)
    yield "approve", 2, (NUMBER,)
    yield "reject", 0, (COURSE, "--reason", "twice in the pile")
    yield "suspend", 0, (one, "--reason", "inquiry")
    yield "suspend", 2, (one, "--reason", "again")
    yield "reinstate", 0, (one,)
    yield "replace", 0, (one,)
    yield "reinstate", 2, (one, "--reason", "too late")
    yield "revoke", 0, (given.numbers[1], "--as", "lost")
    yield "reissue", 0, (given.seafarer, "--reason", "a new name")
    chosen = ("--state", "in-force", "--yes", "--reason", "a forged rule")
    yield "mass suspend", 0, chosen
    yield "mass approve", 2, ("1",)
    yield "mass pause", 0, ("1",)
    yield "mass resume", 0, ("1",)
    yield "mass cancel", 0, ("1",)
    yield "mass resume", 2, ("1",)
    yield "mass revoke", 0, chosen
    yield "mass reissue", 0, chosen
    yield "apply", 0, (given.seafarer, "NO.vakthavende-dekk")
    yield "cases assign", 0, (CASE,)
    yield "cases ask", 0, (CASE, "--text", "the record book")
    yield "cases check", 2, (CASE, "--good")
    yield "cases second", 2, (CASE, "--agree")
    yield "cases assign", 0, (CASE,)
    yield "decide", 0, (CASE, "refuse", "--reason", "no service was reported")
    yield "cases answer", 0, (CASE, "--text", "it is on its way")
    yield "cases appeal", 2, (CASE, "--text", "that is wrong")
    yield "cases withdraw", 0, (CASE, "--reason", "another day")
    yield (
        "organisation new",
        0,
        ("--country", "NO", "--number", "974760673", "--name", "Nordlys", "--role", "company"),
    )
    yield "organisation key", 2, (CLIENT, "--end", "none")
    yield "organisation scopes", 0, (CLIENT, "ombord:qualifications/sea-service.read", "--take-back")
    yield "organisation approve", 0, (CLIENT, "sea-service", "9074729")
    yield "organisation suspend", 0, (CLIENT, "--reason", "a stolen key")
    yield "organisation reinstate", 0, (CLIENT,)
    yield "organisation develop", 0, ("--out", str(given.out.with_name("development")))
    yield "person add", 2, (given.seafarer,)
    yield "person erase", 2, (given.seafarer, "--reason", "asked for")
    yield "record ask", 2, ("R00000000", "--text", "another ship")
    yield "review settle", 2, (one, "--note", "looked at")
    yield "stop", 0, ("--reason", "a stolen key")
    yield "start", 0, ()


def events(url: str) -> int:
    """How many there are of changes: that somebody looks again at what is personal is noted again."""
    database = Database.open(url)
    with database.read() as connection:
        query = select(func.count()).where(audit_event.c.event != looking.PRINTED)
        count = connection.execute(query).scalar_one()
    database.close()
    return count


def serial(url: str) -> str:
    """Of the first credential that was signed."""
    database = Database.open(url)
    with database.read() as connection:
        found = connection.execute(select(credential.c.serial).order_by(credential.c.id).limit(1))
        first = str(found.scalar_one())
    database.close()
    return first


def case(url: str) -> str:
    """The only one."""
    database = Database.open(url)
    with database.read() as connection:
        found = str(connection.execute(select(application.c.case_id)).scalar_one())
    database.close()
    return found


def refusal(complaints: str) -> list[str]:
    return [line for line in complaints.splitlines() if line.startswith(("error:", "hint:"))]


def test_asked_again_each_command_tells_the_same_and_does_nothing(
    run: Run, given: Given, database_url: str
) -> None:
    for number, (name, code, words) in enumerate(story(given)):
        known = {SERIAL: serial, CASE: case}
        typed = (known[word](database_url) if word in known else word for word in words)
        keyed = ("--idempotency-key", f"story-{number:03}", *name.split(), *typed)
        first = run(*keyed)
        assert first[0] == code, (name, first)
        before = events(database_url)
        again = run(*keyed)
        assert again[:2] == first[:2], name
        assert refusal(again[2]) == refusal(first[2]), name
        assert events(database_url) == before, name


def commands(group: TyperGroup, *above: str) -> Iterator[str]:
    """Each as it is typed."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *above, name)
        else:
            yield " ".join((*above, name))


def test_every_command_is_asked_twice_here_or_is_repeatable_by_nature(given: Given) -> None:
    group = typer.main.get_command(cli.app)
    assert isinstance(group, TyperGroup)
    told = {name for name, _, _ in story(given)}
    assert set(commands(group)) == told | set(REPEATABLE_BY_NATURE)


def test_key_may_stand_in_the_environment(run: Run, given: Given) -> None:
    run("import", str(given.extract))
    offers = [run("offer", given.seafarer, idempotency_key="from-a-script")[1] for _ in range(2)]
    assert offers[0] == offers[1] != run("offer", given.seafarer)[1]


@pytest.mark.parametrize(
    "other",
    [("reinstate", "{one}"), ("suspend", "{two}"), ("suspend", "{one}", "--reason", "another")],
    ids=["command", "certificate", "reason"],
)
def test_key_that_came_with_something_else_is_refused_and_noted(
    run: Run, given: Given, other: tuple[str, ...], database_url: str
) -> None:
    run("import", str(given.extract))
    key = ("--idempotency-key", "one-intention")
    assert run(*key, "suspend", given.numbers[0])[0] == 0
    before = events(database_url)
    words = [word.format(one=given.numbers[0], two=given.numbers[1]) for word in other]
    code, output, complaints = run(*key, *words)
    assert (code, output) == (2, "")
    assert "error: this idempotency key came with another command" in complaints
    assert "hint: use a new key for each intention" in complaints
    assert events(database_url) == before + 1
    assert "idempotency-key-reused" in run("audit", "show", "--limit", "1")[1]


def test_file_that_changed_under_the_same_key_is_another_request(run: Run, given: Given) -> None:
    keyed = ("--idempotency-key", "monday-load", "import", str(given.extract))
    run(*keyed)
    given.extract.write_bytes(given.extract.read_bytes() + b"\n")
    code, _, complaints = run(*keyed)
    assert (code, "came with another command, arguments, file" in complaints) == (2, True)


@pytest.mark.parametrize("key", ["short", "x" * 201, "with a space", "nøkkel-000001"])
def test_key_that_is_none_is_refused_before_anything_is_opened(run: Run, key: str) -> None:
    code, output, complaints = run(
        "--idempotency-key", key, "stop", "--reason", "x", database_url="sqlite:///none/x"
    )
    assert (code, output) == (2, "")
    assert "error: an idempotency key is 8 to 200 visible ASCII characters" in complaints
