"""The wallet's app: it owns theme, screens and the open store, and moves between the screens."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.properties import ObjectProperty
from kivy.uix.screenmanager import ScreenManager, SlideTransition

from verifier.ui import fonts, widgets
from verifier.ui.ports.scanner import Scanner
from verifier.ui.ports.screen import Screen as DeviceScreen
from verifier.ui.theme import Theme
from verifier.ui.words import Words
from verifier.ui.work import Background
from wallet_app import texts
from wallet_app.core import sync_views, views
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.keystore import KeyStoreError
from wallet_app.core.standing import Group
from wallet_app.core.vault import VaultDamaged, VaultError, VaultLocked
from wallet_app.core.viewstate import Deed, ListState
from wallet_app.core.wallet import Wallet
from wallet_app.ui import add_screen, certificate_screen, code_screen, list_screen
from wallet_app.ui.store_screen import StoreScreen
from wallet_app.ui.sync_control import SyncControl

ESCAPE: Final = 27
SLIDE_SECONDS: Final = 0.18
OPENED_SECONDS: Final = 0.3  # the list should stand before the network is asked
# Where "back" leads from each screen, unless another was visited on the way.
PARENT: Final = {"certificate": "list", "code": "list", "add": "list"}
LATER: Final = {
    "certificate": certificate_screen.CertificateScreen,
    "code": code_screen.CodeScreen,
    "add": add_screen.AddScreen,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What the app runs on."""

    background: Background
    screen: DeviceScreen
    scanner: Scanner


class WalletApp(App):
    """Opens the store with `opening`; `set_aside` makes way for a new one. `offer` is looked at first."""

    theme = ObjectProperty(rebind=True)
    sea = ObjectProperty(None, allownone=True)

    def __init__(
        self,
        opening: Callable[[], Wallet],
        set_aside: Callable[[], object],
        device: Device,
        *,
        words: Words | None = None,
        offer: str | None = None,
        tx_code: str = "",
    ) -> None:
        """Nothing is opened or drawn before `build`."""
        self.theme = Theme()
        super().__init__()
        self.title = texts.APP
        self.say = words or Words()
        self.background, self.screen, self.scanner = device.background, device.screen, device.scanner
        self.wallet: Wallet | None = None
        self._opening, self._set_aside = opening, set_aside
        self._offer, self._tx_code = offer, tx_code
        self._came_from = "list"
        self._syncing: SyncControl | None = None

    def build(self) -> ScreenManager:
        """Fonts, rules, screens; then the store."""
        self.missing_fonts = fonts.register()
        for rules in (
            widgets.RULES,
            certificate_screen.RULES,
            list_screen.RULES,
            code_screen.RULES,
            add_screen.RULES,
        ):
            widgets.load(rules)
        self._follow_theme()
        self.screens = ScreenManager(transition=SlideTransition(duration=SLIDE_SECONDS))
        Window.bind(on_keyboard=self._on_key, on_drop_file=self._on_drop)
        self.open_store()
        return self.screens

    def on_stop(self) -> None:
        """Let go of window and store."""
        Window.unbind(on_keyboard=self._on_key, on_drop_file=self._on_drop)
        self.screen.let_go()
        if self.wallet is not None:
            self.wallet.close()

    # --- the store

    def open_store(self) -> None:
        """Open it and show the list, or say why it cannot be opened."""
        self.screens.clear_widgets()
        try:
            self.wallet = self._opening()
        except (VaultError, KeyStoreError) as error:
            self.screens.add_widget(_store_screen(error, self.say))
            return
        self._syncing = SyncControl(self.wallet, self.background, self.refresh_list, self.say)
        self.screens.add_widget(list_screen.ListScreen())
        Clock.schedule_once(lambda _: self._require_syncing().run_on_opening(), OPENED_SECONDS)
        if self._offer is not None:
            self.add(self._offer, self._tx_code)
            self._offer = None

    def start_again(self) -> None:
        """Keep the files that cannot be opened aside, and begin a new store."""
        self._set_aside()
        self.open_store()

    # --- what the screens ask for

    def list_state(self, query: str, group: Group) -> ListState:
        """The list as of now."""
        wallet = self._require_wallet()
        return views.list_state(
            wallet.held,
            at=wallet.clock(),
            query=query,
            group=group,
            pick_up=wallet.pick_ups.unfinished,
            damage=wallet.damage,
            unreadable=wallet.unreadable,
            told=wallet.told,
            news=self._require_syncing().notices(),
            sync=self._require_syncing().state(),
            say=self.say,
        )

    def sync(self, *, quietly: bool = False) -> None:
        """Ask the authorities how the certificates stand; `quietly` does not complain of the network."""
        self._require_syncing().run(quietly=quietly)

    def act_on(self, deed: Deed) -> None:
        """What a notice offers to do."""
        match deed:
            case Deed.GO_ON:
                self.go_on()
            case Deed.GET_READY_ONES:
                self._screen("add").get_ready_ones()
                self._go("add")

    def open_certificate(self, key: str) -> None:
        """Show a certificate whole."""
        wallet = self._require_wallet()
        held = wallet.find(key)
        if held is not None:
            told = wallet.told(held)
            state = views.certificate_state(held, at=wallet.clock(), told=told, say=self.say)
            self._screen("certificate").state = state
            self._go("certificate")

    def show_code(self, key: str) -> None:
        """Show a certificate's live code."""
        wallet = self._require_wallet()
        held = wallet.find(key)
        if held is not None:
            state = views.code_state(held, at=wallet.clock(), told=wallet.told(held), say=self.say)
            self._screen("code").show(held, state)
            self._came_from = self.screens.current
            self._go("code")

    def show_all_in_one(self, after: HeldPass | None = None) -> None:
        """Show the live code of a pass; `after` one authority's, the next one's."""
        wallet = self._require_wallet()
        at = wallet.clock()
        fresh = [one for one in wallet.passes if one.is_fresh(at)]
        if not fresh:
            return
        place = (fresh.index(after) + 1) % len(fresh) if after in fresh else 0
        held = fresh[place]
        record = next((one for one in wallet.syncs.records if one.issuer == held.sea_pass.issuer), None)
        state = sync_views.pass_code_state(
            held,
            at=at,
            left_out=len(record.left_out) if record else 0,
            following=fresh[(place + 1) % len(fresh)] if len(fresh) > 1 else None,
            say=self.say,
        )
        self._screen("code").show(held, state)
        self._came_from = "list"
        self._go("code")

    def add(self, offer: str | None = None, tx_code: str = "") -> None:
        """Pick certificates up: from `offer`, or from one that is asked for."""
        screen = self._screen("add")
        if offer is None:
            screen.start()
        else:
            screen.look_at(offer, tx_code)
        self._go("add")

    def look_at(self, offer: str) -> None:
        """Ask the authority about an offer."""
        self._screen("add").look_at(offer)

    def go_on(self) -> None:
        """Go on with an unfinished pick-up."""
        self._screen("add").fetch()
        self._go("add")

    def show_list(self) -> None:
        """The list, as it is now."""
        self._go("list", forward=False)

    def refresh_list(self) -> None:
        """Something arrived, perhaps while the list is in view."""
        self.screens.get_screen("list").refresh()

    def back(self) -> None:
        """Where one came from."""
        here = self.screens.current
        self._go(self._came_from if here == "code" else PARENT.get(here, here), forward=False)

    # --- the window

    def _screen(self, name: str) -> Any:
        """The screen of that name, made when it is first needed: the list should stand at once."""
        if not self.screens.has_screen(name):
            self.screens.add_widget(LATER[name]())
        return self.screens.get_screen(name)

    def _go(self, name: str, *, forward: bool = True) -> None:
        self.screens.transition.direction = "left" if forward else "right"
        self.screens.current = name

    def _on_key(self, _window: object, key: int, *_: object) -> bool:
        if key == ESCAPE and self.screens.current in PARENT:
            self.back()
            return True
        return False

    def _on_drop(self, _window: object, path: bytes, *_: object) -> None:
        if self.wallet is not None:
            self.add()
            self._screen("add").read_picture(Path(path.decode(errors="surrogateescape")))

    def _follow_theme(self) -> None:
        self.theme.bind(ground=self._paint, hero_to=self._paint)
        self._paint()

    def _paint(self, *_: object) -> None:
        Window.clearcolor = self.theme.ground
        self.sea = _gradient(self.theme.hero_from, self.theme.hero_to)

    def _require_wallet(self) -> Wallet:
        if self.wallet is None:
            raise RuntimeError("the store is not open")
        return self.wallet

    def _require_syncing(self) -> SyncControl:
        if self._syncing is None:
            raise RuntimeError("the store is not open")
        return self._syncing


def _store_screen(error: Exception, say: Words) -> StoreScreen:
    match error:
        case VaultDamaged():
            advice = texts.STORE_DAMAGED_ADVICE
        case VaultLocked():
            advice = texts.STORE_LOCKED_ADVICE
        case _:
            advice = texts.STORE_ERROR_ADVICE
    return StoreScreen(
        advice=say(advice),
        detail=say(texts.FOR_SUPPORT, detail=str(error)),
        may_start_again=isinstance(error, VaultDamaged | VaultLocked),
    )


def _gradient(start: Any, end: Any) -> Texture:
    """From the lower left corner to the upper right one."""
    low, high = (bytes(int(255 * channel) for channel in colour) for colour in (start, end))
    middle = bytes((one + other) // 2 for one, other in zip(low, high, strict=True))
    texture = Texture.create(size=(2, 2), colorfmt="rgba")
    texture.blit_buffer(low + middle + middle + high, colorfmt="rgba", bufferfmt="ubyte")
    texture.wrap = "clamp_to_edge"
    return texture
