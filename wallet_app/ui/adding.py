"""How something new comes in: offers, challenges, the directory of authorities. A part of the app."""

from collections.abc import Callable
from pathlib import Path

from verifier.ui.work import WorkError
from wallet_app.core.scanned import Kind, what_is
from wallet_app.ui.parts import AppParts


class Adding(AppParts):
    """The actions that the screens of adding, challenge and directory ask for."""

    def add(self, offer: str | None = None, tx_code: str = "") -> None:
        """Pick certificates up: from `offer`, or from one that is asked for."""
        screen = self.screen_of("add")
        if offer is None:
            screen.start()
        else:
            screen.look_at(offer, tx_code)
        self.go("add")

    def look_at(self, offer: str) -> None:
        """Ask the authority about an offer."""
        self.screen_of("add").look_at(offer)

    def take(self, text: str) -> None:
        """A text that was scanned, pasted or read from a file: whatever it is, the right screen answers."""
        found = what_is(text)
        if found.kind is Kind.OFFER:
            self.add(text.strip())
        elif found.kind is Kind.CHALLENGE:
            self.answer(text)
        else:
            self.screen_of("add").refuse(found, text)
            self.go("add")

    def go_on(self) -> None:
        """Go on with an unfinished pick-up."""
        self.screen_of("add").fetch()
        self.go("add")

    def scan(self, purpose: str = "add") -> None:
        """Look through the camera: for an offer, or for an inspector's challenge."""
        self.screen_of("scan").start(purpose)
        self.go("scan", came_from=self.navigation.current)

    def scanned(self, text: str, purpose: str) -> None:
        """What the camera has read."""
        if purpose == "challenge":
            if not self.screen_of("challenge").answer(text):
                self.go("challenge", forward=False)
        else:
            self.take(text)

    def pick(self, take: Callable[[Path], None], fail: Callable[[WorkError], None]) -> None:
        """A file by the system's own picker, which covers the app: it may be locked by then."""

        def picked(path: Path) -> None:
            if self.may_take:
                take(path)

        self.device.picker.pick(picked, fail)

    # --- challenges

    def ask_for_challenge(self) -> None:
        """Scan or type what an inspector shows; the answer is what was in view, else all."""
        screen = self.screen_of("challenge")
        here = self.navigation.current
        screen.start(self.screen_of("code").held if here == "code" else None)
        self.go("challenge", came_from=here)

    def answer(self, text: str) -> None:
        """Take a challenge up, from wherever it came."""
        screen = self.screen_of("challenge")
        if self.navigation.current != "challenge":
            screen.start(None)
        if not screen.answer(text):
            self.go("challenge")

    # --- the directory

    def open_trust(self) -> None:
        """Which authorities this phone knows."""
        self.screen_of("trust").start()
        self.go("trust", came_from=self.navigation.current)

    def drop(self, path: Path) -> None:
        """A file that was dropped on the window."""
        if self.navigation.current == "trust":
            self.screen_of("trust").take_file(path)
        else:
            self.add()
            self.screen_of("add").read_picture(path)
