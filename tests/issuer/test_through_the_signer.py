"""An issuer whose keys lie with the signer process: over a sealed file, and over a real SoftHSM token."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from support.approvers import Bureau, course, members
from support.custody import PASSPHRASE
from support.databases import sqlite_template
from support.desk import NEW_PHONE, NUMBER, PHONE, Desk, read_credential
from support.issuer_app import KEYS, HandClock, issuer_settings
from support.scenario import competency, medical
from support.signer_process import SignerProcess
from support.simulator import seeded_signer
from support.softhsm import NoSoftHsm, softhsm

from issuer.adapters.database import Database
from issuer.adapters.tables import credential, credential_payload, status_list
from issuer.domain.errors import SigningDeferred, SigningRefused
from issuer.services.custody.authority_keys import AuthorityKeys, ask_signer
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.log.checkpoints import Checkpoints
from issuer.services.phone.offering import Offering
from issuer.services.phone.passes import Entry, PassSigning
from issuer.services.phone.syncing import Synced, Syncing
from issuer.services.publishing.publisher import StatusPublisher
from issuer.services.register.lifecycle import Lifecycle
from keys import jws
from keys.algorithms import Algorithm
from keys.custody import policy_file, sealed_file
from keys.custody.approval import Act
from keys.custody.signer_client import SignerClient, ToSign
from keys.custody.signing_case import Signed
from keys.encoding import b64url_encode
from verifier.credential import sd_jwt, vc

__all__ = ["sqlite_template"]

LOG_KEY = "NO-log-2026a"
pytestmark = pytest.mark.loopback


@dataclass
class House:
    """The signer, and an issuer that asks it."""

    signer: SignerProcess
    bureau: Bureau
    keys: AuthorityKeys

    @property
    def desk(self) -> Desk:
        return self.bureau.desk

    @property
    def issuer(self) -> CredentialIssuer:
        return CredentialIssuer(self.desk.database, self.desk.clock, self.keys, self.desk.settings)

    def approve(self) -> None:
        """By one who proposes and two who approve, the master's certificate comes into force."""
        self.bureau.draft()
        self.bureau.take(self.bureau.says("clerk-1", NUMBER, act=Act.PROPOSE))
        for kid in ("anna-1", "bo-1"):
            self.bureau.take(self.bureau.says(kid, NUMBER))
        assert self.desk.state() == "in-force"

    def payloads(self) -> list[tuple[str, str]]:
        """State and payload of each credential."""
        with self.desk.database.read() as connection:
            both = select(credential.c.state, credential_payload.c.payload)
            joined = both.join(credential_payload, credential_payload.c.credential_id == credential.c.id)
            return [(row.state, row.payload) for row in connection.execute(joined.order_by(credential.c.id))]


@pytest.fixture(params=["sealed", "softhsm"])
def house(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    monkeypatch.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
    register, home = tmp_path / "register.db", tmp_path / "signer"
    register.write_bytes(sqlite_template.read_bytes())
    home.mkdir()
    with ExitStack() as stack:
        token = None
        if request.param == "softhsm":
            try:
                (tmp_path / "hsm").mkdir()
                token = stack.enter_context(softhsm(tmp_path / "hsm", [kid.encode() for kid in KEYS.signers]))
            except NoSoftHsm as missing:
                pytest.skip(str(missing))
        else:
            signers = {**KEYS.signers, LOG_KEY: seeded_signer(LOG_KEY, Algorithm.ED25519)}
            sealed_file.seal(home / "keys.sealed", signers, PASSPHRASE.encode())  # type: ignore[arg-type]
        policy = members(os.getuid())
        if token is None:  # SoftHSM's library signs no Ed25519 here
            policy["keys"][LOG_KEY] = {"signs": ["log"]}
            policy["types"]["log"] = {"per_hour": 100}
        signer = stack.enter_context(SignerProcess(home, policy, token).ended())
        signer.ready("--new-journal")
        settings = issuer_settings(
            f"sqlite:///{register}",
            environment="production",
            signer_socket=signer.socket,
            signing_policy=signer.policy,
            sealed_keys=tmp_path / "none",
            pass_kid=KEYS.pass_kid,
        )
        database = Database.open(settings.database_url)
        stack.callback(database.close)
        desk = Desk(database, settings, HandClock(datetime.now(UTC)))
        keys = ask_signer(settings)
        assert isinstance(keys.guarded, SignerClient)
        stack.callback(keys.guarded.close)
        yield House(signer, Bureau(desk, policy_file.load(signer.policy)), keys)


def test_what_people_approved_is_signed_and_what_nobody_approved_is_given_up(house: House) -> None:
    house.approve()
    issued = house.issuer.issue(NUMBER, PHONE, "phone")
    parsed = sd_jwt.parse(issued.token)
    jws.verify(parsed.jws, house.keys.public(issued.kid), typ=vc.TYP)
    assert read_credential(issued.token).certificate.document_number == NUMBER
    house.desk.enter(medical())
    with pytest.raises(SigningRefused, match=r"NO-MED-0001 may not be signed \(S7 approval\)"):
        house.issuer.issue("NO-MED-0001", PHONE, "unapproved")
    assert house.desk.credential_states() == ["released", "void"]
    assert house.signer.client.count().drafts == 1
    house.bureau.take(house.bureau.says("anna-1", "NO-MED-0001", kind="medical"), ["NO-MED-0001"])
    assert house.issuer.issue("NO-MED-0001", PHONE, "unapproved").document_number == "NO-MED-0001"


def test_what_a_stop_or_a_dead_signer_left_persisted_is_released_with_the_same_bytes(house: House) -> None:
    house.approve()
    first = house.issuer.issue(NUMBER, PHONE, "phone")
    house.signer.client.stop("drill")
    with pytest.raises(SigningDeferred, match="S10 stopped"):
        house.issuer.issue(NUMBER, NEW_PHONE, "new phone")
    (_, (state, payload)) = house.payloads()
    assert state == "persisted"
    house.signer.client.resume()
    second = house.issuer.issue(NUMBER, NEW_PHONE, "new phone")
    assert house.payloads()[1] == ("released", payload)
    assert second.token.split(".")[1] == b64url_encode(payload.encode())
    (running,) = house.signer.running
    running.kill()
    running.wait()
    with pytest.raises(SigningDeferred, match=r"went away|no signer at"):
        house.issuer.issue(NUMBER, None, "paper")
    assert house.payloads()[2][0] == "persisted"
    house.signer.ready()
    assert house.issuer.issue(NUMBER, None, "paper").holder_thumbprint is None
    for issued in (first, second):
        text, _, signature = issued.token.rstrip("~").rpartition(".")
        (answer,) = house.signer.client.sign([ToSign(text=text)])  # from its journal: asked for nothing
        assert isinstance(answer, Signed)
        assert b64url_encode(answer.signature) == signature
    assert house.signer.client.count().drafts == 3


def test_lists_and_many_credentials_are_signed_by_it_too(house: House) -> None:
    numbers = [f"NO-CRS-{number:03}" for number in range(50)]
    house.desk.enter(competency(), *[course(number) for number in numbers])
    house.bureau.take(house.bureau.rule_says(*numbers), numbers)
    issued = [house.issuer.issue(number, None, number) for number in (*numbers[:3],)]
    assert {one.kid for one in issued} == {"NO-2026a"}
    publisher = StatusPublisher(house.desk.database, house.desk.clock, house.keys, house.desk.settings)
    token = publisher.current(1).token
    jws.verify(jws.parse(token), house.keys.public("NO-status-2026a"), typ="statuslist+jwt")
    if house.keys.log_kid is not None:
        checkpoints = Checkpoints(house.desk.database, house.desk.clock, house.keys, house.desk.settings)
        note = checkpoints.make()
        assert note is not None
        assert note.splitlines()[:2] == [checkpoints.origin, "3"]
        assert checkpoints.make() == note
    assert {key["kid"] for key in house.keys.jwks()["keys"]} == set(KEYS.signers)  # type: ignore[union-attr,index,call-overload]


def test_a_pass_is_signed_for_its_credentials_as_long_as_the_published_list_calls_them_good(
    house: House,
) -> None:
    house.approve()
    token = house.issuer.issue(NUMBER, PHONE, "phone").token
    passes = PassSigning(house.keys, house.desk.settings)
    good = entry(token)
    at = house.desk.clock()
    signed = passes.sign([good], PHONE, at)
    assert signed.members == {NUMBER}
    assert signed.text is not None
    found = sd_jwt.parse(signed.text).jws
    jws.verify(found, house.keys.public(str(KEYS.pass_kid)), typ=vc.TYP)
    with pytest.raises(SigningRefused, match=r'S13 evidence\): certificates\[0\]: .* another "cnf"'):
        passes.sign([good], NEW_PHONE, at)
    assert good.certificate is not None
    higher = replace(good.certificate, remarks="unlimited")
    with pytest.raises(SigningRefused, match=r'S13 evidence.* another "remarks"'):
        passes.sign([good._replace(certificate=higher)], PHONE, at)
    with pytest.raises(SigningRefused, match=r"S13 evidence.*not a credential"):
        passes.sign(
            [good._replace(credential=token[:-30] + "A" * 29 + "~")], PHONE, at + timedelta(seconds=1)
        )
    publisher = StatusPublisher(house.desk.database, house.desk.clock, house.keys, house.desk.settings)
    lifecycle = Lifecycle(house.desk.database, house.desk.clock, house.desk.settings)
    lifecycle.suspend(NUMBER, reason="drill", actor="test")
    publisher.current(1)
    later = at + timedelta(seconds=2)
    with pytest.raises(SigningRefused, match=r"S13 evidence.*does not call it good"):
        passes.sign([good], PHONE, later)
    lifecycle.reinstate(NUMBER, reason="drill", actor="test")
    publisher.current(1)
    assert passes.sign([good], PHONE, later).members == {NUMBER}
    lifecycle.revoke(NUMBER, reason="drill", actor="test")
    publisher.current(1)
    with house.desk.database.write() as connection:  # as whoever took the database over would
        connection.execute(update(credential).values(status=0))
        connection.execute(update(status_list).values(revision=status_list.c.revision + 1))
    with pytest.raises(SigningRefused, match=r"S14 list\): .*1 entries were revoked or replaced"):
        publisher.current(1)


def test_sync_that_finds_a_certificate_reinstated_has_its_list_signed_before_the_pass(house: House) -> None:
    house.approve()
    house.issuer.issue(NUMBER, PHONE, "phone")
    parts = (house.desk.database, house.desk.clock)
    settings = house.desk.settings
    publisher = StatusPublisher(*parts, house.keys, settings)
    lifecycle = Lifecycle(*parts, settings)
    syncing = Syncing(
        *parts,
        settings,
        PassSigning(house.keys, settings),
        Offering(*parts, settings),
        Checkpoints(*parts, house.keys, settings),
        publisher.sign_changed,
    )
    lifecycle.suspend(NUMBER, reason="drill", actor="test")
    publisher.current(1)
    told = syncing.sync(PHONE)
    assert isinstance(told, Synced)
    assert (told.sea_pass, told.is_pass_late) == (None, False)  # nothing is left to sum up
    lifecycle.reinstate(NUMBER, reason="drill", actor="test")
    before = house.signer.client.count().drafts
    told = syncing.sync(PHONE)
    assert isinstance(told, Synced)
    assert told.sea_pass is not None
    assert house.signer.client.count().drafts == before + 3  # the list, what ships read of it, the pass
    assert not publisher.sign_changed({settings.status_uri(1)})


def entry(token: str) -> Entry:
    """What a sync says of a credential."""
    read = read_credential(token)
    return Entry(read.certificate.document_number, read.certificate, read.status, token)
