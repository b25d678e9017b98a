"""The page's decoder reads and refuses what the format's vectors say, and damaged wires as Python does."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest
from support import browser
from support.carried import HOLDER, MASTER, NORWAY, credential, presented

from verifier.credential import carrier, frames, muster
from verifier.credential.carrier import MalformedCarrier

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
pytestmark = pytest.mark.loopback

DECODE = """
async ({texts, base}) => {
  const load = (name) => import(`${base}core/${name}.js`);
  const [{unpack, wireOf, MalformedCarrier}, {Collector}, {loadDictionaries}] =
    await Promise.all([load("carrier"), load("frames"), load("dictionaries")]);
  const dictionaries = await loadDictionaries();
  const whole = async (frames) => {
    const collector = new Collector();
    let found = null;
    for (const frame of frames) {
      try {
        found = (await collector.add(frame)).wire ?? found;
      } catch (error) {
        if (!(error instanceof MalformedCarrier)) throw error; // the next ones may be right
      }
    }
    return found ?? (() => { throw new MalformedCarrier("not whole"); })();
  };
  const hex = (wire) => [...wire].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const tokens = async (text) => (await unpack(wireOf(text, 80000), dictionaries)).join("\\n");
  const answers = [];
  for (const text of texts) {
    try {
      answers.push(Array.isArray(text) ? hex(await whole(text)) : await tokens(text));
    } catch (error) {
      if (!(error instanceof MalformedCarrier)) throw error;
      answers.push(null);
    }
  }
  return answers;
}
"""


@pytest.fixture(scope="module")
def page(office: object, chromium: Browser) -> Page:
    return browser.opened(browser.phone(chromium), f"{office.settings.base_url}/verify/")  # type: ignore[attr-defined]


def decoded(page: Page, texts: list[str] | list[list[str]]) -> list[str | None]:
    answers: list[str | None] = page.evaluate(DECODE, {"texts": texts, "base": page.url})
    return answers


def by_python(text: str) -> str | None:
    try:
        return "\n".join(muster.unpack(carrier.from_qr_text(text)))
    except MalformedCarrier:
        return None


def test_it_reads_and_refuses_the_vectors_of_the_carrier(page: Page) -> None:
    folders = sorted((VECTORS / "carrier").iterdir())
    answers = decoded(page, [(folder / "qr.txt").read_text("ascii") for folder in folders])
    for folder, answer in zip(folders, answers, strict=True):
        refused = folder.name.endswith("_refused")
        assert answer == (None if refused else (folder / "token.txt").read_text("ascii")), folder.name


def test_it_refuses_the_damaged_wires_that_python_refuses_and_reads_the_same_of_the_others(
    page: Page,
) -> None:
    random = Random(20260102)
    together = muster.pack(presented(), [NORWAY.issue(MASTER), NORWAY.issue(MASTER, HOLDER)])
    wires = [carrier.pack(credential()), carrier.pack(presented()), together]
    texts = []
    for _ in range(900):
        wire = bytearray(random.choice(wires))
        for _ in range(random.randint(1, 2)):
            wire[random.randrange(len(wire))] ^= 1 << random.randrange(8)
        texts.append(carrier.to_qr_text(bytes(wire)))
    answers = decoded(page, texts)
    assert [by_python(text) for text in texts] == answers
    assert sum(answer is not None for answer in answers) > 10


def test_it_restores_and_refuses_the_vectors_of_moving_frames(page: Page) -> None:
    folders = sorted((VECTORS / "frames").iterdir())
    answers = decoded(page, [(folder / "frames.txt").read_text("ascii").splitlines() for folder in folders])
    for folder, answer in zip(folders, answers, strict=True):
        refused = folder.name.endswith("_refused")
        expected = None if refused else (folder / "wire.hex").read_text("ascii").replace("\n", "")
        assert answer == expected, folder.name


def test_any_frames_that_are_enough_restore_the_wire_and_fewer_do_not(page: Page) -> None:
    wire = muster.pack(presented(), [NORWAY.issue(MASTER, HOLDER) for _ in range(4)])
    moving = frames.split(wire, size=100)
    random = Random(5)
    rounds = [[moving.text(number) for number in random.sample(range(256), moving.needed)] for _ in range(8)]
    assert decoded(page, rounds) == [wire.hex()] * len(rounds)
    short = [one[:-1] for one in rounds]
    assert decoded(page, short) == [None] * len(short)


def test_wrong_frames_in_view_delay_it_as_they_do_python_and_no_more(page: Page) -> None:
    """Cut where Python has the whole wire, a stream is whole here too; cut one frame before, it is not."""
    wire = muster.pack(presented(), [NORWAY.issue(MASTER, HOLDER) for _ in range(4)])
    moving, random = frames.split(wire, size=200), Random(6)
    cut: list[list[str]] = []
    for count in (1, 1, 2, 3):
        wrong = [_spoilt(moving, random) for _ in range(count)]
        film = [text for number in range(60) for text in (*wrong, moving.text(number))]
        end = _whole_after(film)
        cut += [film[:end], film[: end - 1]]
    assert decoded(page, cut) == [wire.hex(), None] * 4


def _spoilt(moving: frames.Frames, random: Random) -> str:
    frame = carrier.from_qr_text(moving.text(random.randrange(256)))
    return carrier.to_qr_text(frame[:13] + random.randbytes(len(frame) - 13))


def _whole_after(texts: list[str]) -> int:
    collector = frames.Collector()
    for count, text in enumerate(texts, 1):
        with suppress(MalformedCarrier):
            if collector.add(text).wire is not None:
                return count
    raise AssertionError("never whole")
