"""An inspector with a crew before them: what tests of the crew's screens tell their stories with."""

from __future__ import annotations

from pathlib import Path

from support import crews as aboard
from support.inspector import DeviceInHand
from support.phone import NotOnScreen, Phone
from support.scenario import show
from support.simulator import DAY, NOW

from verifier.credential.model import Certificate, Holder
from verifier.inspector.ui import crew_control
from verifier.inspector.ui.fields import bring_into_view, rest_at
from verifier.ui.ports.share import FakeShare

MANNING = """\
document_number: NO-MSM-77
flag: NO
ship: {name: Nordlys, imo: "9074729", gt: 8500, kw: 6000, type: general-cargo, area: near-coastal, ums: true}
posts:
  - {capacity_code: master}
  - {capacity_code: chief-mate}
  - {capacity_code: rating-navigational-watch, count: 2}
expiry_date: 2027-06-01
"""


class Inspector:
    """Drives the app on `device`; `eyes` is what is seen and touched."""

    def __init__(
        self, device: DeviceInHand, *, dark: bool = False, text_size: int = 100, is_on: bool = False
    ) -> None:
        self.device, self.share = device, FakeShare()
        self.eyes: Phone = device.phone if is_on else device.open(dark=dark, share=self.share)
        if text_size != 100:
            device.app.session.choose(text_size=text_size)
            device.app.rebuild()
            self.eyes.wait(0.5)

    @property
    def control(self) -> crew_control.CrewControl:
        return crew_control.of(self.device.app)

    def codes(self, holder: Holder, *certificates: Certificate) -> list[str]:
        """Live codes on the seafarer's phone."""
        phone, authority = aboard.phone_of(holder), self.device.norway
        texts = [authority.issue(one, phone, at=NOW - 200 * DAY) for one in certificates]
        return [show(text, phone=phone, at=self.device.phone.now()) for text in texts]

    def scans(self, *texts: str) -> None:
        """The camera reads these, one after another."""
        app = self.device.app
        if app.screens.current != crew_control.SCAN:
            app.go(crew_control.SCAN)
            self.eyes.wait(0.4)
        for text in texts:
            app.screen(crew_control.SCAN).ids.finder.dispatch("on_code", text)
            self.eyes.wait(0.2)

    def scans_sailor(self, number: int, name: str, *capacities: str, **medical: object) -> Holder:
        """Both certificates of somebody fit for these capacities."""
        holder = aboard.seafarer(number, name)
        papers = (aboard.holds(holder, *capacities), aboard.fit_at_sea(holder, **medical))  # type: ignore[arg-type]
        self.scans(*self.codes(holder, *papers))
        return holder

    def loads_manning(self, text: str = MANNING) -> None:
        """A file is dropped on the ship's screen, and the ship is used."""
        path = self.device.folder / "manning.yaml"
        path.write_text(text, encoding="utf-8")
        self.device.app.go("ship")
        self.eyes.wait(0.4)
        self.drops(path)

    def drops(self, path: Path) -> None:
        """A file on the window."""
        from kivy.core.window import Window

        Window.dispatch("on_drop_file", str(path).encode(), 0, 0)
        self.eyes.wait(0.4)

    def types_into(self, field: str, text: str) -> None:
        """Into the field of that label on the form in view."""
        screen = self.device.app.screens.current_screen
        widget = next(one for one in screen.ids.values() if getattr(one, "label", None) == field)
        bring_into_view(screen.ids.scroll, widget)
        self.eyes.wait(0.4)
        self.eyes.tap(widget.ids.input)
        self.eyes.type(text)
        widget.ids.input.ids.input.focus = False
        self.eyes.wait(0.2)

    def opens(self, name: str) -> None:
        """The card of that person, on the crew's screen."""
        screen = self.device.app.screen("crew")
        card = next(one for one in screen.ids.persons.children if one.person.name == name)
        bring_into_view(screen.ids.scroll, card)
        self.eyes.wait(0.4).tap(card)

    def scrolls_to(self, words: str) -> object:
        """Down the screen in view until the words are seen."""
        return self.eyes.scroll_to(words)

    def all_words(self) -> str:
        """Everything that the screen in view says, from top to end."""
        found: list[str] = []
        scroll = self.device.app.screens.current_screen.ids.scroll
        rest_at(scroll, 1)
        self.eyes.wait(0.3)
        for _ in range(60):
            found += [one for one in self.eyes.texts() if one not in found]
            before = scroll.scroll_y
            if before <= 0:
                break
            self.eyes.swipe(420)
            if abs(scroll.scroll_y - before) < 1e-6:
                break
        return "\n".join(found)


__all__ = ["MANNING", "Inspector", "NotOnScreen"]
