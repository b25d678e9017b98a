"""Sync from the phone's side: what is believed, what is stored, and that failing changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.scenario import competency, medical
from support.simulator import NOW, Authority, seeded_signer
from support.stored import one_more
from support.sync_office import ISSUER, SyncOffice, a_pass, an_answer, problem
from support.wallet import NoNetwork, wallet_of

from keys import jws
from keys.encoding import Json, json_dumps, json_object
from keys.jwk import PublicKey
from verifier.credential.model import Holder
from wallet_app.core.contents import Contents
from wallet_app.core.held import Held
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.pickup import Progress
from wallet_app.core.records import StoredCredential
from wallet_app.core.shapes import RecordError
from wallet_app.core.sync_answer import read_answer
from wallet_app.core.sync_record import SyncRecord, ToldStatus
from wallet_app.core.syncing import Outcome
from wallet_app.core.transport import Response
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.vault import Vault
from wallet_app.core.wallet import Wallet

STRANGER = Holder(seafarer_id="9ZZZZZZZ", family_name="Li", birth_date=date(1990, 1, 1))


class OnShore:
    """A wallet with two certificates and its authority within reach; the time is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.keys = MemoryKeyStore()
        self.office = SyncOffice()
        self.now = NOW
        self.folder = folder
        self.wallet = self.open(competency(), medical())

    def open(self, *certificates: object) -> Wallet:
        return wallet_of(
            self.folder,
            *certificates,  # type: ignore[arg-type]
            transport=self.office,
            clock=lambda: self.now,
            keys=self.keys,
        )

    @property
    def key(self) -> PublicKey:
        return self.keys.holder().public_key

    def answer(self, **changes: Json) -> None:
        """The authority's next answer, dated now; a good pass unless it says otherwise."""
        usual: dict[str, Json] = {"as_of": int(self.now.timestamp()), "pass": self.pass_text()}
        self.office.answer = an_answer(**{**usual, **changes})

    def pass_text(self, **changes: object) -> str:
        return a_pass(self.key, **{"at": self.now, **changes})  # type: ignore[arg-type]

    def sync(self) -> Outcome:
        return self.wallet.syncs.run(lambda _: None)

    def trouble(self) -> Trouble:
        """What stops a sync, which must have changed nothing."""
        before = self.wallet._vault.contents
        [(host, error)] = self.sync().failures
        assert host == ISSUER.removeprefix("https://")
        assert self.wallet._vault.contents is before
        return error.trouble

    def held(self, number: str = "NO-COC-0001") -> Held:
        return next(one for one in self.wallet.held if one.certificate.document_number == number)

    def status(self, number: str, status: str) -> Json:
        place = self.held(number).credential.status
        return {"uri": place.uri, "idx": place.idx, "status": status}


@pytest.fixture
def shore(tmp_path: Path) -> Iterator[OnShore]:
    """Within reach of the authority."""
    on_shore = OnShore(tmp_path)
    yield on_shore
    on_shore.wallet.close()


# What is asked


def test_proof_says_who_asks_whom_and_when_and_nothing_else(shore: OnShore) -> None:
    shore.answer()
    shore.sync()
    [proof] = shore.office.proofs
    assert set(proof.header) == {"alg", "typ", "jwk"}
    assert (proof.header["typ"], proof.header["alg"]) == ("ombord-sync+jwt", "ES256")
    claims = json_object(jws.verify(proof, shore.keys.holder().public_key, typ="ombord-sync+jwt"))
    assert claims == {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": "nonce 0"}


def test_nonce_that_went_stale_on_a_slow_link_is_fetched_again(shore: OnShore) -> None:
    shore.answer()
    shore.office.stale_nonces = 2
    assert shore.sync().failures == ()
    assert len({json_object(proof.payload)["nonce"] for proof in shore.office.proofs}) == 3


def test_authority_of_a_certificate_that_is_not_bound_to_this_phone_is_not_asked(tmp_path: Path) -> None:
    keys = MemoryKeyStore()
    wallet_of(tmp_path, competency(), keys=keys).close()
    other = MemoryKeyStore()
    other._vault_key = keys._vault_key  # as after restoring a backup
    wallet = wallet_of(tmp_path, keys=other)
    assert wallet.syncs.issuers == ()
    assert wallet.syncs.run(lambda _: None) == Outcome((), has_news=False)
    wallet.close()


# What is believed


def test_good_answer_is_stored_and_there_again_after_a_restart(shore: OnShore) -> None:
    shore.answer(credentials=[shore.status("NO-COC-0001", "revoked")], left_out=["NO-COP-1"])
    assert shore.sync() == Outcome((), has_news=True)
    shore.wallet.close()
    shore.wallet = shore.open()
    [held] = shore.wallet.passes
    assert [one.certificate.document_number for one in held.sea_pass.members] == [
        "NO-COC-0001",
        "NO-MED-0001",
    ]
    told = shore.wallet.told(shore.held())
    assert told is not None
    assert (told.status, told.as_of) == ("revoked", int(NOW.timestamp()))
    assert shore.wallet.syncs.as_of == NOW
    assert shore.wallet.syncs.records[0].left_out == ("NO-COP-1",)


def test_second_sync_without_changes_has_no_news(shore: OnShore) -> None:
    shore.answer(credentials=[shore.status("NO-COC-0001", "valid")])
    shore.sync()
    assert shore.sync() == Outcome((), has_news=False)


BAD_PASSES = {
    "another phone's": (lambda s: a_pass(seeded_signer("thief").public_key), Trouble.WRONG_CREDENTIAL),
    "nobody's": (lambda s: a_pass(None), Trouble.WRONG_CREDENTIAL),  # type: ignore[arg-type]
    "another seafarer's": (
        lambda s: a_pass(s.key, replace(competency(), holder=STRANGER)),
        Trouble.OTHER_PERSON,
    ),
    "another issuer's": (lambda s: s.pass_text(issuer="https://dk.example"), Trouble.WRONG_CREDENTIAL),
    "unpublished key's": (lambda s: s.pass_text(kid="NO-2027p"), Trouble.UNVERIFIED),
    "forger's": (lambda s: s.pass_text(signer=seeded_signer("forger")), Trouble.UNVERIFIED),
    "last month's": (lambda s: s.pass_text(at=NOW - timedelta(days=29)), Trouble.WRONG_CREDENTIAL),
    "a certificate's text": (lambda s: s.held().text, Trouble.WRONG_CREDENTIAL),
    "no credential": (lambda s: "pass", Trouble.WRONG_CREDENTIAL),
    "too long": (lambda s: "a" * 20_001, Trouble.WRONG_CREDENTIAL),
}


@pytest.mark.parametrize("bad", BAD_PASSES.values(), ids=BAD_PASSES.keys())
def test_pass_that_is_not_this_phones_and_this_seafarers_is_refused_with_all_that_came_along(
    shore: OnShore, bad: tuple[object, Trouble]
) -> None:
    make, trouble = bad
    revoked = [shore.status("NO-COC-0001", "revoked")]
    shore.answer(**{"pass": make(shore), "credentials": revoked})  # type: ignore[operator]
    assert shore.trouble() is trouble


MALFORMED: dict[str, dict[str, Json]] = {
    "no time": {"as_of": None},
    "time as text": {"as_of": "now"},
    "time as truth": {"as_of": True},
    "pass as a number": {"pass": 7},
    "no statuses": {"credentials": None},
    "too many statuses": {"credentials": [{}] * 513},
    "status without a place": {"credentials": [{"status": "valid"}]},
    "unknown status": {"credentials": [{"uri": f"{ISSUER}/status/1", "idx": 1, "status": "fine"}]},
    "negative index": {"credentials": [{"uri": f"{ISSUER}/status/1", "idx": -1, "status": "valid"}]},
    "no offers": {"offers": {}},
    "offer without a code": {"offers": [{"offer": f"{ISSUER}/o/1", "document_number": "X"}]},
    "two offers": {
        "offers": [
            {"offer": f"{ISSUER}/o/{n}", "tx_code": "123456", "document_number": f"X{n}"} for n in (1, 2)
        ]
    },
    "number that hides": {"left_out": ["NO\u202e1"]},
}


@pytest.mark.parametrize("change", MALFORMED.values(), ids=MALFORMED.keys())
def test_answer_of_another_shape_changes_nothing(shore: OnShore, change: dict[str, Json]) -> None:
    shore.answer(**change)
    assert shore.trouble() is Trouble.NOT_UNDERSTOOD


@pytest.mark.parametrize("apart", [-3_600, 3_600, 253_402_300_799 - int(NOW.timestamp())])
def test_clocks_that_are_far_apart_are_said_and_change_nothing(shore: OnShore, apart: int) -> None:
    shore.answer(as_of=int(NOW.timestamp()) + apart)
    assert shore.trouble() is Trouble.CLOCKS_APART


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
ENTRY = st.dictionaries(
    st.sampled_from(["uri", "idx", "status", "offer", "tx_code", "document_number"]), ANYTHING, max_size=3
)


@given(
    st.dictionaries(
        st.sampled_from(["as_of", "pass", "left_out", "credentials", "offers"]),
        ANYTHING | st.lists(ENTRY, max_size=3),
    )
)
def test_answer_that_means_nothing_is_a_record_or_a_trouble(changes: dict[str, Json]) -> None:
    try:
        record = read_answer(an_answer(**changes), ISSUER, NOW)
    except PickUpError:
        return
    assert SyncRecord.from_json(record.to_json()) == record


def test_offer_over_plain_http_is_refused(shore: OnShore) -> None:
    offer: Json = {"offer": "http://no.example/o", "tx_code": "123456", "document_number": "X"}
    shore.answer(offers=[offer])
    assert shore.trouble() is Trouble.NOT_SECURE


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (problem(401, "not-recognised"), Trouble.NOT_RECOGNISED),
        (problem(403, "no-longer-bound"), Trouble.NO_LONGER_BOUND),
        (problem(403, "shared-phone"), Trouble.NO_LONGER_BOUND),
        (problem(400, "invalid-proof"), Trouble.PROOF_REFUSED),
        (problem(400, "something-else"), Trouble.NOT_UNDERSTOOD),
        (problem(429, "too-often"), Trouble.TOO_OFTEN),
        (problem(503, "about:blank"), Trouble.SERVICE),
        (Response(404, "text/html", b"<p>"), Trouble.NO_SYNC),
        (Response(405, "application/json", b"{}"), Trouble.NO_SYNC),
        (Response(200, "text/html", b"<p>"), Trouble.NOT_UNDERSTOOD),
        (Response(200, "application/json", b'{"as_of":1,"as_of":2}'), Trouble.NOT_UNDERSTOOD),
        (Response(403, "application/problem+json", b"\xff"), Trouble.NOT_UNDERSTOOD),
    ],
)
def test_refusal_is_told_as_what_it_is_and_changes_nothing(
    shore: OnShore, answer: Response, trouble: Trouble
) -> None:
    shore.answer()
    shore.sync()
    shore.office.answer = answer
    assert shore.trouble() is trouble


def test_nonces_that_are_never_good_end(shore: OnShore) -> None:
    shore.office.stale_nonces = 99
    assert shore.trouble() is Trouble.SERVICE
    assert len(shore.office.proofs) == 3


def test_without_a_network_everything_stays_for_weeks(shore: OnShore) -> None:
    shore.answer(credentials=[shore.status("NO-COC-0001", "suspended")])
    shore.sync()
    shore.wallet.close()
    shore.now += timedelta(weeks=3)
    shore.wallet = wallet_of(shore.folder, transport=NoNetwork(), clock=lambda: shore.now, keys=shore.keys)
    assert shore.trouble() is Trouble.OFFLINE
    [held] = shore.wallet.passes
    assert held.is_fresh(shore.now)
    assert shore.wallet.live_code(held).qr_text.startswith("OB1:")
    told = shore.wallet.told(shore.held())
    assert told is not None
    assert told.status == "suspended"


def without_a_pass(shore: OnShore, *ended: int) -> None:
    """The answer of an authority that signs no pass now; members of the last one at these places ended."""
    told: list[Json] = [
        {"uri": f"{ISSUER}/status/1", "idx": n, "status": "suspended" if n in ended else "valid"}
        for n in range(2)
    ]
    shore.answer(credentials=told)
    assert isinstance(shore.office.answer, dict)
    del shore.office.answer["pass"], shore.office.answer["left_out"]


def test_pass_that_is_not_spoken_of_is_kept_as_of_its_own_day(shore: OnShore) -> None:
    shore.answer(left_out=["NO-COP-1"])
    shore.sync()
    [before] = shore.wallet.passes
    shore.now += timedelta(days=1)
    without_a_pass(shore)
    assert shore.sync().failures == ()
    assert shore.wallet.passes == (before,)
    assert shore.wallet.syncs.as_of == shore.now
    assert shore.wallet.syncs.records[0].left_out == ("NO-COP-1",)
    shore.answer(**{"pass": None})
    shore.sync()
    assert shore.wallet.passes == (), "null says that there is none any more"


def test_pass_that_is_not_spoken_of_goes_with_the_first_certificate_in_it_that_ended(shore: OnShore) -> None:
    shore.answer()
    shore.sync()
    without_a_pass(shore, 1)
    assert shore.sync().failures == ()
    assert shore.wallet.passes == ()


def test_first_sync_without_a_pass_is_a_sync(shore: OnShore) -> None:
    without_a_pass(shore)
    assert shore.sync().failures == ()
    assert (shore.wallet.passes, shore.wallet.syncs.as_of) == ((), NOW)


def test_pass_is_fresh_for_its_30_days_and_no_longer(shore: OnShore) -> None:
    shore.answer()
    shore.sync()
    [held] = shore.wallet.passes
    assert held.is_fresh(NOW + timedelta(days=30, seconds=-1))
    assert not held.is_fresh(NOW + timedelta(days=30))


# What is kept


def test_status_of_what_is_not_held_is_not_kept(shore: OnShore) -> None:
    elsewhere: Json = {"uri": f"{ISSUER}/status/9", "idx": 5, "status": "revoked"}
    shore.answer(credentials=[elsewhere, shore.status("NO-MED-0001", "valid")])
    shore.sync()
    assert [one.status for one in shore.wallet.syncs.records[0].statuses] == ["valid"]


def test_status_that_a_later_answer_does_not_tell_stays_with_its_own_date(shore: OnShore) -> None:
    shore.answer(credentials=[shore.status("NO-COC-0001", "revoked")])
    shore.sync()
    shore.now += timedelta(days=3)
    shore.answer(credentials=[])
    shore.sync()
    told = shore.wallet.told(shore.held())
    assert told is not None
    assert (told.status, told.as_of) == ("revoked", int(NOW.timestamp()))
    assert shore.wallet.syncs.as_of == shore.now


def test_lifted_suspension_is_told_by_the_next_sync(shore: OnShore) -> None:
    for status in ("suspended", "valid"):
        shore.now += timedelta(days=1)
        shore.answer(credentials=[shore.status("NO-COC-0001", status)])
        assert shore.sync().has_news
    told = shore.wallet.told(shore.held())
    assert told is not None
    assert told.status == "valid"


def test_older_answer_undoes_nothing(shore: OnShore) -> None:
    shore.now += timedelta(minutes=10)
    shore.answer(credentials=[shore.status("NO-COC-0001", "revoked")])
    shore.sync()
    shore.now -= timedelta(minutes=10)
    shore.answer(credentials=[shore.status("NO-COC-0001", "valid")])
    shore.sync()
    told = shore.wallet.told(shore.held())
    assert told is not None
    assert told.status == "revoked"


def test_answer_without_a_pass_takes_the_last_one_away(shore: OnShore) -> None:
    shore.answer()
    shore.sync()
    assert shore.wallet.passes
    shore.answer(**{"pass": None})
    shore.sync()
    assert shore.wallet.passes == ()


def test_another_authoritys_word_on_a_certificate_counts_for_nothing(shore: OnShore) -> None:
    place = shore.held().credential.status
    slander = ToldStatus(place.uri, place.idx, "revoked", int(NOW.timestamp()))
    record = SyncRecord(issuer="https://evil.example", as_of=int(NOW.timestamp()), statuses=(slander,))
    shore.wallet._vault.update(lambda contents: replace(contents, syncs=(record,)))
    assert shore.wallet.told(shore.held()) is None


def test_one_authority_that_is_out_of_reach_does_not_hold_up_the_other(shore: OnShore) -> None:
    denmark = Authority("DK")
    text = denmark.issue(
        replace(medical(), issuing_country="DK", document_number="DK-1"), shore.keys.holder().public_key
    )
    shore.wallet._vault.update(one_more(StoredCredential(text, 0)))
    shore.answer(credentials=[shore.status("NO-COC-0001", "revoked")])
    told: list[Progress] = []
    outcome = shore.wallet.syncs.run(told.append)
    assert [host for host, _ in outcome.failures] == [denmark.iss.removeprefix("https://")]
    assert outcome.has_news
    assert told == [Progress(1, 2), Progress(2, 2)]
    assert shore.wallet.syncs.as_of is None, "of one authority nothing is known"


# The store


def test_store_from_before_syncs_opens(tmp_path: Path) -> None:
    assert Contents.from_json({"version": 1, "credentials": [], "pick_up": None}) == Contents()


def test_records_come_back_as_they_were_stored(tmp_path: Path) -> None:
    record = SyncRecord(
        issuer=ISSUER,
        as_of=7,
        pass_text="pass~",
        statuses=(ToldStatus(f"{ISSUER}/status/1", 3, "revoked", 7),),
        left_out=("NO-1",),
        ready=("NO-2",),
        offer=f"{ISSUER}/o/1",
        tx_code="123456",
    )
    vault = Vault(tmp_path, bytes(32))
    vault.update(lambda contents: replace(contents, syncs=(record,)))
    vault.close()
    again = Vault(tmp_path, bytes(32))
    assert again.contents.syncs == (record,)
    again.close()


@pytest.mark.parametrize("damage", [{"as_of": "7"}, {"statuses": [["u", True, "valid", 1]]}, {"ready": [1]}])
def test_damaged_record_is_named(damage: dict[str, Json]) -> None:
    good = SyncRecord(issuer=ISSUER, as_of=7).to_json()
    with pytest.raises(RecordError):
        SyncRecord.from_json({**good, **damage})


def test_nothing_of_a_sync_is_readable_on_disk(shore: OnShore) -> None:
    offer: Json = {"offer": f"{ISSUER}/o/1", "tx_code": "493536", "document_number": "NO-COP-1"}
    shore.answer(offers=[offer])
    shore.sync()
    stored = b"".join(path.read_bytes() for path in shore.folder.rglob("vault-*"))
    assert b"493536" not in stored
    assert json_dumps(ISSUER) not in stored
