"""A wallet for tests: a phone in hand, certificates in its store, transports that need no network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from support.phone import Phone
from support.scenario import competency, medical
from support.simulator import NOW, Authority

from keys.encoding import json_dumps
from verifier.credential.model import Certificate
from verifier.ui.background import ImmediateBackground
from verifier.ui.ports.biometrics import Biometrics, NoBiometrics
from verifier.ui.ports.camera import FakeCamera
from verifier.ui.ports.files import FolderFiles
from verifier.ui.ports.picker import NoPicker, Picker
from verifier.ui.ports.scanner import FakeScanner
from verifier.ui.ports.screen import FakeScreen
from verifier.ui.ports.share import FakeShare
from verifier.ui.work import Background
from wallet_app.core import backup
from wallet_app.core import lock as locks
from wallet_app.core.contents import Contents
from wallet_app.core.document_store import DocumentStore
from wallet_app.core.keystore import KeyStore, MemoryKeyStore
from wallet_app.core.lock import Lock
from wallet_app.core.records import StoredCredential
from wallet_app.core.transport import Response
from wallet_app.core.tries import Tries
from wallet_app.core.troubles import PickUpError, Trouble
from wallet_app.core.trust import Trust
from wallet_app.core.vault import Vault
from wallet_app.core.wallet import Wallet
from wallet_app.main import compose
from wallet_app.ui.app import Device, WalletApp


class NoNetwork:
    """A phone at sea."""

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        raise PickUpError(Trouble.OFFLINE, "no network at sea")


class Scripted:
    """Answers by address; each answer is an object, bytes or a whole Response. Remembers what was sent."""

    def __init__(self, answers: Mapping[str, object]) -> None:
        self.answers = dict(answers)
        self.sent: list[tuple[str, str, bytes | None]] = []

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        self.sent.append((method, url, body))
        answer = self.answers.get(url, Response(404, "application/json", b"{}"))
        if isinstance(answer, Response):
            return answer
        data = answer if isinstance(answer, bytes) else json_dumps(answer)
        return Response(200, "application/json", data)


class ToClient:
    """Hands requests to an httpx client, such as an issuer in this process, and loses some on the way.

    `lose` says whether the request with this number is lost before it arrives or its answer on the way back.
    """

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.count = 0
        self.lose: Callable[[int], str] = lambda _: ""

    def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        self.count += 1
        lost = self.lose(self.count)
        if lost == "request":
            raise PickUpError(Trouble.OFFLINE, "the network dropped")
        answer = self.client.request(method, url, headers=dict(headers), content=body)
        if lost == "answer":
            raise PickUpError(Trouble.OFFLINE, "the network dropped")
        content_type = answer.headers.get("content-type", "").partition(";")[0]
        return Response(answer.status_code, content_type, answer.content)


def fill(
    folder: Path,
    keys: KeyStore,
    certificates: Iterable[Certificate],
    *,
    at: datetime = NOW,
    others: Iterable[str] = (),
) -> list[str]:
    """Put the certificates into the store in `folder`, bound to the phone; returns their signed texts.

    `others` are signed texts of another issuer that go beside them.
    """
    norway = Authority("NO", at=at)
    texts = [norway.issue(certificate, keys.holder().public_key) for certificate in certificates]
    texts += others
    vault = Vault(folder, keys.vault_key())
    received = int(at.timestamp())
    vault.update(lambda _: Contents(tuple(StoredCredential(text, received) for text in texts)))
    vault.close()
    return texts


def wallet_of(
    folder: Path,
    *certificates: Certificate,
    transport: object = None,
    clock: Callable[[], datetime] = lambda: NOW,
    keys: KeyStore | None = None,
) -> Wallet:
    """An open wallet that holds these."""
    keys = keys or MemoryKeyStore()
    if certificates:
        fill(folder, keys, certificates)
    network = transport or NoNetwork()
    papers = DocumentStore(folder / "documents", keys.vault_key())
    vault = Vault(folder, keys.vault_key())
    trust = Trust(folder / "trust")
    return Wallet(vault, keys.holder(), network, clock, papers, trust)  # type: ignore[arg-type]


def cheap_derivation(patch: pytest.MonkeyPatch) -> None:
    """Argon2id of PINs and of backups at its least: tests are no guesses, and it took a third of a scene."""
    for module in (backup, locks):
        patch.setattr(module, "MEMORY_KIB", 64)
        patch.setattr(module, "ITERATIONS", 1)


def choose_pin(home: Path, keys: KeyStore, pin: str) -> None:
    """As its owner did when the app was new."""
    vault = Vault(home / "vault", keys.vault_key())
    Lock(vault, Tries(home / "lock.json", lambda: 0.0)).choose(pin)
    vault.close()


def usual_certificates() -> tuple[Certificate, ...]:
    """A master's certificate and her medical one, both good."""
    return competency(), medical()


class PhoneInHand:
    """A person's phone with the wallet on it: what is seen and touched is `phone`, what runs is `app`."""

    def __init__(self, home: Path, phone: Phone) -> None:
        self.home, self.phone = home, phone
        self.keys = MemoryKeyStore()
        self.screen = FakeScreen()
        self.scanner = FakeScanner()
        self.camera = FakeCamera(broken="no camera")
        self.share = FakeShare()
        self.background: Background = ImmediateBackground()
        self.picker: Picker = NoPicker()
        self.texts: list[str] = []

    def open_wallet(
        self,
        *certificates: Certificate,
        transport: object = None,
        dark: bool = False,
        offer: str | None = None,
        locks: bool = False,
        pin: str = "",
        biometrics: Biometrics | None = None,
    ) -> Phone:
        """Open the app with these certificates in its store.

        Without `locks` there is no PIN, for tests of what comes after it; a `pin` was chosen before.
        """
        if certificates:
            self.texts = fill(self.home / "vault", self.keys, certificates)
        if pin:
            choose_pin(self.home, self.keys, pin)
        self.app: WalletApp = compose(
            self.home,
            keys=self.keys,
            transport=transport or NoNetwork(),  # type: ignore[arg-type] # any of this module's
            clock=self.phone.now,
            device=Device(
                background=self.background,
                screen=self.screen,
                scanner=self.scanner,
                camera=self.camera,
                share=self.share,
                picker=self.picker,
                files=FolderFiles(self.home / "downloads"),
                biometrics=biometrics or NoBiometrics(),
            ),
            offer=offer,
            ticks=lambda: self.phone.now().timestamp(),
            locks=locks or bool(pin),
        )
        self.app.theme.mode = "dark" if dark else "light"
        return self.phone.launch(self.app)

    def close(self) -> None:
        """Close the app and let go of the store."""
        self.phone.close()
