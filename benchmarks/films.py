"""Films for the inspector's camera: a table, on which a certificate's live code appears after a while."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from PIL import Image

from benchmarks.fleet import LIST_NAME, flag_states
from benchmarks.frames import HD, Conditions, frame
from benchmarks.samples import NOON, TODAY, certificates, signer
from keys.trust.directory import Environment
from verifier.credential import carrier, presentation, qr, vc
from verifier.credential.model import CertificateType, Credential, StatusReference
from verifier.credential.presentation import Audience
from verifier.ui.ports.camera import FolderCamera


class Films:
    """The device's camera: for each scan a film of a table, on which a code appears after a while."""

    def __init__(self, folder: Path) -> None:
        """The films in `folder`, by their names; each is shown once, and then the table alone."""
        self._films, self._table = sorted(folder.glob("scan-*")), folder / "table"
        self._showing: Any = None
        self._appears = 0
        self.goes_on = False

    def __call__(self) -> Any:
        """The camera, each time that the app opens it."""
        folder = self._films.pop(0) if self.goes_on else self._table
        self._appears = len(list(folder.glob("*-table.bmp")))
        self._showing = FolderCamera(folder, perf_counter)
        return self._showing

    @property
    def left(self) -> int:
        """How many codes have not been shown yet."""
        return len(self._films)

    @property
    def arrived(self) -> float:
        """When the first picture with the code in it was due."""
        return float(self._showing.due(self._appears))


def make(folder: Path, count: int) -> None:
    """From three to nine pictures without a code, so that it comes at any moment; then the code, held."""
    random, table = Random(count), Image.effect_noise((HD[0], HD[1]), 24)
    for name, picture in (
        ("table", None),
        *((f"scan-{n:03}", one) for n, one in enumerate(_pictures(count))),
    ):
        (folder / name).mkdir(parents=True)
        blank = random.randrange(3, 10)
        for number in range(blank):
            table.save(folder / name / f"{number:02}-table.bmp")
        for number in range(blank, 20):
            if picture is not None:
                picture.save(folder / name / f"{number:02}-code.bmp")


def _pictures(count: int) -> Iterator[Any]:
    """Ordinary camera frames of live codes, each of another certificate."""
    (norway,) = flag_states(["NO"], 100_000, 0.01, 4, 2026, NOON, Environment.TEST)
    random, iss = Random(TODAY.year), norway.authority.issuers[0]
    found = certificates(CertificateType.COMPETENCY, "NO", 1_000)
    for number, certificate in zip(range(count), found, strict=False):
        start, end = vc.issue_times(certificate, "UTC", NOON)
        holder = signer(f"holder {number}")
        credential = Credential(
            issuer=iss,
            issued_at=NOON,
            not_before=start,
            expires=end,
            holder_key=holder.public_key,
            status=StatusReference(norway.authority.status_prefix + LIST_NAME, number),
            certificate=certificate,
        )
        text = vc.sign(credential, norway.signers["NO-2026a"], "NO-2026a")
        live = presentation.make(text, holder, at=NOON, nonce=bytes(8), audience=Audience.TIME)
        matrix = qr.matrix(carrier.to_qr_text(carrier.pack(live)))
        yield frame(matrix, Conditions.draw(random), number).convert("L")
