"""What the seafarer does with what is kept: its history, files to hand over, deleting. A part of the app."""

import contextlib
from collections.abc import Callable

from verifier.ui.ports.share import PDF, Shared, ShareError
from verifier.ui.work import WorkError
from wallet_app import texts_showing as texts
from wallet_app.core import documents, history_views, office_folder
from wallet_app.core.history import Reader, Way
from wallet_app.core.vault import VaultError
from wallet_app.core.viewstate import NoticeState, Tone
from wallet_app.ui.parts import AppParts


class NotShared(WorkError):
    """The file could not be handed over."""


class Keeping(AppParts):
    """The actions that the screens of history, files and deletion ask for."""

    def open_history(self, key: str = "", page: int = 0) -> None:
        """What was shown, of all certificates or of one; `page` 0 is the newest."""
        wallet = self.require_wallet()
        state = history_views.history_state(
            wallet.history,
            wallet.find,
            at=wallet.clock(),
            page=page,
            of=wallet.find(key) if key else None,
            say=self.say,
        )
        screen = self.screen_of("history")
        screen.key, screen.page, screen.state = key, page, state
        if self.navigation.current != "history":
            self.go("history", came_from=self.navigation.current)

    def forget_history(self) -> None:
        """Empty it; what cannot be written stays, and is still to be seen."""
        wallet = self.require_wallet()

        def work() -> None:
            with contextlib.suppress(VaultError):
                wallet.forget_history()

        def done(_: object) -> None:
            if self.navigation.current == "history":
                self.open_history()

        self.background.run(work, done, done)

    def share_page(self, key: str) -> None:
        """Hand a certificate's page to print over."""
        wallet = self.require_wallet()
        held = wallet.find(key)
        if held is None:
            return

        def work() -> Shared:
            data = wallet.documents.read(held)
            if data is None:
                raise NotShared("the page is not on the phone")
            shared = self._hand_over(documents.file_name(held), data, PDF)
            _note(lambda: wallet.remember(Way.DOCUMENT, Reader.RECIPIENT, [held]))
            return shared

        self.background.run(work, self._was_shared, self._was_not_shared)

    def share_folder(self) -> None:
        """Hand all certificates over as a folder for the ship's office."""
        wallet = self.require_wallet()

        def work() -> Shared:
            name, data = office_folder.build(wallet.held, wallet.documents.read, wallet.clock(), self.say)
            shared = self._hand_over(name, data, office_folder.MEDIA_TYPE)
            _note(lambda: wallet.remember(Way.FOLDER, Reader.RECIPIENT))
            return shared

        self.background.run(work, self._was_shared, self._was_not_shared)

    def ask_to_delete(self, key: str) -> None:
        """Nothing is deleted by one tap."""
        held = self.require_wallet().find(key)
        if held is not None:
            self.screen_of("delete").ask(held)
            self.go("delete")

    def delete(self, key: str) -> None:
        """Delete a certificate from this phone."""
        wallet = self.require_wallet()

        def work() -> None:
            try:
                wallet.delete(key)
            except VaultError as error:
                raise NotShared(str(error)) from error

        self.background.run(work, lambda _: self._is_deleted(), lambda _: self.screen_of("delete").fail())

    def _is_deleted(self) -> None:
        self.go("list", forward=False)

    def _hand_over(self, name: str, data: bytes, media_type: str) -> Shared:
        try:
            return self.device.share.share(name, data, media_type)
        except ShareError as error:
            raise NotShared(str(error)) from error

    def _was_shared(self, shared: Shared) -> None:
        words = (
            self.say(texts.SHARED_BY_SYSTEM)
            if shared.path is None
            else self.say(texts.SHARED, place=str(shared.path))
        )
        self._tell(NoticeState(Tone.GOOD, words))

    def _was_not_shared(self, _error: WorkError) -> None:
        self._tell(NoticeState(Tone.BAD, self.say(texts.NOT_SHARED)))

    def _tell(self, notice: NoticeState) -> None:
        screen = self.screen_of(self.navigation.current)
        tell = getattr(screen, "tell", None)
        if tell is not None:
            tell(notice)


def _note(remember: Callable[[], None]) -> None:
    """The file is out by now: a history that cannot be written takes nothing back."""
    try:
        remember()
    except VaultError:
        return
