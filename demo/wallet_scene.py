"""The wallet's part of the demo, in a process of its own: pick up, look, show. Real touches, real pixels.

With a display its window is to be seen; without one the same app draws off screen.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wallet_app import texts
from wallet_app import texts_safe as safe
from wallet_app.main import compose, prepare_kivy

if TYPE_CHECKING:
    from demo.phone import Phone


PASS = "pass"
PIN = "314159"
SLIDE_SECONDS = 0.5  # until one screen has made way for the next


def main(arguments: Sequence[str] | None = None) -> int:
    """Pick up what is offered, sync, if asked to; then photograph the code of each certificate named."""
    asked = _parser().parse_args(arguments)
    os.environ.setdefault("KIVY_METRICS_DENSITY", "2")
    os.environ.setdefault("KIVY_NO_CONSOLELOG", "1")
    prepare_kivy(asked.home)
    from demo.phone import Phone

    phone = Phone(datetime.now(UTC), in_real_time=True)
    app = compose(asked.home, clock=phone.now, offer=asked.offer, tx_code=asked.tx_code)
    asked.out.mkdir(parents=True, exist_ok=True)
    phone.launch(app)
    try:
        _let_in(phone)
        if asked.offer:
            _pick_up(phone, asked.out)
        if asked.sync:
            phone.wait_for(texts.SYNC).tap(texts.SYNC)  # one that the opening began may still be under way
            phone.wait_for(texts.ALL_IN_ONE_CODE)
        phone.screenshot().save(asked.out / "list.png")
        shown = {number: _show(phone, number, asked.out) for number in asked.show}
        if asked.show_pass:
            shown[PASS] = _show_pass(phone, asked.out)
    finally:
        phone.close()
    (asked.out / "shown.json").write_text(json.dumps(shown, indent=1) + "\n")
    return 0


def _let_in(phone: "Phone") -> None:
    """The first time the PIN is chosen, every other time it is asked for."""
    if phone.sees(safe.START):
        phone.tap(phone.scroll_to(safe.START)).wait(SLIDE_SECONDS)
        for asked in (safe.CHOOSE_PIN, safe.REPEAT_PIN):
            phone.wait_for(asked)
            _enter_pin(phone)
        phone.wait_for(safe.NOT_NOW).tap(phone.scroll_to(safe.NOT_NOW))
    else:
        phone.wait_for(safe.ENTER_PIN)
        _enter_pin(phone)
    phone.wait(SLIDE_SECONDS)


def _enter_pin(phone: "Phone") -> None:
    for digit in PIN:
        phone.tap(digit)


def _pick_up(phone: "Phone", out: Path) -> None:
    """Consent to the offer, wait until everything is here, go back to the list."""
    phone.wait_for(texts.PICK_UP)
    phone.screenshot().save(out / "consent.png")
    phone.tap(phone.scroll_to(texts.PICK_UP))
    phone.wait_for(texts.SHOW_CERTIFICATES, seconds=120)
    phone.tap(texts.SHOW_CERTIFICATES)


def _show(phone: "Phone", number: str, out: Path) -> str:
    """Find a certificate, open it, show its code; returns when the picture of the code was taken."""
    phone.wait_for(texts.SEARCH).tap(texts.SEARCH).type(number)
    phone.wait_for(number).tap(number)
    phone.wait_for(texts.SHOW_CODE).wait(SLIDE_SECONDS).screenshot().save(out / f"{number}-certificate.png")
    phone.tap(texts.SHOW_CODE)
    phone.wait_for(texts.SCAN_IT).wait(SLIDE_SECONDS).screenshot().save(out / f"{number}-code.png")
    taken = phone.now().isoformat(timespec="seconds")
    phone.press_back().press_back().tap(texts.CLEAR_SEARCH)
    return taken


def _show_pass(phone: "Phone", out: Path) -> str:
    """All certificates in one code; returns when its picture was taken."""
    phone.wait_for(texts.ALL_IN_ONE_CODE).tap(texts.ALL_IN_ONE_CODE)
    phone.wait_for(texts.SCAN_IT).wait(SLIDE_SECONDS).screenshot().save(out / f"{PASS}-code.png")
    taken = phone.now().isoformat(timespec="seconds")
    phone.press_back()
    return taken


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.wallet_scene", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the phone's storage")
    parser.add_argument("--out", type=Path, required=True, help="where pictures go")
    parser.add_argument("--offer", metavar="LINK")
    parser.add_argument("--tx-code", metavar="CODE", default="")
    parser.add_argument("--show", nargs="*", default=[], metavar="NUMBER", help="certificates to show")
    parser.add_argument("--sync", action="store_true", help="ask the authorities for what is new, and a pass")
    parser.add_argument("--show-pass", action="store_true", help="show all certificates in one code")
    return parser


if __name__ == "__main__":
    sys.exit(main())
