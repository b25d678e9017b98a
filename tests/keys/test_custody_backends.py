"""Where private keys lie behind the signer: a real SoftHSM token, and the port for cloud key services."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from support.custody import AT, CERTIFICATES_KEY, SIGNERS, approved_together, policy
from support.softhsm import PIN, TOKEN, NoSoftHsm, SoftHsm, softhsm

from keys.algorithms import Algorithm
from keys.custody.backend import BackendError, BackendGone
from keys.custody.backend_process import BackendProcess
from keys.custody.cloud import CloudBackend, CloudUnavailable
from keys.custody.journal import Journal
from keys.custody.signing_case import Signed, Wanted
from keys.custody.signing_desk import SigningDesk
from keys.custody.stop_switch import StopSwitch
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner

if TYPE_CHECKING:
    from keys.custody.pkcs11 import Pkcs11Backend

MESSAGE: Final = b"header.payload"


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    try:
        with softhsm(tmp_path_factory.mktemp("hsm"), [b"NO-2026a", b"\x01\x02"]) as found:
            yield found
    except NoSoftHsm as missing:
        pytest.skip(str(missing))


@pytest.fixture
def backend(token: SoftHsm) -> Iterator["Pkcs11Backend"]:
    one = pkcs11_backend(token)
    yield one
    one.close()


def pkcs11_backend(token: SoftHsm, *, pin: str = PIN, label: str = TOKEN, **ids: bytes) -> "Pkcs11Backend":
    from keys.custody.pkcs11 import Pkcs11Backend

    chosen = ids or {"first": b"NO-2026a", "second": b"\x01\x02"}
    return Pkcs11Backend(token.library, label, pin, chosen)


def test_a_tokens_keys_are_found_by_cka_id_and_sign_as_jose_wants_it(backend: "Pkcs11Backend") -> None:
    keys = backend.open()
    assert keys["first"] != keys["second"]
    for kid in ("first", "second"):
        keys[kid].verify(MESSAGE, backend.sign(kid, MESSAGE))


def test_a_session_that_broke_is_an_error_of_its_own_and_opens_again(backend: "Pkcs11Backend") -> None:
    keys = backend.open()
    assert backend._session is not None
    backend._session.close()  # what a token that was pulled out looks like
    with pytest.raises(BackendGone):
        backend.sign("first", MESSAGE)
    assert backend.open() == keys
    keys["first"].verify(MESSAGE, backend.sign("first", MESSAGE))
    backend.close()
    with pytest.raises(BackendGone, match="not open"):
        backend.sign("first", MESSAGE)


def test_a_token_that_vanished_is_gone_until_it_is_back(token: SoftHsm, backend: "Pkcs11Backend") -> None:
    keys = backend.open()
    tokens = token.folder / "tokens"
    away = shutil.move(tokens, token.folder / "away")
    tokens.mkdir()
    try:
        with pytest.raises(BackendGone, match="no such token"):
            backend.open()
    finally:
        tokens.rmdir()
        shutil.move(away, tokens)
    assert backend.open() == keys


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"pin": "999999"}, "does not take this PIN"),
        ({"label": "another"}, "no such token"),
        ({"missing": b"SE-2026a"}, "no key pair with CKA_ID 53452d3230323661"),
        ({"curve": b"p384"}, "not on P-256"),
        ({"double": b"twin"}, "two keys with CKA_ID"),
    ],
)  # fmt: skip
def test_what_a_token_cannot_give_is_said(token: SoftHsm, change: dict[str, str], why: str) -> None:
    if "curve" in change:
        token.add_key(b"p384", "secp384r1")
    if "double" in change:
        token.add_key(b"twin")
        token.add_key(b"twin")
    backend = pkcs11_backend(token, **change)
    with pytest.raises(BackendError, match=why):
        backend.open()
    backend.close()


def test_a_library_that_is_none_is_said(token: SoftHsm, tmp_path: Path) -> None:
    from keys.custody.pkcs11 import Pkcs11Backend

    with pytest.raises(BackendError, match="the PKCS#11 library"):
        Pkcs11Backend(str(tmp_path / "none.so"), TOKEN, PIN, {}).open()


def test_the_signer_signs_with_a_token_and_takes_it_up_when_it_comes_back(
    token: SoftHsm, tmp_path: Path
) -> None:
    chosen = policy()
    chosen = replace(chosen, keys={CERTIFICATES_KEY: chosen.keys[CERTIFICATES_KEY]})
    backend = pkcs11_backend(token, **{CERTIFICATES_KEY: b"NO-2026a"})
    journal = Journal(tmp_path / "journal", new=True)
    desk = SigningDesk(chosen, journal, backend, StopSwitch(tmp_path / "stop"), clock=lambda: AT)
    desk.start()
    for numbers in (range(100), range(50, 150)):
        drafts = approved_together(numbers)
        answers = desk.sign([Wanted(one.text, [0]) for one in drafts], drafts[0].approvals)
        for draft, answer in zip(drafts, answers, strict=True):
            assert isinstance(answer, Signed)
            desk.public[CERTIFICATES_KEY].verify(draft.text.encode(), answer.signature)
        assert backend._session is not None
        backend._session.close()
    assert len(journal) == 150
    desk.close()
    journal.close()


def test_a_tokens_own_process_signs_for_the_signer_and_is_started_again_when_it_is_killed(
    token: SoftHsm, tmp_path: Path
) -> None:
    chosen = policy()
    chosen = replace(chosen, keys={CERTIFICATES_KEY: chosen.keys[CERTIFICATES_KEY]})
    keys = BackendProcess(pkcs11_backend(token, **{CERTIFICATES_KEY: b"NO-2026a"}))
    journal = Journal(tmp_path / "journal", new=True)
    desk = SigningDesk(chosen, journal, keys, StopSwitch(tmp_path / "stop"), clock=lambda: AT)
    desk.start()
    for numbers in (range(100), range(50, 150)):
        drafts = approved_together(numbers)
        answers = desk.sign([Wanted(one.text, [0]) for one in drafts], drafts[0].approvals)
        for draft, answer in zip(drafts, answers, strict=True):
            assert isinstance(answer, Signed)
            desk.public[CERTIFICATES_KEY].verify(draft.text.encode(), answer.signature)
        assert keys._process is not None
        keys._process._process.kill()
    assert len(journal) == 150
    desk.close()
    journal.close()
    assert keys._process is None


def test_what_a_tokens_own_process_cannot_open_is_said_as_without_it(token: SoftHsm) -> None:
    keys = BackendProcess(pkcs11_backend(token, pin="999999"))
    with pytest.raises(BackendError, match="does not take this PIN") as found:
        keys.open()
    assert not isinstance(found.value, BackendGone)
    keys.close()
    assert all(isinstance(one, BackendGone) for one in keys.sign_all([("first", MESSAGE)]))


class Cloud:
    """A cloud's key service that answers as a test says."""

    def __init__(self) -> None:
        self.away = False
        self.answer: bytes | None = None

    def public_key(self, name: str) -> PublicKey:
        if self.away:
            raise CloudUnavailable("timed out")
        return {"keys/1": SIGNERS[CERTIFICATES_KEY], "keys/ed": ED}[name].public_key

    def sign_digest(self, name: str, digest: bytes) -> bytes:
        if self.away:
            raise CloudUnavailable("timed out")
        assert len(digest) == 32
        raw = SIGNERS[CERTIFICATES_KEY].sign(MESSAGE)
        return self.answer or encode_dss_signature(
            int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        )


ED: Final = SoftwareSigner.generate(Algorithm.ED25519)


def test_a_cloud_service_signs_digests_behind_the_same_port() -> None:
    cloud = Cloud()
    backend = CloudBackend(cloud, {"NO-2026a": "keys/1"})
    key = backend.open()["NO-2026a"]
    key.verify(MESSAGE, backend.sign("NO-2026a", MESSAGE))
    for answer in (b"no DER", encode_dss_signature(1 << 300, 1)):
        cloud.answer = answer
        with pytest.raises(BackendGone, match="something else"):
            backend.sign("NO-2026a", MESSAGE)
    cloud.away = True
    with pytest.raises(BackendGone, match="timed out"):
        backend.sign("NO-2026a", MESSAGE)
    with pytest.raises(BackendGone, match="timed out"):
        backend.open()
    backend.close()


@pytest.mark.parametrize(("name", "why"), [("keys/2", "no key keys/2"), ("keys/ed", "not on P-256")])
def test_a_cloud_key_that_will_not_do_is_said(name: str, why: str) -> None:
    with pytest.raises(BackendError, match=why):
        CloudBackend(Cloud(), {"NO-2026a": name}).open()
