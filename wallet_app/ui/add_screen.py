"""Adding certificates, step by step: offer, consent with the pick-up code, progress, and how it ended."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kivy.app import App
from kivy.core.clipboard import Clipboard
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.credential.model import CertificateType
from verifier.ui.ports.scanner import ScanError
from verifier.ui.words import Words
from verifier.ui.work import WorkError
from wallet_app import texts
from wallet_app.core import names
from wallet_app.core.offer import TransactionCode
from wallet_app.core.oid4vci import MOST_NAME
from wallet_app.core.pickup import Progress, Proposal
from wallet_app.core.plain import plain
from wallet_app.core.syncing import ReadyOffer
from wallet_app.core.troubles import Trouble, told
from wallet_app.ui.common import EndStep, WorkingStep


class OfferStep(BoxLayout):
    """Paste a link, or drop a picture."""

    link = StringProperty("")
    complaint = StringProperty("")

    def paste(self) -> None:
        """What was copied last."""
        self.link = Clipboard.paste().strip()


class OfferedDocument(BoxLayout):
    """The name of a document on offer."""

    value = StringProperty("")


class ConsentStep(BoxLayout):
    """Who offers what; with the code that came by another way."""

    offered_by = StringProperty("")
    host = StringProperty("")
    documents = ListProperty()
    needs_code = BooleanProperty(True)
    code_is_number = BooleanProperty(True)
    code_length = NumericProperty(0)
    code_hint = StringProperty("")
    code_advice = StringProperty("")
    code = StringProperty("")
    complaint = StringProperty("")

    def on_documents(self, *_: object) -> None:
        """One line a document."""
        self.ids.documents.clear_widgets()
        for name in self.documents:
            self.ids.documents.add_widget(OfferedDocument(value=name))


class AddScreen(Screen):
    """Drives one pick-up; leaving it stops nothing and loses nothing."""

    step = ObjectProperty(None, allownone=True)

    def start(self) -> None:
        """Ask for an offer."""
        self._show(OfferStep())

    def look_at(self, text: str, tx_code: str = "") -> None:
        """Ask the authority what the offer holds."""
        app = self._app
        self._show(WorkingStep(message=app.say(texts.LOOKING)))
        app.background.run(
            lambda: app.wallet.pick_ups.look_at(text),
            lambda proposal: self.propose(proposal, tx_code),
            lambda error: self.fail(error, lambda: self.look_at(text, tx_code)),
        )

    def get_ready_ones(self, *, anew: bool = False) -> None:
        """What a sync announced: its offer, as it stands now; the code came along, to this phone alone."""
        app = self._app
        self._show(WorkingStep(message=app.say(texts.LOOKING)))

        def found(ready: ReadyOffer | None) -> None:
            if ready is None:
                app.show_list()
            else:
                self.propose(ready.proposal, known_code=ready.tx_code)

        app.background.run(
            lambda: app.wallet.syncs.ready_offer(anew=anew),
            found,
            lambda error: self.fail(error, self.get_ready_ones),
        )

    def read_picture(self, path: Path) -> None:
        """An offer from a picture of its QR code."""
        say = self._app.say
        try:
            found = self._app.scanner.read(path)
        except ScanError:
            self._show(OfferStep(complaint=say(texts.PICTURE_UNREADABLE)))
            return
        if len(found) == 1:
            self.look_at(found[0])
        else:
            self._show(OfferStep(complaint=say(texts.SEVERAL_QRS if found else texts.NO_QR)))

    def propose(
        self, proposal: Proposal, tx_code: str = "", complaint: str = "", *, known_code: str = ""
    ) -> None:
        """Ask the seafarer; for the code too, unless it is a `known_code`."""
        say, authority, wanted = self._app.say, proposal.authority, proposal.offer.transaction_code
        step = ConsentStep(
            offered_by=say(texts.OFFERED_BY, issuer=authority.name),
            host=say(texts.FROM_ADDRESS, host=urlsplit(authority.issuer).netloc),
            needs_code=wanted is not None and not known_code,
            code_is_number=wanted is None or wanted.numeric,
            code_length=0 if wanted is None else wanted.length,
            code_hint=_code_hint(wanted, say),
            code_advice=(wanted.description if wanted else "") or say(texts.PICK_UP_CODE_ADVICE),
            code=tx_code,
            complaint=complaint,
        )
        step.documents = [_document(name, authority.documents) for name in proposal.offer.configurations]
        step.ids.agree.bind(
            on_release=lambda *_: self.agree(
                proposal, known_code or step.ids.code.text.strip(), bool(known_code)
            )
        )
        self._show(step)

    def agree(self, proposal: Proposal, tx_code: str, code_is_known: bool = False) -> None:
        """Spend the offer and fetch what it holds; one that a sync brought and that ran out is renewed."""
        app, wanted = self._app, proposal.offer.transaction_code
        self._show(WorkingStep(message=app.say(texts.PICKING_UP)))

        def refused(failure: WorkError) -> None:
            error = told(failure)
            if error.trouble is Trouble.CODE_REFUSED and code_is_known:
                self.get_ready_ones(anew=True)
            elif error.trouble is Trouble.CODE_REFUSED and wanted is not None:
                self.propose(proposal, complaint=" ".join(map(app.say, texts.TROUBLES[error.trouble])))
            else:
                self.fail(error, lambda: self.agree(proposal, tx_code, code_is_known))

        app.background.run(
            lambda: app.wallet.pick_ups.agree(proposal, tx_code if wanted is not None else None),
            lambda _: self.fetch(),
            refused,
        )

    def fetch(self) -> None:
        """Go on with what is still missing."""
        app = self._app
        step = WorkingStep(message=app.say(texts.PICKING_UP))
        self._show(step)

        def tell(progress: Progress) -> None:
            app.background.hand_over(lambda: _progress(step, progress, app.say))

        app.background.run(
            lambda: app.wallet.pick_ups.fetch(tell),
            self.finish,
            lambda error: self.fail(error, self.fetch),
        )

    def finish(self, progress: Progress) -> None:
        """All is here; nothing was left to fetch where another step had done it already."""
        say = self._app.say
        self._app.refresh_list()
        self._app.sync(quietly=True)  # the code for all certificates should hold the new ones
        if progress.total == 0:
            self._app.show_list()
            return
        self._show(
            EndStep(
                tone="good",
                title=say.counted(texts.DONE, progress.total),
                advice=say(texts.DONE_ADVICE),
                main=say(texts.SHOW_CERTIFICATES),
                act=self._app.show_list,
            )
        )

    def fail(self, failure: WorkError, again: Any) -> None:
        """Say what stopped it, and what to do."""
        error = told(failure)
        say, (title, advice) = self._app.say, texts.TROUBLES[error.trouble]
        retry = error.trouble.may_retry
        unfinished = self._app.wallet.pick_ups.unfinished is not None
        main, act = (texts.TRY_AGAIN, again) if retry else (texts.OTHER_OFFER, self.start)
        if error.trouble is Trouble.UNFINISHED:
            main, act = texts.FINISH, self.fetch
        self._show(
            EndStep(
                tone="caution" if retry else "bad",
                title=say(title),
                advice=say(advice),
                detail=say(texts.FOR_SUPPORT, detail=error.detail),
                main=say(main),
                act=act,
                other=say(texts.FORGET if unfinished and not retry else texts.TRY_LATER),
                act_otherwise=self._forget if unfinished and not retry else self._app.show_list,
            )
        )

    def _forget(self) -> None:
        self._app.wallet.pick_ups.give_up()
        self._app.show_list()

    def _show(self, step: BoxLayout) -> None:
        self.ids.area.clear_widgets()
        self.ids.area.add_widget(step)
        self.ids.scroll.scroll_y = 1
        self.step = step

    @property
    def _app(self) -> Any:
        return App.get_running_app()


def _document(configuration: str, display: Any) -> str:
    """Our own name of a type that we know; else what the authority calls it."""
    try:
        return names.document(CertificateType(configuration))
    except ValueError:
        return str(display.get(configuration) or plain(configuration, MOST_NAME))


def _code_hint(wanted: TransactionCode | None, say: Words) -> str:
    if wanted is None or not wanted.length:
        return ""
    return say(texts.CODE_OF_DIGITS if wanted.numeric else texts.CODE_OF_CHARACTERS, n=wanted.length)


def _progress(step: WorkingStep, progress: Progress, say: Words) -> None:
    step.progress = say(texts.PROGRESS, received=progress.received, total=progress.total)
    step.share = progress.received / max(1, progress.total)
