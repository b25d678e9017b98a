"""The wallet on an Android phone: its key store and its ports, in place of the desktop's."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keys.signer import Signer
from verifier.ui import texts as shared
from verifier.ui.ports.android_biometrics import AndroidBiometrics
from verifier.ui.ports.android_camera import AndroidCamera
from verifier.ui.ports.android_java import learn
from verifier.ui.ports.android_keys import AndroidKeysError, AndroidSigner, WrappedSecret
from verifier.ui.ports.android_link import first_link, on_link
from verifier.ui.ports.android_picker import AndroidPicker
from verifier.ui.ports.android_screen import AndroidScreen
from verifier.ui.ports.android_share import AndroidShare
from verifier.ui.ports.scanner import PictureScanner
from verifier.ui.window import prepare_kivy
from wallet_app import texts_phone as texts
from wallet_app.core.keystore import KeyStoreError

if TYPE_CHECKING:
    from wallet_app.ui.app import WalletApp
    from wallet_app.ui.device import Device

HOLDER: Final = "ombord-holder"
VAULT: Final = "ombord-vault"
WRAPPED: Final = "vault-key.wrapped"
TITLE: Final = "Ombord"


class AndroidKeyStore:
    """`wallet_app.core.keystore.KeyStore`: the holder's key is made in the phone and never leaves it."""

    def __init__(self, home: Path) -> None:
        """Keep the wrapped key of the vault in `home`."""
        self._secret = WrappedSecret(home / WRAPPED, VAULT)
        self._signer: AndroidSigner | None = None

    def holder(self) -> Signer:
        """The key that certificates are bound to. Raises KeyStoreError."""
        try:
            if self._signer is None:
                self._signer = AndroidSigner(HOLDER)
        except AndroidKeysError as error:
            raise KeyStoreError(str(error)) from error
        return self._signer

    def vault_key(self) -> bytes:
        """The key of the vault. Raises KeyStoreError."""
        try:
            return self._secret.get()
        except AndroidKeysError as error:
            raise KeyStoreError(str(error)) from error


def android_device(home: Path, say: Callable[[str], str]) -> "Device":
    """The phone's ports; `say` is asked at each use, as the language may be another by then."""
    from verifier.ui.background import ThreadBackground
    from wallet_app.ui.device import Device

    background = ThreadBackground()
    return Device(
        background=background,
        screen=AndroidScreen(),
        scanner=PictureScanner(),
        biometrics=AndroidBiometrics(TITLE, lambda: say(texts.USE_PIN), background.hand_over),
        share=AndroidShare(),
        camera=AndroidCamera(lambda: say(shared.HOLD_STILL)),
        picker=AndroidPicker(home / "picked", background),
    )


def main() -> None:
    """Run the wallet on a phone until it is closed; `deploy/mobile/stage.py` writes what calls this."""
    home = Path(os.environ["ANDROID_PRIVATE"]) / "ombord"
    prepare_kivy(home)
    learn()
    from wallet_app.main import compose

    device = android_device(home, lambda message: app.say(message))
    app: WalletApp = compose(
        home, keys=AndroidKeyStore(home), device=device, offer=first_link(), owns_process=True
    )
    on_link(lambda link: device.background.hand_over(lambda: app.offered(link)))
    app.run()
