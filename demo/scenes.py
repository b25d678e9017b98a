"""What is shown to the inspector, each with the headline that must come of it (rows C and P4).

Everything is made of what the wallet's screen and the paper print really showed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from demo import forgeries
from demo.inspector import Scene
from keys.signer import Signer, SoftwareSigner

STRANGER: Final = "https://credentials.example/atlantis"

SHIP_YAML: Final = """\
flag: NO
gt: 8500
kw: 6000
type: general-cargo
area: near-coastal
voyage_start: {start}
last_port_with_practitioner: {start}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCode:
    """A picture of the wallet's screen, what its code says, and when it was taken."""

    picture: Path
    text: str
    taken: datetime

    @property
    def credential(self) -> str:
        """The credential alone, without the phone's proof."""
        return forgeries.without_proof(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the first half of the demo has produced."""

    folder: Path  # for what is shown here
    live: LiveCode  # a certificate of competency
    sea_pass: LiveCode  # all that the seafarer holds, in one code
    paper: Path  # the same certificate, printed
    endorsement: Path  # another authority's recognition of a certificate, printed
    medical: Path  # a medical certificate, printed
    medical_last_day: date
    keys: dict[str, Signer]  # the authority's own, by kid
    certificate_kid: str
    medical_kid: str


def on_the_first_day(material: Material) -> Iterator[Scene]:
    """While everything on board is fresh."""
    live, at = material.live, material.live.taken
    credential = live.credential
    show = _Shower(material.folder)

    def forged(kid: str, signer: Signer | None = None, **changes: int | str | None) -> str:
        anew = forgeries.signed_anew(credential, signer or material.keys[kid], kid, **changes)
        return forgeries.qr_text(anew)

    def scene(row: str, title: str, headline: str, *sources: Path, clock: datetime = at) -> Scene:
        return Scene(row=row, title=title, headline=headline, sources=sources, at=clock)

    genuine = material.certificate_kid
    yield scene("C15", "A live code on the phone's screen", "VALID", live.picture)
    together = material.sea_pass
    pass_title = "All of a seafarer's certificates in one code"
    yield scene("C15", pass_title, "VALID", together.picture, clock=together.taken)
    yield scene("C14", "The same certificate on paper", "VALID WITH REMARK", material.paper)
    endorsement = material.endorsement
    yield scene("C14", "A Danish endorsement on paper", "VALID WITH REMARK", endorsement)
    later = at + timedelta(minutes=10)
    yield scene("C13", "A screenshot, ten minutes later", "UNCONFIRMED", live.picture, clock=later)
    flipped = show("signature-flipped", forgeries.qr_text(forgeries.flipped(credential)))
    yield scene("C4", "One bit of the signature flipped", "TAMPERED", flipped)
    thief = forgeries.qr_text(forgeries.by_another_phone(credential, int(at.timestamp())))
    yield scene("C5", "Another phone shows it", "WRONG HOLDER", show("another-phone", thief))
    stranger = forged("XX-2026a", SoftwareSigner.generate(), iss=STRANGER)
    yield scene("C2", "An authority that nobody knows", "UNKNOWN ISSUER", show("unknown-issuer", stranger))
    medical = show("key-for-another-type", forged(material.medical_kid))
    yield scene("C3", "Signed with a key for medicals alone", "UNTRUSTED", medical)
    torn = show("torn", live.text[: len(live.text) // 2])
    yield scene("C1", "Half of a code", "NOT READABLE", torn)
    backwards = show("dates-contradict", forged(genuine, exp=int(at.timestamp()) + 86_400 * 9_000))
    yield scene("C4b", "Dates that contradict each other", "NOT READABLE", backwards)
    soon = show("not-yet-valid", forged(genuine, nbf=int(at.timestamp()) + 86_400, cnf=None))
    yield scene("C11", "A certificate from tomorrow on", "NOT YET VALID", soon)
    yield scene(
        "C10", "A clock set back a year", "CLOCK UNTRUSTED", live.picture, clock=at - timedelta(days=365)
    )
    yield scene(
        "C14", "Paper, after twenty days at sea", "VALID WITH REMARK", material.paper, clock=_days(at, 20)
    )
    yield scene("C12", "Paper, with a pack of 46 days", "STATUS UNKNOWN", material.paper, clock=_days(at, 46))
    yield from _medical(material, at)


def _medical(material: Material, at: datetime) -> Iterator[Scene]:
    """The day after a medical certificate's last: expired, and excused on this voyage alone."""
    last = material.medical_last_day
    after = datetime(last.year, last.month, last.day, 12, tzinfo=UTC) + timedelta(days=1)
    ship = material.folder / "ship.yaml"
    ship.write_text(SHIP_YAML.format(start=at.date()), encoding="utf-8")
    paper = (material.medical,)
    yield Scene(row="C9", title="A medical past its last day", headline="EXPIRED", sources=paper, at=after)
    yield Scene(
        row="P4",
        title="The same, on a voyage begun before",
        headline="GRACE",
        sources=paper,
        at=after,
        ship=ship,
    )


def after_the_news(fallen: Sequence[LiveCode], sea_pass: LiveCode) -> Iterator[Scene]:
    """When a newer pack has told what happened ashore; `fallen` are revoked, suspended and replaced."""
    revoked, suspended, replaced = fallen
    for row, title, headline, live in (
        ("C6", "A revoked certificate, live", "REVOKED", revoked),
        ("C7", "A suspended certificate, live", "SUSPENDED", suspended),
        ("C8", "A replaced certificate, live", "REPLACED", replaced),
        ("C6", "All in one code, from before the news", "REVOKED", sea_pass),
    ):
        yield Scene(row=row, title=title, headline=headline, sources=(live.picture,), at=live.taken)


class _Shower:
    """Writes each text into a file of its own, so that anybody can check it again by hand."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str, text: str) -> Path:
        path = self._folder / f"{name}.txt"
        path.write_text(text + "\n", encoding="utf-8")
        return path


def _days(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days)
