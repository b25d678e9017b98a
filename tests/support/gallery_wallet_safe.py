"""Scenes of the wallet: first steps, lock, settings, backups, and a store that cannot be opened."""

from typing import Any

import pytest
from support.gallery import Scene, Scenes, Stage
from support.gallery_wallet_list import HELD
from support.stored import one_more
from support.wallet import fill

from verifier.ui.background import ImmediateBackground
from verifier.ui.ports.picker import FakePicker
from wallet_app import texts_safe, texts_showing
from wallet_app.core import passphrase
from wallet_app.core.backup import BackupError, Fault, Restored
from wallet_app.core.keystore import MemoryKeyStore
from wallet_app.core.records import StoredCredential
from wallet_app.core.vault import Vault

scene = Scenes()
PIN, OTHER = "314159", "271828"


@scene
def first_step(stage: Stage) -> None:
    stage.wallet(locks=True)


@scene
def first_step_below(stage: Stage) -> None:
    stage.wallet(locks=True)
    stage.eyes.scroll_to(stage.say(texts_safe.START))


@scene
def second_step_pin(stage: Stage) -> None:
    stage.wallet(locks=True).tap(texts_safe.START)


@scene
def second_step_again(stage: Stage) -> None:
    second_step_pin(stage)
    enter(stage, PIN)


@scene
def second_step_differs(stage: Stage) -> None:
    second_step_again(stage)
    enter(stage, OTHER)


@scene
def second_step_guessable(stage: Stage) -> None:
    second_step_pin(stage)
    enter(stage, "123456")


@scene
def third_step(stage: Stage) -> None:
    second_step_again(stage)
    enter(stage, PIN)


# The lock


@scene
def locked(stage: Stage) -> None:
    stage.wallet(*HELD, pin=PIN)


@scene
def locked_half_typed(stage: Stage) -> None:
    locked(stage)
    enter(stage, PIN[:3])


@scene
def locked_wrong_pin(stage: Stage) -> None:
    locked(stage)
    enter(stage, OTHER)


@scene
def locked_for_a_while(stage: Stage) -> None:
    locked(stage)
    for _ in range(3):
        enter(stage, OTHER)


@scene
def locked_and_forgotten(stage: Stage) -> None:
    locked(stage)
    stage.phone.app.forget_pin()
    stage.eyes.wait(0.5)


def enter(stage: Stage, pin: str) -> None:
    """On the pad."""
    for digit in pin:
        stage.eyes.tap(digit)
    stage.eyes.wait(0.5)


# Settings


@scene
def settings(stage: Stage) -> None:
    stage.wallet(*HELD, locks=True).phone.app.finish_onboarding()
    stage.phone.app.open_settings()
    stage.eyes.wait(0.5)


@scene
def settings_below(stage: Stage) -> None:
    settings(stage)
    stage.eyes.swipe(700)


@scene
def settings_end(stage: Stage) -> None:
    settings(stage)
    for _ in range(6):
        stage.eyes.swipe(700)


@scene
def settings_address_refused(stage: Stage) -> None:
    settings(stage)
    field = stage.eyes.scroll_to(stage.say(texts_safe.SYNC_ADDRESS_HINT))
    stage.eyes.tap(field).type("harbour")
    stage.tap(texts_safe.SAVE)


@scene
def change_pin(stage: Stage) -> None:
    stage.wallet(*HELD, locks=True).phone.app.finish_onboarding()
    stage.phone.app.open_change_pin()
    stage.eyes.wait(0.5)


@scene
def diagnostics(stage: Stage) -> None:
    stage.wallet(*HELD).phone.app.open_diagnostics()
    stage.eyes.wait(0.5)


# Backup


@scene
def backup(stage: Stage) -> None:
    stage.wallet(*HELD).phone.app.open_backup()
    stage.eyes.wait(0.5)


@scene
def backup_of_nothing(stage: Stage) -> None:
    stage.wallet().phone.app.open_backup()
    stage.eyes.wait(0.5)


@scene
def backup_words(stage: Stage) -> None:
    backup(stage)
    screen = stage.phone.app.screen_of("backup")
    screen._words = SIX
    screen.show_words()
    stage.eyes.wait(0.4)


SIX = ("harbour", "lantern", "compass", "anchor", "seagull", "breeze")


@scene
def backup_check(stage: Stage) -> None:
    backup_words(stage)
    screen = stage.phone.app.screen_of("backup")
    screen.check()
    screen.step.number = 3
    stage.eyes.wait(0.4)


@scene
def backup_check_wrong(stage: Stage) -> None:
    backup_check(stage)
    screen = stage.phone.app.screen_of("backup")
    screen.typed(3, "lantern")
    stage.eyes.wait(0.4)


@scene
def backup_in_progress(stage: Stage) -> None:
    backup_words(stage)
    stage.freeze()
    screen = stage.phone.app.screen_of("backup")
    screen.make()
    screen.step.share = 0.6
    stage.eyes.wait(0.4)


@scene
def backup_made(stage: Stage) -> None:
    backup(stage)
    stage.phone.app.screen_of("backup")._made(None)
    stage.eyes.wait(0.4)


@scene
def backup_without_room(stage: Stage) -> None:
    backup(stage)
    stage.phone.app.screen_of("backup")._failed(BackupError(Fault.NOT_STORED, "No space left on device"))
    stage.eyes.wait(0.4)


# Restoring


@scene
def restore(stage: Stage) -> None:
    stage.wallet().phone.app.open_restore()
    stage.eyes.wait(0.5)


@scene
def restore_words(stage: Stage) -> None:
    restore(stage)
    stage.phone.app.screen_of("restore").choose(stage.phone.home / "ombord-2026-11-21.ombord")
    stage.eyes.wait(0.4)


@scene
def restore_unknown_word(stage: Stage) -> None:
    restore_words(stage)
    stage.phone.app.screen_of("restore").restore("Østergård")
    stage.eyes.wait(0.4)


@scene
def restore_in_progress(stage: Stage) -> None:
    restore_words(stage)
    stage.freeze()
    screen = stage.phone.app.screen_of("restore")
    screen.restore(" ".join(passphrase.make()))
    screen.step.share = 0.4
    stage.eyes.wait(0.4)


@scene
def restored_elsewhere(stage: Stage) -> None:
    restore(stage)
    stage.phone.app.screen_of("restore")._restored(Restored(added=3, known=0, not_bound=3))
    stage.eyes.wait(0.4)


@scene
def restored_here(stage: Stage) -> None:
    restore(stage)
    stage.phone.app.screen_of("restore")._restored(Restored(added=3, known=0, not_bound=0))
    stage.eyes.wait(0.4)


def _restore_failed(fault: Fault) -> Scene:
    def stop(stage: Stage) -> None:
        restore_words(stage)
        stage.phone.app.screen_of("restore")._failed(BackupError(fault, "the tag does not fit"))
        stage.eyes.wait(0.4)

    return stop


for fault in Fault:
    scene.add(f"restore_{fault.name.lower()}", _restore_failed(fault))


# A store that is opened, and that is read


class StopsAfter(ImmediateBackground):
    """Does so many pieces of work, and none after."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces

    def run(self, work: Any, done: Any, failed: Any) -> None:
        self.pieces -= 1
        if self.pieces >= 0:
            super().run(work, done, failed)


@scene
def store_opening(stage: Stage) -> None:
    stage.phone.background = StopsAfter(0)
    stage.wallet(*HELD)


@scene
def store_reading(stage: Stage) -> None:
    stage.phone.background = StopsAfter(1)
    stage.wallet(*HELD)


# A file by the system's own picker


@scene
def restore_with_a_picker(stage: Stage) -> None:
    stage.phone.picker = FakePicker()
    stage.wallet().phone.app.open_restore()
    stage.eyes.wait(0.5)


@scene
def add_with_a_picker(stage: Stage) -> None:
    stage.phone.picker = FakePicker()
    stage.wallet().phone.app.add()
    stage.eyes.wait(0.5)


@scene
def scan_without_packages(stage: Stage) -> None:
    stage.wallet().phone.app.scan()
    words = stage.say(texts_showing.NO_CAMERA_PACKAGES, names="av, zxingcpp")
    stage.phone.app.screen_of("scan").message = words
    stage.eyes.wait(0.5)


# A store that cannot be opened


@scene
def store_damaged(stage: Stage) -> None:
    fill(stage.phone.home / "vault", stage.phone.keys, HELD)
    (stage.phone.home / "vault" / "vault-1").write_bytes(b"half a fi")
    stage.wallet()


@scene
def store_of_another_key(stage: Stage) -> None:
    fill(stage.phone.home / "vault", MemoryKeyStore(), HELD)
    stage.wallet()


@scene
def store_of_a_newer_app(stage: Stage) -> None:
    fill(stage.phone.home / "vault", stage.phone.keys, HELD)
    with pytest.MonkeyPatch.context() as newer:
        vault = Vault(stage.phone.home / "vault", stage.phone.keys.vault_key())
        newer.setattr("wallet_app.core.contents.VERSION", 2)
        vault.update(one_more(StoredCredential("of-the-future~", 1)))
        vault.close()
    stage.wallet()


@scene
def store_open_elsewhere(stage: Stage) -> None:
    first = Vault(stage.phone.home / "vault", stage.phone.keys.vault_key())
    stage.wallet()
    first.close()


@scene
def store_full(stage: Stage) -> None:
    stage.wallet(locks=True).tap(texts_safe.START)
    stage.fill_up()
    enter(stage, PIN)
    enter(stage, PIN)
