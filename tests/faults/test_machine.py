"""Any interleaving of what happens to certificates and credentials ends where a simple model says.

On SQLite alone: one thread at a time asks, so both databases run the same statements in the same order; what
differs between them is what happens at once, which is the hundred workers' business.
"""

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.engine.default import DefaultDialect
from support.desk import Desk
from support.faults_invariants import STATUS_OF, check_register
from support.faults_register import Rows
from support.faults_rounds import rounds
from support.faults_workload import LI
from support.scenario import INGRID, competency
from support.simulator import seeded_signer

from issuer.adapters.database import Database
from issuer.domain.errors import (
    Conflict,
    IdempotencyConflict,
    IllegalTransition,
    IssuerError,
    NotInForce,
    PhoneTaken,
)
from keys import jws
from keys.encoding import b64url_decode, json_object
from verifier import status as status_format

PHONES: Final = {name: seeded_signer(name).public_key for name in ("one", "two", "three")}
HOLDERS: Final = {INGRID.seafarer_id: INGRID, LI.seafarer_id: LI}
NUMBERS: Final = {"NO-A-1": INGRID, "NO-A-2": INGRID, "NO-B-1": LI}

# What may become of a certificate, as STCW's register knows it: written here once more, on purpose.
NEXT: Final = {
    "suspend": {"in-force": "suspended"},
    "reinstate": {"suspended": "in-force"},
    "revoked": dict.fromkeys(("in-force", "suspended", "lost", "destroyed"), "revoked"),
    "cancelled": dict.fromkeys(("in-force", "suspended", "lost", "destroyed", "replaced"), "cancelled"),
    "lost": {"in-force": "lost"},
    "replace": dict.fromkeys(("in-force", "lost", "destroyed"), "replaced"),
}
TOLD: Final = {"revoked": "revoke", "cancelled": "cancel", "lost": "report-lost"}


@dataclass
class Credential:
    """What the model knows of one that was released."""

    number: str
    phone: str | None
    token: str
    serial: str
    superseded: bool = False


class Dies(Exception):
    """The process dies at a commit."""


class Register(RuleBasedStateMachine):
    """The register beside its model."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ombord-machine-"))
        shutil.copy(self.template, self.folder / "register.db")
        self.desk = Desk.open(Database.open(f"sqlite:///{self.folder}/register.db"), list_size=64)
        self.rows = Rows(f"sqlite:///{self.folder}/register.db")
        self.states = dict.fromkeys(NUMBERS, "in-force")
        self.holders = {number: holder.seafarer_id for number, holder in NUMBERS.items()}
        self.released: dict[str, Credential] = {}  # by idempotency key
        self.events: Counter[tuple[str, str]] = Counter()
        self.shown: dict[int, tuple[int, int]] = {}
        self.import_again()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.database.close()
            shutil.rmtree(self.folder)

    @rule()
    def import_again(self) -> None:
        """The source says what it said before: no decision is undone."""
        self.desk.enter(*(replace(competency(), document_number=n, holder=h) for n, h in NUMBERS.items()))

    @rule(days=st.integers(0, 3))
    def time_passes(self, days: int) -> None:
        self.desk.clock.now += timedelta(days=days, seconds=1)

    @rule(
        place=st.integers(0, 9),
        phone=st.sampled_from([None, *PHONES]),
        key=st.integers(0, 12),
        dies_at=st.sampled_from([None, None, None, *range(6)]),
        committed=st.booleans(),
    )
    def issue(self, place: int, phone: str | None, key: int, dies_at: int | None, committed: bool) -> None:
        number = self._number(place)
        wanted = self._expected(number, phone, f"key {key}")
        if dies_at is not None:
            self._die(number, phone, f"key {key}", dies_at, committed)
        holder = None if phone is None else PHONES[phone]
        if wanted is not None:
            with pytest.raises(wanted):
                self.desk.issue(number, holder, f"key {key}")
            return
        issued = self.desk.issue(number, holder, f"key {key}")
        known = self.released.get(f"key {key}")
        if known is not None:
            assert (issued.token, issued.serial) == (known.token, known.serial), "a retry got other bytes"
            return
        self._supersede(lambda one: one.number == number and (one.phone is None) == (phone is None))
        self.released[f"key {key}"] = Credential(number, phone, issued.token, issued.serial)

    @rule(place=st.integers(0, 9), what=st.sampled_from(sorted(set(NEXT) - {"replace"})))
    def decide(self, place: int, what: str) -> None:
        number = self._number(place)
        after = NEXT[what].get(self.states[number])
        try:
            if what in ("suspend", "reinstate"):
                getattr(self.desk.lifecycle, what)(number, reason="test", actor="clerk")
            else:
                self.desk.lifecycle.revoke(number, ending=what, reason="test", actor="clerk")
        except IllegalTransition:
            assert after is None, f"{what} of {self.states[number]} was refused"
            return
        assert after is not None, f"{what} of {self.states[number]} was allowed"
        self.states[number] = after
        self.events[f"certificate-{TOLD.get(what, what)}", number] += 1

    @rule(place=st.integers(0, 9))
    def replace_by_a_copy(self, place: int) -> None:
        number = self._number(place)
        allowed = self.states[number] in NEXT["replace"]
        try:
            done = self.desk.lifecycle.replace(number, reason="test", actor="clerk")
        except Conflict:
            assert not allowed
            return
        assert allowed
        self.states[number], self.states[done.new] = "replaced", "in-force"
        self.holders[done.new] = self.holders[number]
        self.events["certificate-replace", number] += 1

    @rule(seafarer=st.sampled_from(sorted(HOLDERS)))
    def lose_the_phone(self, seafarer: str) -> None:
        count = self.desk.lifecycle.rebind(seafarer, actor="clerk").credentials
        mine = [one for one in self._living() if one.phone and self.holders[one.number] == seafarer]
        assert count == len(mine)
        self._supersede(lambda one: one in mine)
        self.events["seafarer-rebound", seafarer] += 1

    @precondition(lambda self: self.released)
    @rule()
    def publish(self) -> None:
        """What is signed now shows what the model says, and is later than what was signed before."""
        for number in self.desk.publisher.numbers():
            signed = self.desk.publisher.current(number)
            before = self.shown.get(number, (0, 0))
            assert (signed.iat.timestamp(), signed.statement_number) >= before
            self.shown[number] = (int(signed.iat.timestamp()), signed.statement_number)
            said = self.rows(f"SELECT idx, serial FROM credential WHERE list_number = {number}")
            lst = _states_of(signed.token)
            by_serial = {one.serial: one for one in self.released.values()}
            for row in said:
                known = by_serial.get(row["serial"])
                shown = lst[row["idx"] // 4] >> row["idx"] % 4 * 2 & 3
                assert shown == (1 if known is None else self._status(known)), row

    @invariant()
    def register_and_model_agree(self) -> None:
        if not hasattr(self, "desk"):
            return
        found = self.rows("SELECT document_number, state FROM certificate")
        assert {row["document_number"]: row["state"] for row in found} == self.states
        known = {one.serial: self._status(one) for one in self.released.values()}
        query = "SELECT serial, status FROM credential WHERE state = 'released'"
        assert {row["serial"]: row["status"] for row in self.rows(query)} == known
        events = Counter(
            (row["event"], row["subject"]) for row in self.rows("SELECT event, subject FROM audit_event")
        )
        for what, count in self.events.items():
            assert events[what] == count, f"{what} happened {count} times, and is noted {events[what]} times"
        assert sum(count for (event, _), count in events.items() if event == "credential-logged") >= len(
            known
        )
        check_register(self.rows)

    def _expected(self, number: str, phone: str | None, key: str) -> type[IssuerError] | None:
        """How `issue` is refused; None: it is not."""
        known = self.released.get(key)
        if known is not None:
            return None if (known.number, known.phone) == (number, phone) else IdempotencyConflict
        if self.states[number] != "in-force":
            return NotInForce
        others = [one for one in self._living() if phone is not None and one.phone == phone]
        if any(self.holders[one.number] != self.holders[number] for one in others):
            return PhoneTaken
        return None

    def _die(self, number: str, phone: str | None, key: str, at: int, committed: bool) -> None:
        """The first who asks dies at a commit; whoever comes next finishes what there is."""
        commit, left = DefaultDialect.do_commit, [at]

        def dying(dialect: Any, connection: Any) -> None:
            left[0] -= 1
            if left[0] < 0 and not committed:
                raise Dies
            commit(dialect, connection)
            if left[0] < 0:
                raise Dies

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(DefaultDialect, "do_commit", dying)
            with suppress(Dies, IssuerError):
                self.desk.issue(number, None if phone is None else PHONES[phone], key)
        self.desk.issuer.resume()

    def _number(self, place: int) -> str:
        return sorted(self.states)[place % len(self.states)]

    def _living(self) -> list[Credential]:
        return [one for one in self.released.values() if not one.superseded]

    def _supersede(self, which: Any) -> None:
        for one in self._living():
            one.superseded = bool(which(one))

    def _status(self, one: Credential) -> int:
        status = STATUS_OF[self.states[one.number]]
        return 3 if one.superseded and status != 1 else status


def _states_of(token: str) -> bytes:
    """The array of a status list token, its signature unchecked."""
    body: Any = json_object(jws.parse(token).payload)["status_list"]
    return status_format.inflate(b64url_decode(body["lst"]))


def test_register_does_what_the_model_says(sqlite_template: Path) -> None:
    Register.template = sqlite_template
    run_state_machine_as_test(
        Register,
        settings=limits(
            max_examples=rounds(4),
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
        ),
    )
