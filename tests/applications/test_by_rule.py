"""Where a signing policy is set: a rule's own key approves what it may, and all else waits for people."""

import pytest
from sqlalchemy import update
from support.approvers import members
from support.cases import SELF, Bench, medical, watch_service
from support.custody import ENGINE
from support.custody import policy as policy_of

from issuer.adapters.tables_applications import application
from issuer.domain.applications import Decision
from issuer.services.applications.approving_by_rule import ApprovingByRule
from issuer.services.applications.granting import rule_name
from issuer.services.approval.awaiting import Awaiting


@pytest.fixture
def guarded(bench: Bench) -> Bench:
    """The same authority, whose policy lets the rule of 2 kap. 12 § approve proficiencies."""
    rule = rule_name(bench.book().law.rule("SE.Lmt", bench.today))
    policy = members()
    policy["types"]["proficiency"] = {
        "persons": 1, "roles": ["officer"], "automatic": [rule], "per_hour": 100
    }  # fmt: skip
    for key in policy["keys"].values():
        if "competency" in key["signs"]:
            key["signs"] = [*key["signs"], "proficiency"]
    policy["rules"]["engine-1"]["approves"].append(rule)
    bench.policy = policy_of(policy)
    return bench


def engine(bench: Bench) -> ApprovingByRule:
    parts = (bench.database, bench.clock)
    awaiting = Awaiting(*parts, bench.settings, bench.policy)
    explaining = bench.applications.explaining
    return ApprovingByRule(*parts, bench.approving, awaiting, explaining, kid="engine-1", signer=ENGINE)


def test_automatic_case_is_approved_by_its_rule_and_signed(guarded: Bench) -> None:
    guarded.know_enough()
    case = guarded.submit()
    assert guarded.finishing.finish(case).state == "issuing", "nobody has approved it"
    assert engine(guarded).run() == 1
    assert engine(guarded).run() == 0
    assert guarded.finishing.finish(case).state == "issued"


def test_what_a_person_granted_no_rule_approves(guarded: Bench) -> None:
    guarded.know(medical(guarded.today), watch_service(guarded.today, source=SELF))
    case = guarded.submit()
    guarded.applications.deciding.decide(
        case, Decision.GRANT, reason="the book was shown", by="operator:anna"
    )
    assert engine(guarded).run() == 0
    # Somebody with the database says that it was automatic: the law, asked again, does not say so.
    with guarded.database.write() as connection:
        connection.execute(update(application).values(automatic=1))
    assert engine(guarded).run() == 0
    assert guarded.finishing.finish(case).state == "issuing"


def test_rule_that_the_policy_does_not_name_waits_for_people(guarded: Bench) -> None:
    assert guarded.policy is not None
    guarded.policy = policy_of(
        {
            **members(),
            "types": {
                **members()["types"],
                "proficiency": {"persons": 1, "roles": ["officer"], "per_hour": 100},
            },
        }
        | {
            "keys": {
                name: {**key, "signs": [*key["signs"], "proficiency"]}
                if "competency" in key["signs"]
                else key
                for name, key in members()["keys"].items()
            }
        }
    )
    guarded.know_enough()
    case = guarded.submit()
    assert engine(guarded).run() == 0
    assert guarded.finishing.finish(case).state == "issuing"
