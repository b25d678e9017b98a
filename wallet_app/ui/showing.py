"""What the seafarer does with certificates: the list, one of them, and its code. A part of the app."""

import contextlib
from collections.abc import Iterable

from wallet_app.core import reminders, sync_views, views
from wallet_app.core.challenge import Challenge
from wallet_app.core.held import Held
from wallet_app.core.held_pass import HeldPass
from wallet_app.core.history import Reader, Way
from wallet_app.core.moving import Muster, Photo
from wallet_app.core.standing import Group, judge
from wallet_app.core.vault import VaultError
from wallet_app.core.viewstate import CodeState, Deed, ListState
from wallet_app.ui.adding import Adding
from wallet_app.ui.keeping import Keeping


class Showing(Adding, Keeping):
    """The actions that the screens of certificates ask for."""

    def list_state(self, query: str, group: Group) -> ListState:
        """The list as of now; before the store was read, that it is being read."""
        wallet = self.require_wallet()
        if not wallet.is_read:
            return views.reading_state(self.say)
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
            put_away=wallet.reminded,
            has_update=wallet.has_update,
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
            case Deed.PUT_AWAY:
                self.put_reminders_away()

    def put_reminders_away(self) -> None:
        """Say no more of what ends soon, before its next stage."""
        wallet = self.require_wallet()
        at = wallet.clock()
        due = reminders.due((judge(one, at, wallet.told(one)) for one in wallet.held), wallet.reminded)

        def work() -> None:
            with contextlib.suppress(VaultError):  # a full phone: they are said again
                wallet.put_away(due)

        self.background.run(work, lambda _: self.refresh_list(), lambda _: self.refresh_list())

    def open_certificate(self, key: str) -> None:
        """Show a certificate whole."""
        wallet = self.require_wallet()
        held = wallet.find(key)
        if held is not None:
            state = views.certificate_state(
                held,
                at=wallet.clock(),
                told=wallet.told(held),
                has_page=wallet.documents.has(held),
                logged=wallet.logged(held),
                say=self.say,
            )
            self.go_when_made("certificate")
            self.screen_of("certificate").state = state

    # --- codes

    def show_code(self, key: str, challenge: Challenge | None = None) -> None:
        """Show a certificate's live code, or the answer to a challenge."""
        wallet = self.require_wallet()
        held = wallet.find(key)
        if held is not None:
            state = views.code_state(held, at=wallet.clock(), told=wallet.told(held), say=self.say)
            self._show(held, state, Way.CODE, [held], challenge)

    def show_all_in_one(self, after: HeldPass | None = None, challenge: Challenge | None = None) -> None:
        """Show all: a fresh pass, or moving frames. `after` one authority's pass, the next one's."""
        wallet = self.require_wallet()
        fresh = [one for one in wallet.passes if one.is_fresh(wallet.clock())]
        if not fresh:
            self._show_muster(challenge)
            return
        place = (fresh.index(after) + 1) % len(fresh) if after in fresh else 0
        self.show_pass(fresh[place], challenge=challenge)

    def show_pass(
        self, held: HeldPass, *, with_photo: bool = False, challenge: Challenge | None = None
    ) -> None:
        """Show the live code of a pass, or with its photograph as moving frames."""
        wallet = self.require_wallet()
        at = wallet.clock()
        fresh = [one for one in wallet.passes if one.is_fresh(at)]
        record = next((one for one in wallet.syncs.records if one.issuer == held.sea_pass.issuer), None)
        following = fresh[(fresh.index(held) + 1) % len(fresh)] if held in fresh and len(fresh) > 1 else None
        state = sync_views.pass_code_state(
            held,
            at=at,
            left_out=len(record.left_out) if record else 0,
            following=following,
            with_photo=with_photo,
            say=self.say,
        )
        way = Way.PHOTO if with_photo else Way.PASS
        self._show(Photo(held) if with_photo else held, state, way, (), challenge)

    def show_answer(self, held: object, challenge: Challenge) -> None:
        """The code that answers a challenge: of what was in view when it came, else of all."""
        match held:
            case Held():
                self.show_code(held.key, challenge)
            case HeldPass():
                self.show_pass(held, challenge=challenge)
            case Photo(held=of):
                self.show_pass(of, with_photo=True, challenge=challenge)
            case _:
                self.show_all_in_one(challenge=challenge)

    def flip_photo(self) -> None:
        """The pass in view with its photograph, or without it again."""
        held = self.screen_of("code").held
        if isinstance(held, Photo):
            self.show_pass(held.held)
        elif isinstance(held, HeldPass):
            self.show_pass(held, with_photo=True)

    def _show_muster(self, challenge: Challenge | None) -> None:
        wallet = self.require_wallet()
        muster = wallet.muster
        if muster is None:
            return
        if len(muster.members) == 1:
            self.show_code(muster.members[0].key, challenge)
            return
        state = sync_views.muster_code_state(muster, self.say)
        self._show(muster, state, Way.MUSTER, (), challenge)

    def _show(
        self,
        held: Held | HeldPass | Muster | Photo,
        state: CodeState,
        way: Way,
        items: Iterable[Held],
        challenge: Challenge | None,
    ) -> None:
        """Bring the code up at once; the history is written behind it, and a full phone shows codes still."""
        wallet, here = self.require_wallet(), self.navigation.current
        reader = Reader.SCANNER if challenge is None else Reader.CHALLENGER
        self.screen_of("code").show(held, state, challenge)
        if here not in ("code", "challenge"):
            came_from = here if way is Way.CODE else "list"
            self.go("code", came_from=came_from)
        else:
            self.go("code")

        def note() -> None:
            with contextlib.suppress(VaultError):
                wallet.remember(way, reader, items, challenge)

        self.background.run(note, lambda _: None, lambda _: None)

    def show_list(self) -> None:
        """The list, as it is now."""
        self.go("list", forward=False)

    def refresh_list(self) -> None:
        """Something arrived, perhaps while the list is in view."""
        if self.navigation.has("list"):
            self.screen_of("list").refresh()
