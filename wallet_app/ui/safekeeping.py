"""Settings, backups, restoring and diagnostics: the way to their screens, and what they ask of the store."""

from pathlib import Path
from typing import Final

from keys.regular_file import opener
from verifier.ui.ports.share import ShareError
from wallet_app.core import backup, diagnostics
from wallet_app.core.backup import BackupError, Fault, Restored, Tell
from wallet_app.ui.parts import AppParts

MEDIA_TYPE: Final = "application/octet-stream"


class Safekeeping(AppParts):
    """The actions behind the settings."""

    def open_settings(self, *_: object) -> None:
        """Also what Kivy calls on a menu key."""
        if not self.is_locked and self.wallet is not None:
            self.go_when_made("settings")

    def open_change_pin(self) -> None:
        """The old one, and twice the new one."""
        self.go_when_made("change-pin")
        self.screen_of("change-pin").start()

    def open_backup(self) -> None:
        """From its first step."""
        self.screen_of("backup").start()
        self.go("backup")

    def open_restore(self) -> None:
        """From its first step."""
        self.screen_of("restore").start()
        self.go("restore", came_from=self.navigation.current)

    def open_diagnostics(self) -> None:
        """As of now."""
        surroundings = {
            "fonts missing": len(self.missing_fonts),
            "biometrics": self.device.biometrics.is_available,
            "wrong PINs": self.tries.failures,
        }
        found = diagnostics.lines(self.require_wallet(), self.settings, surroundings)
        self.screen_of("diagnostics").show(tuple(found))
        self.go("diagnostics")

    def make_backup(self, words: tuple[str, ...], tell: Tell) -> Path | None:
        """Seal and hand over; off the drawing thread. Returns where it is, if that is known."""
        wallet = self.require_wallet()
        data = backup.seal(wallet.vault.contents, words, tell)
        tell(1.0)
        name = f"ombord-{wallet.clock():%Y-%m-%d}{backup.ENDING}"
        try:
            return self.device.share.share(name, data, MEDIA_TYPE).path
        except ShareError as error:
            raise BackupError(Fault.NOT_STORED, str(error)) from error

    def restore_backup(self, path: Path, words: tuple[str, ...], tell: Tell) -> Restored:
        """Read, open and store; off the drawing thread. Raises BackupError."""
        wallet = self.require_wallet()
        try:
            with open(path, "rb", opener=opener) as file:  # a pipe would be waited for
                data = file.read(backup.MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            raise BackupError(Fault.NOT_READ, str(getattr(error, "strerror", "") or "no path")) from error
        contents = backup.unseal(data, words, tell)
        tell(1.0)
        restored = backup.restore(wallet.vault, contents, wallet.holder_key)
        wallet.read()
        return restored
