"""Adding certificates, step by step: offer, consent with the pick-up code, progress, and how it ended."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kivy.app import App
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from verifier.ui import texts as shared
from verifier.ui.ports.scanner import ScanError
from verifier.ui.words import Words
from verifier.ui.work import WorkError
from wallet_app import texts
from wallet_app import texts_showing as more
from wallet_app.core import offer_views
from wallet_app.core.named_file import file_named, text_in
from wallet_app.core.pickup import Progress, Proposal
from wallet_app.core.scanned import Kind, Scanned
from wallet_app.core.syncing import ReadyOffer
from wallet_app.core.troubles import Trouble, told
from wallet_app.core.viewstate import Tone
from wallet_app.ui.add_steps import ConsentStep, OfferStep, code_hint, document_name
from wallet_app.ui.common import EndStep, WorkingStep


class AddScreen(Screen):
    """Drives one pick-up; leaving it stops nothing and loses nothing."""

    step = ObjectProperty(None, allownone=True)
    _asked: object = None  # the question that is open: an answer to an older one would change what is read

    def start(self) -> None:
        """Ask for an offer."""
        self._asked = None
        self._show(OfferStep())

    def look_at(self, text: str, tx_code: str = "") -> None:
        """Ask the authority what the offer holds."""
        app = self._app
        self._show(WorkingStep(message=app.say(texts.LOOKING)))

        def work() -> Proposal:
            proposal: Proposal = app.wallet.pick_ups.look_at(text)
            app.wallet.trust.look_up(proposal.authority.issuer)  # reads the directory, off the drawing thread
            return proposal

        self._ask(
            work,
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

        def work() -> ReadyOffer | None:
            ready: ReadyOffer | None = app.wallet.syncs.ready_offer(anew=anew)
            if ready is not None:
                app.wallet.trust.look_up(ready.proposal.authority.issuer)  # reads the directory, as above
            return ready

        self._ask(
            work,
            found,
            lambda error: self.fail(error, self.get_ready_ones),
        )

    def read_typed(self, text: str) -> None:
        """A link, or the path of a file on this device; a link that is no offer's is not opened."""
        path = file_named(text)
        if path is not None:
            self.read_picture(path)
        else:
            self._app.take(text)

    def pick(self) -> None:
        """From the system's own file picker."""
        app = self._app
        app.pick(
            self.read_picture,
            lambda _: self._show(OfferStep(complaint=app.say(texts.PICTURE_UNREADABLE))),
        )

    def read_picture(self, path: Path) -> None:
        """An offer from a file: a picture of its QR code, or its text."""
        app, say = self._app, self._app.say
        written = text_in(path)
        if written is not None:
            app.take(written)
            return
        self._show(WorkingStep(message=say(texts.LOOKING)))

        def work() -> list[str]:
            try:
                found: list[str] = app.scanner.read(path)
            except ScanError as error:
                raise WorkError(str(error)) from error
            return found

        def done(found: list[str]) -> None:
            if len(found) == 1:
                app.take(found[0])
            else:
                self._show(OfferStep(complaint=say(texts.SEVERAL_QRS if found else texts.NO_QR)))

        self._ask(work, done, lambda _: self._show(OfferStep(complaint=say(texts.PICTURE_UNREADABLE))))

    def refuse(self, found: Scanned, text: str) -> None:
        """Say what it is instead of an offer; nothing was opened."""
        self._asked = None
        say = self._app.say
        is_address = found.kind is Kind.WEB_ADDRESS
        advice = more.CERTIFICATE_ADVICE if found.kind is Kind.CERTIFICATE else more.NOT_THIS_ADVICE
        self._show(
            EndStep(
                tone="caution",
                title=say(more.NOT_THIS[found.kind], shown=found.shown),
                advice=say(advice),
                main=say(more.SCAN_AGAIN),
                act=self.start,
                other=say(more.OPEN_ANYWAY) if is_address else "",
                act_otherwise=lambda: self.look_at(text),
            )
        )

    def propose(
        self, proposal: Proposal, tx_code: str = "", complaint: str = "", *, known_code: str = ""
    ) -> None:
        """Ask the seafarer; for the code too, unless it is a `known_code`."""
        say, authority, wanted = self._app.say, proposal.authority, proposal.offer.transaction_code
        known = self._app.wallet.trust.look_up(authority.issuer)
        check = offer_views.check_state(known, authority.name, say)
        step = ConsentStep(
            check_tone=check.tone.value,
            check_words=check.text,
            check_action=check.action,
            agree_words=say(more.PICK_UP_ANYWAY if check.tone is Tone.BAD else texts.PICK_UP),
            offered_by=say(texts.OFFERED_BY, issuer=known.name or authority.name),
            host=say(texts.FROM_ADDRESS, host=urlsplit(authority.issuer).netloc),
            needs_code=wanted is not None and not known_code,
            code_is_number=wanted is None or wanted.numeric,
            code_length=0 if wanted is None else wanted.length,
            code_hint=code_hint(wanted, say),
            code_advice=(wanted.description if wanted else "") or say(texts.PICK_UP_CODE_ADVICE),
            code=tx_code,
            complaint=complaint,
        )
        step.documents = [
            document_name(name, authority.documents, say) for name in proposal.offer.configurations
        ]
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
        self._asked = None
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
                detail=say(shared.FOR_SUPPORT, detail=error.detail),
                main=say(main),
                act=act,
                other=say(texts.FORGET if unfinished and not retry else texts.TRY_LATER),
                act_otherwise=self._forget if unfinished and not retry else self._app.show_list,
            )
        )

    def _forget(self) -> None:
        """What cannot be written stands, and is offered again."""
        app = self._app
        app.background.run(
            app.wallet.pick_ups.give_up,
            lambda _: app.show_list(),
            lambda error: self.fail(error, self._forget),
        )

    def _ask(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[WorkError], None]
    ) -> None:
        """Off the drawing thread; the answer counts while nothing else was asked."""
        asked = self._asked = object()

        def if_open(call: Callable[[Any], None], answer: Any) -> None:
            if self._asked is asked:
                call(answer)

        self._app.background.run(work, partial(if_open, done), partial(if_open, failed))

    def _show(self, step: BoxLayout) -> None:
        self.ids.area.clear_widgets()
        self.ids.area.add_widget(step)
        self.ids.scroll.scroll_y = 1
        self.step = step

    @property
    def _app(self) -> Any:
        return App.get_running_app()


def _progress(step: WorkingStep, progress: Progress, say: Words) -> None:
    step.progress = say(texts.PROGRESS, received=progress.received, total=progress.total)
    step.share = progress.received / max(1, progress.total)
