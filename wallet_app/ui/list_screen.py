"""The list of certificates, worst first, with counts, search, and what is to be done."""

from typing import Any, Final

from kivy.app import App
from kivy.clock import Clock
from kivy.factory import Factory
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview.views import RecycleDataViewBehavior
from kivy.uix.screenmanager import Screen

from verifier.ui.widgets import Tap
from wallet_app.core.standing import Group
from wallet_app.core.viewstate import CardState, ListState
from wallet_app.ui.card_size import card_height

IN_VIEW: Final = 9  # cards, on the largest phone
AT_ONCE: Final = 3  # cards whose widgets are made in one frame
SLICE_SECONDS: Final = 0.008
NO_STATE: Final = ListState(person=None, cards=(), counts=dict.fromkeys(Group, 0), notices=(), empty=None)


class CertificateCard(RecycleDataViewBehavior, Tap):
    """One certificate: tap it to read it, tap its code sign to show it."""

    key = StringProperty("")
    title = StringProperty("")
    kind = StringProperty("")
    issued = StringProperty("")
    icon = StringProperty("")
    tone = StringProperty("plain")
    word = StringProperty("")
    detail = StringProperty("")


class EmptyPanel(BoxLayout):
    """What is said where no card is; out of the way while there is nothing to say."""

    state = ObjectProperty(None, allownone=True, rebind=True)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_act")
        super().__init__(**properties)

    def on_act(self) -> None:
        """The button was tapped."""

    def on_touch_down(self, touch: object) -> bool:
        """Invisible, it lets touches through to the list."""
        return bool(self.state) and bool(super().on_touch_down(touch))


class SyncBar(BoxLayout):
    """As of when everything is known, the way to know it anew, and the code for all certificates."""

    state = ObjectProperty(None, allownone=True, rebind=True)
    may_sync = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self.register_event_type("on_act")
        super().__init__(**properties)

    def on_state(self, *_: object) -> None:
        """Beside the large button a small one syncs, where the large one does not."""
        self.may_sync = bool(self.state) and self.state.can_show and not self.state.is_busy

    def on_touch_down(self, touch: object) -> bool:
        """Not there, it lets touches through."""
        return bool(self.state) and bool(super().on_touch_down(touch))

    def on_act(self) -> None:
        """The large button was tapped."""


class ListScreen(Screen):
    """Holds what is being searched for and filtered by; everything else is in `state`."""

    state = ObjectProperty(NO_STATE, rebind=True)
    query = StringProperty("")
    group = ObjectProperty(Group.ALL)
    rows = ListProperty()

    def __init__(self, **properties: object) -> None:
        self._measuring = Clock.create_trigger(self._measure)
        super().__init__(**properties)

    def on_pre_enter(self, *_: object) -> None:
        """What is held, and the day, may have changed."""
        self.refresh()

    def on_query(self, *_: object) -> None:
        """Search as it is typed."""
        self._begin_anew()

    def on_group(self, *_: object) -> None:
        """Filter."""
        self._begin_anew()

    def on_width(self, *_: object) -> None:
        """Lines break elsewhere."""
        self._lay_out()

    def refresh(self) -> None:
        """Read the list anew."""
        self.state = App.get_running_app().list_state(self.query, self.group)
        self._lay_out()
        self._show_notices()

    def choose(self, group: Group) -> None:
        """Filter by `group`, or by none where it was chosen already."""
        self.group = Group.ALL if group is self.group else group

    def act_on_all(self) -> None:
        """The bar's large button: the code for all certificates, or a sync to get one."""
        app: Any = App.get_running_app()
        if self.state.sync.can_show:
            app.show_all_in_one()
        else:
            app.sync()

    def show_all(self) -> None:
        """Take search and filter away; with nothing held at all, add something."""
        if self.state.counts[Group.ALL] == 0:
            App.get_running_app().add()
        else:
            self.ids.search.ids.input.text = ""
            self.group = Group.ALL

    def _begin_anew(self) -> None:
        """Another selection is read from its top."""
        self.refresh()
        self.ids.cards.scroll_y = 1

    def _lay_out(self) -> None:
        """Each card must be measured, and drawn where it is in view: a part of them between two frames."""
        self._measuring.cancel()
        self._waiting, self._measured = iter(self.state.cards), list[dict[str, Any]]()
        if not self.rows:  # what has said so far that all is being read has a frame to go
            self._measuring()
        elif not self._measure():
            self.rows = self._measured

    def _measure(self, *_: float) -> bool:
        """Measure for a while; whether all are measured, and drawn."""
        until, drawn = Clock.time() + SLICE_SECONDS, len(self.rows)
        for card in self._waiting:
            self._measured.append(_row(card, self.width))
            is_next = drawn < len(self._measured) <= IN_VIEW and not len(self._measured) % AT_ONCE
            if is_next:
                self.rows = self._measured
            if is_next or (Clock.time() >= until and len(self._measured) > IN_VIEW):
                self._measuring()
                return False
        self.rows = self._measured
        return True

    def _show_notices(self) -> None:
        area = self.ids.notices
        area.clear_widgets()
        for notice in () if self.query else self.state.notices:  # the room is for what is found
            widget = Factory.Notice(tone=notice.tone.value, message=notice.text, action=notice.action)
            widget.bind(on_act=lambda *_, deed=notice.deed: App.get_running_app().act_on(deed))
            area.add_widget(widget)


def _row(card: CardState, width: float) -> dict[str, Any]:
    """A card's data for the RecycleView, with the height that its lines will need."""
    return {
        "key": card.key,
        "title": card.title,
        "kind": card.kind,
        "issued": card.issued,
        "icon": card.icon,
        "tone": card.status.tone.value,
        "word": card.status.word,
        "detail": card.status.detail,
        "size": (width, card_height(card, width)),
    }
