"""Twelve certificates shown at once: the size of their stream, and the time that its moving frames take."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import count, islice
from random import Random
from typing import Final

from benchmarks.frames import Conditions, frame
from benchmarks.passes import MEMBERS, files_of, twelve
from benchmarks.qr import percentile
from benchmarks.row import Row
from benchmarks.samples import LIST_SIZE, NOON, SEED, TIME_ZONE, signer
from keys.jwk import PublicKey
from verifier.credential import codelists, frames, muster, presentation, qr, vc
from verifier.credential.frames import Collector
from verifier.credential.model import Certificate, Credential, StatusReference
from verifier.credential.presentation import Audience
from verifier.ui.ports.camera import Frame
from verifier.ui.scanning import Reader

FPS: Final = 8
CAMERA_FPS: Final = 10
LOSS: Final = 0.2
SEAFARERS: Final = 100
TRIES: Final = 40  # of each seafarer's frames
CAMERA_TRIES: Final = 40


def rows() -> Iterator[Row]:
    """Sizes, then times from the first frame to the last that was needed."""
    wires = [muster.pack(first, others) for first, *others in islice(musters(), SEAFARERS)]
    sizes = sorted(map(len, wires))
    name = "12 certificates in one stream, live: size, p95"
    yield Row(name, percentile(sizes, 95), "bytes", 1_631, "lower", "prototype 1,631")
    needed = frames.split(wires[0]).needed
    by_loop, by_fountain = (_p95(way(needed), SEAFARERS * TRIES) for way in (_looping, _fountain))
    reference = f"so lost: plain loop {by_loop:.2f}, fountain {by_fountain:.2f} s (prototype 1.9, 1.8)"
    restored = _p95(_restoring(wires), SEAFARERS * TRIES)
    yield Row("12 certificates by moving frames, 20 % loss: p95", restored, "s", 1.3, "lower", reference)
    name = "the same from hard 720p frames at 10 a second: p95"
    yield Row(name, _p95(_filmed(wires), CAMERA_TRIES), "s", 1.3, "lower", "the share lost is what it is")


def musters(flag: str = "NO") -> Iterator[list[str]]:
    """For each seafarer with enough certificates: twelve on one phone, with its proof over the first."""
    random = Random(SEED)
    files = files_of(flag, 400)
    pool = [one for file in files for one in file]
    for index, own in enumerate(files):
        if len(own) >= MEMBERS // 2:
            phone, held = signer(f"holder {index}"), twelve(own, pool, random)
            first, *others = [_signed(one, flag, phone.public_key, random) for one in held]
            nonce = random.randbytes(8)
            yield [presentation.make(first, phone, at=NOON, nonce=nonce, audience=Audience.TIME), *others]


def _signed(certificate: Certificate, flag: str, key: PublicKey, random: Random) -> str:
    issuer = codelists.flags()[flag].issuer
    at = NOON - timedelta(seconds=random.randrange(30 * 86_400))
    start, end = vc.issue_times(certificate, TIME_ZONE[flag], at)
    place = StatusReference(f"{issuer}/status/1", random.randrange(LIST_SIZE))
    made = Credential(
        issuer=issuer,
        issued_at=at,
        not_before=start,
        expires=end,
        holder_key=key,
        status=place,
        certificate=certificate,
    )
    return vc.sign(made, signer("authority"), f"{flag}-2026a")


# Each way of showing: how many seconds of frames until all is there, given which frames are lost.
Way = Callable[[Random], float]


def _p95(way: Way, tries: int) -> float:
    random = Random(SEED)
    return float(percentile(sorted(round(1_000 * way(random)) for _ in range(tries)), 95)) / 1_000


def _seen(random: Random) -> Iterator[tuple[int, float]]:
    """Numbers of the frames that are not lost, from any on, and the seconds of frames shown by then."""
    start = random.randrange(256)
    for shown in count():
        if random.random() >= LOSS:
            yield start + shown, (shown + 1) / FPS


def _restoring(wires: Sequence[bytes]) -> Way:
    def way(random: Random) -> float:
        moving, collector = frames.split(random.choice(wires)), Collector()
        return next(at for number, at in _seen(random) if collector.add(moving.text(number)).wire)

    return way


def _looping(needed: int) -> Way:
    """The parts in turn, without any spare frame."""

    def way(random: Random) -> float:
        seen: set[int] = set()
        for number, at in _seen(random):
            seen.add(number % needed)
            if len(seen) == needed:
                return at
        raise AssertionError("frames never end")

    return way


def _fountain(needed: int) -> Way:
    """Each frame the sum of some parts, as many as the ideal soliton distribution says (Luby 2002)."""
    degrees = range(1, needed + 1)
    weights = [1 / needed, *(1 / (degree * (degree - 1)) for degree in degrees[1:])]

    def way(random: Random) -> float:
        known: set[int] = set()
        waiting: list[set[int]] = []
        for _, at in _seen(random):
            (degree,) = random.choices(degrees, weights)
            waiting.append(set(random.sample(range(needed), degree)))
            while found := {min(left) for one in waiting if len(left := one - known) == 1}:
                known |= found
            if len(known) == needed:
                return at
        raise AssertionError("frames never end")

    return way


def _filmed(wires: Sequence[bytes]) -> Way:
    """A camera that takes hard pictures of the loop, faster than it goes, and the scan loop's own reader."""

    def way(random: Random) -> float:
        moving, reader = frames.split(random.choice(wires)), Reader()
        began = random.random() * 32
        for taken in count():
            number = int((began + taken / CAMERA_FPS) * FPS)
            picture = frame(qr.matrix(moving.text(number)), Conditions.hard(random), taken)
            if reader.read(Frame(picture.tobytes(), *picture.size))[0]:
                return (taken + 1) / CAMERA_FPS
        raise AssertionError("pictures never end")

    return way
