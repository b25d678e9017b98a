"""A key's turn: published before its first use, workers switched one by one, the old one kept to verify."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from support.approvers import Bureau, course, members
from support.custody import PASSPHRASE
from support.databases import sqlite_template
from support.desk import PHONE, Desk
from support.issuer_app import KEYS, HandClock, issuer_settings
from support.issuer_directory import on_board
from support.signer_process import SignerProcess
from support.simulator import seeded_signer

from issuer.adapters.database import Database
from issuer.domain.errors import SigningDeferred, SigningRefused
from issuer.services.custody.authority_keys import AuthorityKeys, ask_signer
from issuer.services.issuing.issuer import CredentialIssuer, IssuedCredential
from keys import jws
from keys.custody import policy_file, sealed_file
from keys.custody.signer_client import SignerClient
from keys.encoding import json_dumps
from keys.trust.directory import Directory
from verifier.credential import sd_jwt, vc

__all__ = ["sqlite_template"]

pytestmark = pytest.mark.loopback
OLD, NEW = "NO-2026a", "NO-2026b"
BOTH: Final = {**KEYS.signers, NEW: seeded_signer(NEW)}


@dataclass
class Worker:
    """A process that issues, with the keys and the choice of key that it was started with."""

    keys: AuthorityKeys
    desk: Desk

    def issue(self, number: str, key: str) -> IssuedCredential:
        desk = self.desk
        issuer = CredentialIssuer(desk.database, desk.clock, self.keys, desk.settings)
        return issuer.issue(number, PHONE, key)

    @property
    def published(self) -> set[str]:
        return {key["kid"] for key in self.keys.jwks()["keys"]}  # type: ignore[union-attr,index,call-overload]


@dataclass
class Authority:
    """Its signer, whose keys change, and its register."""

    signer: SignerProcess
    desk: Desk
    stack: ExitStack
    clients: list[SignerClient] = field(default_factory=list)

    def worker(self, kid: str) -> Worker:
        settings = self.desk.settings.model_copy(update={"certificate_kid": kid})
        keys = ask_signer(settings)
        assert isinstance(keys.guarded, SignerClient)
        self.stack.callback(keys.guarded.close)
        return Worker(keys, Desk(self.desk.database, settings, self.desk.clock))

    def end_signer(self) -> None:
        self.signer.running[-1].terminate()
        self.signer.running[-1].wait(20)

    def change_policy(self, **keys: dict[str, object]) -> None:
        policy = json.loads(self.signer.policy.read_bytes())
        for kid, changed in keys.items():
            policy["keys"][kid] = {**policy["keys"].get(kid, policy["keys"][OLD]), **changed}
        self.signer.policy.write_bytes(json_dumps(policy))


@pytest.fixture
def authority(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    monkeypatch.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
    (tmp_path / "register.db").write_bytes(sqlite_template.read_bytes())
    home = tmp_path / "signer"
    home.mkdir()
    sealed_file.seal(home / "keys.sealed", KEYS.signers, PASSPHRASE.encode())  # type: ignore[arg-type]
    with ExitStack() as stack:
        signer = stack.enter_context(SignerProcess(home, members(os.getuid())).ended())
        signer.ready("--new-journal")
        settings = issuer_settings(
            f"sqlite:///{tmp_path}/register.db",
            environment="production",
            signer_socket=signer.socket,
            signing_policy=signer.policy,
            pass_kid=KEYS.pass_kid,
        )
        database = Database.open(settings.database_url)
        stack.callback(database.close)
        desk = Desk(database, settings, HandClock(datetime.now(UTC)))
        yield Authority(signer, desk, stack)


def aboard(desk: Desk, *, until: datetime | None = None) -> Directory:
    """The signed directory with both keys, the old one retired `until` then."""
    now = desk.clock()
    directory = on_board(desk.settings, now)
    iss = desk.settings.issuer
    old = directory.keys[iss, OLD]
    new = replace(old, kid=NEW, key=BOTH[NEW].public_key)
    retired = old if until is None else replace(old, sign_until=until)
    return replace(directory, keys={**directory.keys, (iss, OLD): retired, (iss, NEW): new})


def counts(directory: Directory, issued: IssuedCredential, now: datetime) -> bool:
    """Whether a ship with this directory takes the signature."""
    parsed = sd_jwt.parse(issued.token)
    iss = str(json.loads(parsed.jws.payload)["iss"])
    key = directory.key(iss, issued.kid)
    assert key is not None
    jws.verify(parsed.jws, key.key, typ=vc.TYP)
    signed_at = datetime.fromtimestamp(issued.issued_at, UTC)
    said = key.objection("course", at_signing=signed_at, now=now, environment=directory.environment)
    return said is None


def test_a_key_takes_its_turn_and_no_request_is_lost_on_the_way(authority: Authority) -> None:
    desk, numbers = authority.desk, [f"NO-CRS-{number}" for number in range(8)]
    desk.enter(*[course(number) for number in numbers])
    bureau = Bureau(desk, policy_file.load(authority.signer.policy))
    bureau.take(bureau.rule_says(*numbers), numbers)
    first = authority.worker(OLD)
    before = first.issue(numbers[0], "0")

    # The ceremony: the key is made and put behind the signer. A request meets the restart, and waits.
    sealed_file.seal(authority.signer.home / "keys.sealed", BOTH, PASSPHRASE.encode())  # type: ignore[arg-type]
    authority.change_policy(**{NEW: {}})
    authority.end_signer()
    with pytest.raises(SigningDeferred, match=r"no signer at|went away"):
        first.issue(numbers[1], "1")
    authority.signer.ready()
    assert first.issue(numbers[1], "1").kid == OLD

    # Published before its first use: both workers are started anew, and still sign with the old one.
    first, second = authority.worker(OLD), authority.worker(OLD)
    assert first.published == second.published == set(BOTH)
    assert authority.signer.client.count().by_key.get(NEW) is None
    ship = aboard(desk)

    # One by one.
    second = authority.worker(NEW)
    issued = [
        worker.issue(number, number) for number, worker in zip(numbers[2:4], (first, second), strict=True)
    ]
    assert [one.kid for one in issued] == [OLD, NEW]
    authority.signer.client.stop("a request is in hand while its worker is switched")
    with pytest.raises(SigningDeferred):
        first.issue(numbers[4], "in hand")
    authority.signer.client.resume()
    first = authority.worker(NEW)
    assert first.issue(numbers[4], "in hand").kid == OLD, "what was begun is finished with its own key"
    assert first.issue(numbers[5], "5").kid == NEW
    assert all(counts(ship, one, desk.clock()) for one in (before, *issued))

    # The old key signs nothing any more, and what it signed counts as long as it is listed for that.
    retired = datetime.now(UTC)
    authority.change_policy(**{OLD: {"until": retired.isoformat()}})
    authority.end_signer()
    authority.signer.ready()
    desk.clock.now = retired + timedelta(seconds=1)
    with pytest.raises(SigningRefused, match=r"S5 window.*outside the signing time of NO-2026a"):
        authority.worker(OLD).issue(numbers[6], "6")
    assert authority.worker(NEW).issue(numbers[6], "6 again").kid == NEW
    assert authority.worker(NEW).published == set(BOTH)
    later = aboard(desk, until=retired)
    assert all(counts(later, one, retired + timedelta(days=1_000)) for one in (before, *issued[:1]))
    assert issued[1].token == authority.worker(NEW).issue(numbers[3], numbers[3]).token
