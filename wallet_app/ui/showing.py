"""What the seafarer does with certificates: the list, one of them, its code, adding more."""

from wallet_app.core import sync_views, views
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.standing import Group
from wallet_app.core.viewstate import Deed, ListState
from wallet_app.ui.parts import AppParts


class Showing(AppParts):
    """The actions that the screens of certificates ask for."""

    def list_state(self, query: str, group: Group) -> ListState:
        """The list as of now."""
        wallet = self.require_wallet()
        return views.list_state(
            wallet.held,
            at=wallet.clock(),
            query=query,
            group=group,
            pick_up=wallet.pick_ups.unfinished,
            damage=wallet.damage,
            unreadable=wallet.unreadable,
            told=wallet.told,
            news=self.require_syncing().notices(),
            sync=self.require_syncing().state(),
            say=self.say,
        )

    def sync(self, *, quietly: bool = False) -> None:
        """Ask the authorities how the certificates stand; `quietly` does not complain of the network."""
        self.require_syncing().run(quietly=quietly)

    def act_on(self, deed: Deed) -> None:
        """What a notice offers to do."""
        match deed:
            case Deed.GO_ON:
                self.go_on()
            case Deed.GET_READY_ONES:
                self.screen_of("add").get_ready_ones()
                self.go("add")

    def open_certificate(self, key: str) -> None:
        """Show a certificate whole."""
        wallet = self.require_wallet()
        held = wallet.find(key)
        if held is not None:
            told = wallet.told(held)
            state = views.certificate_state(held, at=wallet.clock(), told=told, say=self.say)
            self.screen_of("certificate").state = state
            self.go("certificate")

    def show_code(self, key: str) -> None:
        """Show a certificate's live code."""
        wallet = self.require_wallet()
        held = wallet.find(key)
        if held is not None:
            state = views.code_state(held, at=wallet.clock(), told=wallet.told(held), say=self.say)
            self.screen_of("code").show(held, state)
            self.go("code", came_from=self.navigation.current)

    def show_all_in_one(self, after: HeldPass | None = None) -> None:
        """Show the live code of a pass; `after` one authority's, the next one's."""
        wallet = self.require_wallet()
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
        self.screen_of("code").show(held, state)
        self.go("code", came_from="list")

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

    def go_on(self) -> None:
        """Go on with an unfinished pick-up."""
        self.screen_of("add").fetch()
        self.go("add")

    def show_list(self) -> None:
        """The list, as it is now."""
        self.go("list", forward=False)

    def refresh_list(self) -> None:
        """Something arrived, perhaps while the list is in view."""
        if self.navigation.has("list"):
            self.screen_of("list").refresh()
