"""Mass operations: what is frozen, done, refused, paused and taken up again, each certificate once."""

import pytest
from sqlalchemy import select
from support.desk import MEDICAL, NUMBER, Desk
from support.issuer_app import KEYS
from support.scenario import competency
from support.simulator import seeded_signer
from support.work_off import work_off

from issuer.adapters.tables import credential
from issuer.domain.errors import Conflict, InvalidInput, NotFound
from issuer.services.custody.authority_keys import AuthorityKeys
from issuer.services.issuing.issuer import CredentialIssuer
from issuer.services.issuing.stopping import Stopping
from issuer.services.mass.affected import Affecting, Selection
from issuer.services.mass.operations import Mass, Wish
from issuer.services.mass.progress import Kind
from issuer.services.mass.working import MassWorker, Worked
from verifier.status import Status

OLD, NEW = "NO-2026a", "NO-2026b"
ROTATED = AuthorityKeys(
    signers={**KEYS.signers, NEW: seeded_signer(NEW)},
    certificate_kid=NEW,
    status_kid=KEYS.status_kid,
    pass_kid=KEYS.pass_kid,
)


def mass(desk: Desk, **settings: object) -> Mass:
    return Mass(desk.database, desk.clock, desk.settings.model_copy(update=settings))


def worker(desk: Desk, keys: AuthorityKeys = ROTATED, batch: int = 2) -> MassWorker:
    parts = (desk.database, desk.clock, keys, desk.settings)
    return MassWorker(*parts, CredentialIssuer(*parts), batch=batch, issued_at_once=batch)


def wish(kind: Kind = Kind.REVOKE, reason: str = "a forged rule", **selection: object) -> Wish:
    return Wish(kind=kind, selection=Selection(**(selection or {"key": OLD})), reason=reason)  # type: ignore[arg-type]


def papers(desk: Desk, count: int = 5) -> list[str]:
    """So many certificates in force, each with a paper."""
    numbers = desk.enter_many(count)
    desk.printing.sign(desk.printing.requests(numbers))
    return numbers


def living(desk: Desk) -> list[tuple[str, int]]:
    """Key and status of each credential, oldest first."""
    with desk.database.read() as connection:
        query = select(credential.c.kid, credential.c.status).order_by(credential.c.id)
        return [(row.kid, row.status) for row in connection.execute(query)]


@pytest.mark.parametrize(
    ("kind", "state", "status"),
    [(Kind.REVOKE, "revoked", Status.REVOKED), (Kind.SUSPEND, "suspended", Status.SUSPENDED)],
)
def test_operation_changes_each_certificate_of_its_selection_once(
    desk: Desk, kind: Kind, state: str, status: Status
) -> None:
    numbers = papers(desk)
    operation = mass(desk).propose(wish(kind), actor="director")
    assert (operation.state, operation.certificates, operation.left) == ("running", 5, 5)
    assert work_off(worker(desk)) is Worked.NONE
    shown = mass(desk).show(operation.id)
    assert (shown.state, shown.done, shown.refused, shown.left) == ("finished", 5, (), 0)
    assert {desk.state(number) for number in numbers} == {state}
    assert {status for _, status in living(desk)} == {status.value}
    assert desk.events().count(f"certificate-{kind}") == 5


def test_what_the_state_machine_refuses_is_counted_by_reason_and_stops_no_other(desk: Desk) -> None:
    numbers = papers(desk)
    desk.lifecycle.revoke(numbers[0], reason="a forgery", actor="clerk")
    desk.lifecycle.suspend(numbers[1], reason="a casualty", actor="clerk")
    operation = mass(desk).propose(wish(Kind.SUSPEND), actor="director")
    work_off(worker(desk))
    shown = mass(desk).show(operation.id)
    assert (shown.done, shown.left) == (3, 0)
    assert sorted(shown.refused) == [
        ("revoked: suspend is not possible", 1),
        ("suspended: suspend is not possible", 1),
    ]


def test_replaced_certificates_of_a_mass_revocation_are_refused_each_by_name_in_the_trail(desk: Desk) -> None:
    numbers = papers(desk)
    new = desk.lifecycle.replace(numbers[0], reason="renewed", actor="clerk").new
    operation = mass(desk).propose(wish(), actor="director")
    work_off(worker(desk))
    shown = mass(desk).show(operation.id)
    assert (shown.done, shown.refused) == (4, (("replaced: revoke is not possible", 1),))
    assert (desk.state(numbers[0]), desk.state(new)) == ("replaced", "in-force")
    assert desk.events(numbers[0])[-1] == "certificate-change-refused"
    assert desk.events().count("certificate-change-refused") == 1


def test_selection_is_frozen_when_it_is_proposed(desk: Desk) -> None:
    desk.enter()
    desk.issue()
    operation = mass(desk).propose(wish(), actor="director")
    desk.issue(MEDICAL, key="later")
    work_off(worker(desk))
    assert mass(desk).show(operation.id).done == 1
    assert desk.state(MEDICAL) == "in-force"


def test_paused_operation_stands_still_and_goes_on_where_it_stood(desk: Desk) -> None:
    papers(desk)
    operation = mass(desk).propose(wish(), actor="director")
    assert worker(desk).step() is Worked.SOME
    assert mass(desk).decide(operation.id, "pause", actor="clerk").left == 3
    assert work_off(worker(desk)) is Worked.NONE
    assert mass(desk).show(operation.id).left == 3
    mass(desk).decide(operation.id, "resume", actor="clerk")
    work_off(worker(desk))
    assert mass(desk).show(operation.id).state == "finished"


def test_cancelled_operation_leaves_the_rest_as_it_is(desk: Desk) -> None:
    numbers = papers(desk)
    operation = mass(desk).propose(wish(), actor="director")
    worker(desk).step()
    shown = mass(desk).decide(operation.id, "cancel", actor="clerk")
    work_off(worker(desk))
    assert (shown.done, shown.left) == (2, 3)
    assert [desk.state(number) for number in numbers].count("in-force") == 3


@pytest.mark.parametrize(
    ("what", "before"),
    [("resume", "finished"), ("pause", "finished"), ("cancel", "finished"), ("approve", "finished"),
     ("resume", "running"), ("approve", "running")],
)  # fmt: skip
def test_decision_that_does_not_fit_is_a_conflict_with_an_event(desk: Desk, what: str, before: str) -> None:
    papers(desk, 1)
    operation = mass(desk).propose(wish(), actor="director")
    if before == "finished":
        work_off(worker(desk))
    with pytest.raises(Conflict, match=f"is {before}: {what} is not possible"):
        mass(desk).decide(operation.id, what, actor="clerk")
    assert desk.events()[-1] == "mass-refused"
    assert mass(desk).show(operation.id).state == before


@pytest.mark.parametrize(
    ("selection", "error"),
    [({"state": None}, InvalidInput), ({"key": "NO-1999a"}, NotFound), ({"rule": "r/1"}, NotFound),
     ({"reporter": "nobody"}, NotFound), ({"provider": "none"}, NotFound), ({"configuration": "0"}, NotFound),
     ({"numbers": (NUMBER, "NO-NONE")}, NotFound), ({"type": "a ticket"}, InvalidInput),
     ({"state": "revoked"}, Conflict), ({"issued_from": 2, "issued_until": 2}, InvalidInput)],
)  # fmt: skip
def test_selection_of_nothing_is_refused_with_an_event(
    desk: Desk, selection: dict[str, object], error: type[Exception]
) -> None:
    desk.enter()
    with pytest.raises(error):
        mass(desk).propose(wish(**selection), actor="director")
    assert desk.events()[-1] == "mass-refused"
    assert mass(desk).list() == []


def test_second_person_begins_what_needs_two(desk: Desk) -> None:
    papers(desk, 1)
    four_eyed = mass(desk, mass_persons=2)
    operation = four_eyed.propose(wish(), actor="director")
    assert operation.state == "proposed"
    assert work_off(worker(desk)) is Worked.NONE
    with pytest.raises(Conflict, match="was proposed by director"):
        four_eyed.decide(operation.id, "approve", actor="director")
    assert four_eyed.decide(operation.id, "approve", actor="clerk").approved_by == "clerk"
    work_off(worker(desk))
    assert four_eyed.show(operation.id).done == 1


def test_papers_are_signed_again_under_the_new_key_and_the_old_ones_replaced(desk: Desk) -> None:
    numbers = papers(desk)
    operation = mass(desk).propose(wish(Kind.REISSUE), actor="director")
    work_off(worker(desk))
    assert mass(desk).show(operation.id).done == 5
    assert living(desk) == [(OLD, Status.REPLACED)] * 5 + [(NEW, Status.VALID)] * 5
    issuer = CredentialIssuer(desk.database, desk.clock, ROTATED, desk.settings)
    printed = issuer.issue_many(desk.printing.requests(numbers))
    assert len(living(desk)) == 10, "printing afterwards prints what was signed again"
    assert {one.kid for one in printed} == {NEW}  # type: ignore[union-attr]


def test_worker_that_finds_the_old_key_still_in_use_holds_the_operation(desk: Desk) -> None:
    papers(desk, 1)
    operation = mass(desk).propose(wish(Kind.REISSUE), actor="director")
    work_off(worker(desk, KEYS))
    shown = mass(desk).show(operation.id)
    assert (shown.state, shown.note) == ("paused", "certificate_kid is still NO-2026a")


def test_certificates_that_have_nothing_to_sign_again_say_why(desk: Desk) -> None:
    desk.enter()
    desk.issue(holder=None)
    desk.issue(MEDICAL, key="phone")
    desk.lifecycle.revoke(NUMBER, reason="a forgery", actor="clerk")
    desk.lifecycle.suspend(MEDICAL, reason="a casualty", actor="clerk")
    operation = mass(desk).propose(wish(Kind.REISSUE), actor="director")
    work_off(worker(desk))
    shown = mass(desk).show(operation.id)
    assert shown.done == 0
    assert sum(one.certificates for one in shown.refused) == 2


def test_stopped_issuing_holds_reissue_up_and_lets_revocation_go_on(desk: Desk) -> None:
    papers(desk)
    again = mass(desk).propose(wish(Kind.REISSUE), actor="director")
    switch = Stopping(desk.database, desk.clock)
    switch.stop(reason="a forged approval", actor="clerk")
    assert work_off(worker(desk)) is Worked.HELD_UP
    assert mass(desk).show(again.id).left == 5
    revocation = mass(desk).propose(wish(numbers=("NO-COC-0000",)), actor="director")
    assert work_off(worker(desk)) is Worked.HELD_UP
    assert mass(desk).show(revocation.id).done == 1
    switch.start(actor="clerk")
    work_off(worker(desk))
    assert mass(desk).show(again.id).done == 4


def test_dead_workers_batch_is_taken_up_again_and_nothing_is_signed_twice(desk: Desk) -> None:
    papers(desk, 2)
    operation = mass(desk).propose(wish(Kind.REISSUE), actor="director")

    class _Dies(CredentialIssuer):
        def issue_many(self, requests):  # type: ignore[no-untyped-def]
            super().issue_many(requests)
            raise KeyboardInterrupt  # killed after the release, before it could be noted

    parts = (desk.database, desk.clock, ROTATED, desk.settings)
    with pytest.raises(KeyboardInterrupt):
        MassWorker(*parts, _Dies(*parts)).step()
    assert mass(desk).show(operation.id).left == 2
    work_off(worker(desk))
    assert mass(desk).show(operation.id).done == 2
    assert [kid for kid, _ in living(desk)] == [OLD, OLD, NEW, NEW]


def test_affected_pages_and_counts_what_an_operation_would_take(desk: Desk) -> None:
    numbers = papers(desk)
    affecting = Affecting(desk.database)
    found, after = [], 0
    while after is not None:
        page = affecting.page(Selection(key=OLD), after=after, limit=2)
        found += [one.document_number for one in page.affected]
        after = page.after
    assert found == numbers
    assert affecting.count(Selection(key=OLD)) == (5, 5)
    assert affecting.count(Selection(key=OLD, type=competency().type.value, state="in-force")) == (5, 5)
    at = int(desk.clock().timestamp())
    assert affecting.count(Selection(issued_from=at, issued_until=at + 1)).certificates == 5
    assert affecting.count(Selection(issued_from=at + 1)).certificates == 0
