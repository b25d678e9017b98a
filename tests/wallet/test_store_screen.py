"""What the app does when its store cannot be opened, or was half damaged: says so, and loses nothing."""

import pytest
from support.scenario import competency
from support.stored import one_more
from support.wallet import PhoneInHand, fill

from verifier.credential.model import Certificate
from wallet_app.core.contents import Contents
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.records import StoredCredential
from wallet_app.core.vault import Vault

pytestmark = pytest.mark.screen


def test_one_damaged_copy_is_said_above_the_list(phone: PhoneInHand) -> None:
    fill(phone.home / "vault", phone.keys, [competency()])
    (phone.home / "vault" / "vault-0").write_bytes(b"half a fi")
    eyes = phone.open_wallet()
    assert eyes.sees("One of the two copies of your certificates was damaged")
    assert eyes.sees("Master")


def test_both_copies_damaged_is_said_and_starting_again_is_a_choice(phone: PhoneInHand) -> None:
    fill(phone.home / "vault", phone.keys, [competency()])
    (phone.home / "vault" / "vault-1").write_bytes(b"half a fi")
    eyes = phone.open_wallet()
    assert eyes.sees("Your certificates cannot be opened")
    assert eyes.sees("For support: vault-1 is damaged")
    eyes.tap("Try again")
    assert eyes.sees("Your certificates cannot be opened"), "trying again changes nothing"
    eyes.tap("Start again")
    assert eyes.sees("No certificates yet")
    assert list((phone.home / "vault").glob("vault-1.damaged-*"))


def test_store_of_another_phone_is_named_as_such(phone: PhoneInHand) -> None:
    fill(phone.home / "vault", MemoryKeyStore(), [competency()])
    assert phone.open_wallet().sees("kept under another phone's key")


def test_second_window_says_that_the_first_is_open(phone: PhoneInHand) -> None:
    first = Vault(phone.home / "vault", phone.keys.vault_key())
    eyes = phone.open_wallet()
    assert eyes.sees("already open in another window")
    with pytest.raises(AssertionError):
        eyes.find("Start again")
    first.close()
    eyes.tap("Try again")
    assert eyes.sees("No certificates yet")


@pytest.mark.parametrize("certificates", [(), (competency(),)], ids=["alone", "beside a good one"])
def test_certificate_that_this_version_cannot_read_is_kept_and_counted(
    phone: PhoneInHand, certificates: tuple[Certificate, ...]
) -> None:
    if certificates:
        fill(phone.home / "vault", phone.keys, certificates)
    vault = Vault(phone.home / "vault", phone.keys.vault_key())
    vault.update(one_more(StoredCredential("from-the-future~", 1)))
    vault.close()
    assert phone.open_wallet().sees("1 certificate cannot be read by this version of the app")
    phone.close()
    vault = Vault(phone.home / "vault", phone.keys.vault_key())
    assert len(vault.contents.credentials) == len(certificates) + 1
    assert isinstance(vault.contents, Contents)
    vault.close()


def test_store_of_a_newer_app_is_named_and_left_alone(
    phone: PhoneInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(phone.home / "vault", phone.keys, [competency()])
    with monkeypatch.context() as newer:
        vault = Vault(phone.home / "vault", phone.keys.vault_key())  # the older slot stays as it is
        newer.setattr("wallet_app.core.contents.VERSION", 2)
        vault.update(one_more(StoredCredential("of-the-future~", 1)))
        vault.close()
    before = {path.name: path.read_bytes() for path in (phone.home / "vault").glob("vault-*")}
    eyes = phone.open_wallet()
    assert eyes.sees("stored by a newer app")
    assert eyes.sees("Update the app")
    with pytest.raises(AssertionError):
        eyes.find("Start again")
    assert before == {path.name: path.read_bytes() for path in (phone.home / "vault").glob("vault-*")}
