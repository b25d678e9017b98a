"""A register is one authority's for ever: another's settings do not open it, and nothing is written."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from support.desk import Desk
from support.issuer_app import KEYS
from support.issuer_cli import Run

from issuer.adapters.database import Database
from issuer.adapters.tables import audit_event, authority, configuration, credential, status_list
from issuer.app import create_app
from issuer.composition import open_register
from issuer.domain.errors import SettingsInvalid
from issuer.services.register import binding
from issuer.settings import Settings

SWEDEN = {"flag": "SE", "base_url": "https://certificates.example/se"}
WRONG: dict[str, dict[str, str]] = {
    "another base_url": {"base_url": SWEDEN["base_url"]},
    "another flag": {"flag": "SE"},
    "both": SWEDEN,
}
# One that signs, one that decides, one that reads: all open the register in one place.
COMMANDS: dict[str, tuple[str, ...]] = {
    "print": ("print", "NUMBER", "--out", "paper"),
    "stop": ("stop", "--reason", "a test"),
    "backup make": ("backup", "make", "copy"),
}


def settings_of(database_url: str, **other: str) -> Settings:
    values: dict[str, Any] = {
        "database_url": database_url,
        "base_url": "https://certificates.example/no",
        "flag": "NO",
        "authority_name": "Sjøfartsdirektoratet",
        **other,
    }
    return Settings(**values)


def contents(url: str) -> list[Any]:
    database = Database.open(url, create=False)
    with database.read() as connection:
        rows = [
            connection.execute(select(table)).all()
            for table in (credential, audit_event, status_list, authority)
        ]
    database.close()
    return rows


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_settings_of_another_authority_do_not_open_a_register(
    database_url: str, wrong: dict[str, str]
) -> None:
    own = settings_of(database_url)
    open_register(own).database.close()
    before = contents(database_url)
    with pytest.raises(SettingsInvalid) as refused:
        open_register(settings_of(database_url, **wrong))
    assert "belongs to https://certificates.example/no (flag NO)" in refused.value.message
    assert "those of https://certificates.example/" in refused.value.message
    assert "--config" in refused.value.hint
    assert contents(database_url) == before
    open_register(own).database.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_command_refuses_anothers_register_and_the_right_settings_go_on(
    run: Run, extract: Path, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("import", str(extract))[0] == 0
    before = contents(database_url)
    number = re.findall(r'"document_number": ?"([^"]+)"', extract.read_text())[0]
    for words in COMMANDS.values():
        given = [number if word == "NUMBER" else word for word in words]
        code, _, said = run(*given, backup_passphrase="six words", **SWEDEN)
        assert (code, "belongs to https://certificates.example/no" in said) == (2, True), said
        assert contents(database_url) == before
        assert not (tmp_path / "copy").exists()
    code, _, said = run("print", number, "--out", "paper")
    assert code == 0, said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_service_does_not_start_on_anothers_register(database_url: str) -> None:
    open_register(settings_of(database_url)).database.close()
    with pytest.raises(SettingsInvalid, match="belongs to"):
        create_app(settings_of(database_url, **SWEDEN), keys=KEYS)


class TestARegisterFromBeforeItWasBound:
    @pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
    def test_belongs_to_whom_it_signed_for(self, desk: Desk, wrong: dict[str, str]) -> None:
        desk.issue(desk.enter_many(1)[0], key="one")
        other = desk.settings.model_copy(update=wrong)
        with pytest.raises(SettingsInvalid, match=f"belongs to {desk.settings.issuer}"):
            binding.hold(desk.database, desk.clock, other)
        binding.hold(desk.database, desk.clock, desk.settings)
        with desk.database.read() as connection:
            row = connection.execute(select(authority.c.issuer, authority.c.flag)).one()
        assert tuple(row) == (desk.settings.issuer, desk.settings.flag)

    def test_goes_by_its_address_where_no_configuration_was_kept(self, desk: Desk) -> None:
        desk.issue(desk.enter_many(1)[0], key="one")
        with desk.database.write() as connection:
            connection.execute(update(credential).values(configuration=None))
            connection.execute(delete(configuration))
        other = desk.settings.model_copy(update={"base_url": SWEDEN["base_url"]})
        with pytest.raises(SettingsInvalid, match=f"belongs to {desk.settings.issuer}, "):
            binding.hold(desk.database, desk.clock, other)

    def test_takes_the_oldest_where_a_mistake_came_later(self, desk: Desk) -> None:
        desk.issue(desk.enter_many(1)[0], key="one")
        with desk.database.write() as connection:
            values = {"number": 99, "uri": f"{SWEDEN['base_url']}/status/99", "size": 8}
            connection.execute(insert(status_list).values(values))
        binding.hold(desk.database, desk.clock, desk.settings)
        with desk.database.read() as connection:
            bound = connection.execute(select(authority.c.issuer)).scalar_one()
        assert bound == desk.settings.issuer


@pytest.mark.parametrize(
    "statement",
    ["UPDATE authority SET flag = 'SE'", "DELETE FROM authority",
     "INSERT INTO authority (id, issuer, flag, bound_at) VALUES (1, 'https://x.example', 'SE', 1)"],
)  # fmt: skip
def test_database_itself_keeps_whose_it_is(desk: Desk, statement: str) -> None:
    binding.hold(desk.database, desk.clock, desk.settings)
    with pytest.raises(DBAPIError), desk.database.write() as connection:
        connection.execute(text(statement))
