"""Sixty flags, two months at sea: how knowledge ages, how few bytes renew it, what a clock or a thief can do.

The days pass by the clocks that the commands are given; bytes on the link are counted, nobody waits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from demo import forgeries, pictures
from demo.authorities import PASSPHRASE, AuthorityOffice
from demo.inspector import Inspector, Scene
from demo.phone_shows import shown_by_the_phone
from demo.satellite import BITS_PER_SECOND, Satellite
from demo.shore import Shore
from demo.stage import Stage
from keys.custody import sealed_file

_DAY: Final = timedelta(days=1)
BROKEN_AFTER: Final = 9_000  # bytes, in the middle of the first update


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who is on board, and what they carry."""

    phone: Path  # the wallet's folder
    number: str  # the certificate of competency in it
    colleague: str  # another one's number
    colleague_paper: Path
    danish_paper: Path


def play(stage: Stage, offices: dict[str, AuthorityOffice], cast: Cast) -> Iterator[tuple[Inspector, Scene]]:
    """The scenes in their order; what happens ashore and on the link happens between them."""
    ship = Inspector(stage.path("ship"))
    shore = Shore.with_sixty_flags(stage, offices, datetime.now(UTC).replace(microsecond=0))
    voyage = _Voyage(stage, shore, ship, cast)
    with Satellite(offices["NO"].port) as link:
        for scene in voyage.scenes(link):
            yield ship, scene


class _Voyage:
    """One ship, from port to the sixty-third day."""

    def __init__(self, stage: Stage, shore: Shore, ship: Inspector, cast: Cast) -> None:
        self.stage, self.shore, self.ship, self.cast = stage, shore, ship, cast
        self.sailed = datetime.now(UTC)

    def scenes(self, link: Satellite) -> Iterator[Scene]:
        """Port, a month, two months, the link again, a clock, a thief."""
        yield from self._without_a_link()
        yield from self._the_link_again(link)
        yield from self._a_stolen_key(link)

    def _without_a_link(self) -> Iterator[Scene]:
        self.stage.say("— Sixty flags, two months at sea: the pack comes on board in port")
        self.shore.publish()
        latest, root = self.shore.site / "packs" / "latest", self.stage.path("directory", "1.root.json")
        said = self.stage.run("ombord-verify", "pack", "import", latest, "--root", root, env=self._env)
        self.stage.path("pack-import.txt").write_text(said, encoding="utf-8")
        minutes = latest.stat().st_size * 8 / BITS_PER_SECOND / 60
        self.sailed = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        self.stage.say(f"over the ship's own link it would have taken {minutes:.0f} minutes")
        yield self._live("C15", "Sixty flags on board: a live code", "VALID", 0)
        self.stage.say("— Then there is no link for sixty days")
        yield self._live("C14", "The same phone, a month out", "VALID WITH REMARK", 30)
        yield self._live("C12", "The same, two months out", "STATUS UNKNOWN", 60)
        yield self._live(
            "C14", "The same, by the company's policy", "VALID WITH REMARK", 60, policy="company"
        )
        self._show(60, "company")

    def _the_link_again(self, link: Satellite) -> Iterator[Scene]:
        self.stage.say(f"— Day 60: a link of {BITS_PER_SECOND:,} bit/s, which breaks once")
        self.shore.publish(self._day(60), days=60)
        link.break_after(BROKEN_AFTER)
        self._update(60, f"{link.address}/no")
        self.stage.say(f"the link broke after {BROKEN_AFTER:,} bytes, and the download went on from there")
        self._count(link, "two months of sixty flags")
        yield self._live("C15", "The same, after the update", "VALID", 60)
        self.stage.say("— Day 61: ashore, a colleague's certificate is revoked")
        norway = self.shore.offices["NO"]
        revoke = ("revoke", self.cast.colleague)
        self.stage.run("ombord-issuer", *revoke, env=norway.settings, quiet=True, at=self._day(61))
        self.shore.publish(self._day(61), days=1)
        theirs = (self.cast.colleague_paper,)
        yield self._scene("C14", "A colleague's paper, revoked an hour ago", "VALID WITH REMARK", theirs, 61)
        self._update(61)
        self._count(link, "a day of sixty flags")
        yield self._scene("C6", "The same paper, after the update", "REVOKED", theirs, 61)
        back = self._live("C10", "The ship's clock set back a year", "CLOCK UNTRUSTED", 61)
        yield replace(back, at=self._day(61 - 365))

    def _a_stolen_key(self, link: Satellite) -> Iterator[Scene]:
        self.stage.say("— Day 62: a Danish key is stolen, and Denmark says what it had truly signed")
        denmark, kid = self.shore.offices["DK"], self.shore.offices["DK"].settings["OMBORD_CERTIFICATE_KID"]
        theirs = self._forged(denmark, kid)
        at, genuine = self._day(62), self.stage.path("DK", f"{kid}.allow")
        listing = ("allow-list", kid, "--out", genuine)
        self.stage.run("ombord-issuer", *listing, env=denmark.settings, quiet=True, at=at)
        state = ("--state", "allow-list-only", "--reason", "stolen", "--allow-list", genuine)
        self.shore.keys("key", "retire", "DK", kid, *state, at=at)
        self.shore.publish(at, days=1)
        self._update(62)
        self._count(link, "the next day, with the allow list")
        paper = (self.cast.danish_paper,)
        yield self._scene("C14", "A Danish paper by a key stolen since", "VALID WITH REMARK", paper, 62)
        yield self._scene("C3", "The thief's own, dated back two months", "UNTRUSTED", (theirs,), 62)

    # On board

    @property
    def _env(self) -> dict[str, str]:
        return {"OMBORD_HOME": str(self.ship.home)}

    def _day(self, day: int) -> datetime:
        return self.sailed + day * _DAY

    def _scene(self, row: str, title: str, headline: str, sources: tuple[Path, ...], day: int) -> Scene:
        return Scene(row=row, title=title, headline=headline, sources=sources, at=self._day(day))

    def _live(self, row: str, title: str, headline: str, day: int, policy: str | None = None) -> Scene:
        """What the phone shows on that day."""
        path = self.stage.path("shown", f"live-on-day-{day}.txt")
        text = shown_by_the_phone(self.cast.phone, self.cast.number, self._day(day))
        path.write_text(text + "\n", encoding="utf-8")
        at = self._day(day)
        return Scene(row=row, title=title, headline=headline, sources=(path,), at=at, policy=policy)

    def _update(self, day: int, *address: str) -> None:
        """Fetch what is new, as the ship's clock has that day."""
        update = ("pack", "update", *address)
        said = self.stage.run("ombord-verify", *update, env=self._env, at=self._day(day))
        self.stage.path(f"pack-update-day-{day}.txt").write_text(said, encoding="utf-8")

    def _count(self, link: Satellite, what: str) -> None:
        total = f"{link.received:,} bytes down and {link.sent:,} up"
        self.stage.say(f"{what}: {total}, {link.seconds:.0f} s at {BITS_PER_SECOND:,} bit/s")
        link.start_again()

    def _show(self, day: int, policy: str) -> None:
        """What is held and how the policy sees its age: all of it as text, one flag of it as a picture."""
        show = ("pack", "show", "--policy", policy)
        said = self.stage.run("ombord-verify", *show, env=self._env, at=self._day(day))
        self.stage.path("pack-show.txt").write_text(said, encoding="utf-8")
        lines = said.splitlines()
        norway = next(place for place, line in enumerate(lines) if line.startswith("NO "))
        after = next(place for place in range(norway + 1, len(lines)) if not lines[place].startswith(" "))
        first = next(place for place, line in enumerate(lines) if re.match("[A-Z]{2} ", line))
        shown = [f"$ ombord-verify {' '.join(show)}", "", *lines[:first], *lines[norway:after], "…"]
        pictures.terminal("\n".join(shown), self.stage.path("pack.svg"))

    # The thief

    def _forged(self, denmark: AuthorityOffice, kid: str) -> Path:
        """A certificate that Denmark never issued, under its key, with a date from before the theft."""
        keys = sealed_file.unseal(denmark.sealed_keys, PASSPHRASE["OMBORD_PASSPHRASE"].encode())
        genuine = forgeries.without_proof(self.cast.danish_paper.read_text().strip())
        early = int((self.sailed + timedelta(hours=1)).timestamp())
        forged = forgeries.signed_anew(genuine, keys[kid], kid, iat=early, document_number="DK-0000-FORGED")
        path = self.stage.path("shown", "by-a-stolen-key.txt")
        path.write_text(forgeries.qr_text(forged) + "\n", encoding="utf-8")
        return path
