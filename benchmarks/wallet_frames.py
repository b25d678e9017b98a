"""The wallet's longest frames with 500 certificates: from its start to its list, and in all that is done.

A frame is what lies between two looks at what was touched: what a tap does on the drawing thread, then the
drawing, to its end. What is done on other threads runs beside.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from keys.encoding import json_dumps
from keys.jwk import PublicKey

PIN: Final = "314159"
WORDS: Final = ("abandon", "ability", "able", "about", "above", "absent")
QUERY: Final = "sikker"
FRAMES_AFTER: Final = 15  # a slide, the cards that are drawn after the first ones, what a tap has left to do
PAGES: Final = 20
SCREENS: Final = ("more", "add", "trust", "challenge")
PACK, ROOT = "bench.pack", "bench.root"
Deed = Callable[[], object]


class Ashore:
    """A network that gives out pages to print, and answers nothing else."""

    def send(self, method: str, url: str, *, headers: object, body: bytes | None = None) -> Any:
        """The answers that a page needs."""
        from wallet_app.core.transport import Response

        issuer = "https://no.example"
        if url.endswith("/documents"):
            return Response(200, "application/pdf", b"%PDF-" + bytes(300_000))
        known = {"credential_issuer": issuer, "nonce_endpoint": f"{issuer}/nonce", "c_nonce": "bench"}
        is_known = "openid-credential-issuer" in url or url.endswith("/nonce")
        return Response(200 if is_known else 404, "application/json", json_dumps(known))


def lay_out_pack(home: Path) -> None:
    """A sea pack of sixty flags, and the root that it is believed from."""
    from benchmarks.fleet import fleet
    from benchmarks.pack import FLAGS, Import

    published = Import.of(fleet(flags=FLAGS))
    (home / PACK).write_bytes(published.data)
    (home / ROOT).write_bytes(published.root)


def unlocking(app: Any) -> float:
    """Milliseconds of the longest frame from the first one to the whole list, the PIN typed between."""
    longest = _until(lambda: app.wallet is not None and app.wallet.is_read)
    longest = max(longest, _rest())
    app.screen_of("lock").look_at(PIN)
    longest = max(longest, _until(lambda: app.navigation.current == "list"), _rest())
    return 1_000 * max(longest, _until(lambda: len(app.screen_of("list").rows) == len(app.wallet.held)))


def acting(app: Any) -> float:
    """Milliseconds of the longest frame in all that can be done; prints each action's own."""
    _until(lambda: app.wallet is not None and app.wallet.is_read and bool(app.screen_of("list").rows))
    longest = 0.0
    for name, deed, is_over in _actions(app):
        frame = _act(deed, is_over)
        print(f"{1_000 * frame:7.1f} ms  {name}")
        longest = max(longest, frame)
    return 1_000 * longest


Action = tuple[str, Deed, Callable[[], bool]]


def _actions(app: Any) -> Iterator[Action]:
    yield from _beside(app)
    yield from _looking(app)
    yield from _keeping(app)
    yield from _importing(app)
    yield from _restoring(app)


def _beside(app: Any) -> Iterator[Action]:
    """What takes long, as the screens hand it to another thread."""
    works = {
        "PIN chosen": lambda: app.choose_pin(PIN),
        "PIN tried": lambda: app.lock.attempt(PIN),
        "backup sealed": lambda: app.make_backup(WORDS, lambda _: None),
        "20 pages fetched": lambda: [app.wallet.documents.fetch(one) for one in app.wallet.held[:PAGES]],
    }
    for name, work in works.items():
        ended: list[object] = []
        yield name, _run(app, work, ended), partial(bool, ended)


def _run(app: Any, work: Deed, ended: list[object]) -> Deed:
    return lambda: app.background.run(work, ended.append, ended.append)


def _looking(app: Any) -> Iterator[Action]:
    """What is tapped at, and typed."""
    listing, always = app.screen_of("list"), lambda: True
    for number in range(1, len(QUERY) + 1):
        text = QUERY[:number]
        yield f"search: {text}", partial(setattr, listing.ids.search.ids.input, "text", text), always
    yield "search cleared", listing.show_all, always
    yield "sync", app.sync, lambda: not app.syncing.state().is_busy
    key = app.wallet.held[0].key
    yield "certificate", lambda: app.open_certificate(key), always
    yield "its code", lambda: app.show_code(key), always
    yield "all certificates", app.show_all_in_one, always
    yield "list", app.show_list, always
    yield "settings", app.open_settings, always
    yield "changing the PIN", app.open_change_pin, always
    yield "diagnostics", app.open_diagnostics, always
    for name in SCREENS:
        yield f"screen: {name}", partial(app.go, name), always


def _keeping(app: Any) -> Iterator[Action]:
    wallet = app.wallet
    yield "history of 400", app.open_history, lambda: True
    yield "its last page", partial(app.open_history, page=15), lambda: True
    yield "list", app.show_list, lambda: True
    yield "folder for the office", app.share_folder, lambda: any(_downloads(app).glob("*.zip"))
    key, before = wallet.held[-1].key, len(wallet.held)
    yield "deleted", lambda: app.delete(key), lambda: len(wallet.held) < before


def _importing(app: Any) -> Iterator[Action]:
    screen, home = app.screen_of("trust"), _downloads(app).parent

    def done() -> bool:
        return not screen.is_busy

    yield "directory", app.open_trust, done
    yield "its root", lambda: screen.take_file(home / ROOT), done
    yield "pinned", screen.pin, done
    yield "sea pack of 60 flags", lambda: screen.take_file(home / PACK), done


def _restoring(app: Any) -> Iterator[Action]:
    """All that was deleted before, on another thread."""
    from wallet_app.core.contents import Contents

    wallet, screen = app.wallet, app.screen_of("restore")
    ended: list[object] = []
    empty = _run(app, lambda: wallet.vault.update(lambda _: Contents()), ended)
    yield "emptied", empty, lambda: bool(ended)
    yield "screen: restore", app.open_restore, lambda: True
    backup = next(_downloads(app).glob("*.ombord"))
    yield "backup chosen", lambda: screen.choose(backup), lambda: True
    yield "restored", lambda: screen.restore(" ".join(WORDS)), lambda: bool(wallet.held)
    listing = app.screen_of("list")
    yield "list", app.show_list, lambda: len(listing.rows) == len(wallet.held)


def _downloads(app: Any) -> Path:
    return Path(app.settings_file._path).parent / "downloads"


def _act(deed: Deed, is_over: Callable[[], bool]) -> float:
    from kivy.clock import Clock

    Clock.schedule_once(lambda _: deed())  # within a frame, as a touch comes
    return max(_frame(), _until(is_over), _rest())


def _until(is_so: Callable[[], bool]) -> float:
    longest = 0.0
    while not is_so():
        longest = max(longest, _frame())
    return longest


def _rest() -> float:
    return max(_frame() for _ in range(FRAMES_AFTER))


def _frame() -> float:
    from kivy.base import EventLoop
    from kivy.graphics.opengl import glFinish

    begun = perf_counter()
    EventLoop.idle()
    glFinish()
    return perf_counter() - begun


def history_of(keys: list[str], at: int) -> tuple[Any, ...]:
    """As full as it gets."""
    from wallet_app.core.history import MOST, Event, Reader, Way

    return tuple(
        Event(at - 3_600 * (MOST - n), Way.CODE, Reader.SCANNER, (keys[n % len(keys)],)) for n in range(MOST)
    )


def lock_of(home: Path, vault: Any) -> None:
    """The PIN as its owner chose it."""
    from wallet_app.core.lock import Lock
    from wallet_app.core.tries import Tries

    Lock(vault, Tries(home / "lock.json", lambda: 0.0)).choose(PIN)


def keys_of(texts: list[str], holder_key: PublicKey) -> list[str]:
    """What the history calls these certificates."""
    from wallet_app.core import held
    from wallet_app.core.records import StoredCredential

    return [held.read(StoredCredential(text, 0), holder_key).key for text in texts]
