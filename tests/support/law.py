"""A small act of law, and an applicant: what tests of the rule language judge."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import Channel, Facts, Kind, Record, Reporter, Service, Source
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, evaluate
from issuer.rules.reading.act_file import act_of

ON: Final = date(2026, 11, 22)
COMPANY: Final = Source(reporter=Reporter.COMPANY, channel=Channel.API)
SCHOOL: Final = Source(reporter=Reporter.SCHOOL, channel=Channel.API)
UPLOADED: Final = Source(reporter=Reporter.APPLICANT, channel=Channel.UPLOAD)
POLICY: Final = EvidencePolicy(
    name="test",
    ref="a test's own",
    accepts={kind: frozenset((one.reporter, one.channel) for one in (COMPANY, SCHOOL)) for kind in Kind},
)

HEAD: Final = """
act:
  id: TEST-1
  country: SE
  names: {sv: Prov, en: Trial}
  counts: days
scales:
  area: [inre-fart, narfart, europafart, oceanfart]
  rank/deck: [rating, officer, chief-mate, master]
  holding/deck: [VIII, VII, VI, V, IV, III, II, K]
defaults:
  - {ref: "2 kap. 30 §", where: {department: deck}, adds: {gt_min: 70}}
fragments:
  medical:
    document: {ref: "2 kap. 1 §", code: medical, no_older: P2Y}
"""

MASTER: Final = """
rules:
  - id: SE.K
    ref: "2 kap. 3 §"
    kind: competence
    names: {sv: Sjökapten, en: Master mariner}
    in_force: {from: 2012-01-01}
    validity: {ref: "6 kap. 2 §", period: P5Y, renewal_window: P6M}
    requires:
      all:
        - use: medical
        - exam: {ref: "2 kap. 3 § 1", code: sjokaptensexamen}
        - service:
            ref: "2 kap. 3 § 2"
            after: {scale: deck, at_least: V}
            where: {department: deck, rank_min: officer, use: merchant, gt_min: 500}
            months: 36
            of_which:
              - ref: "2 kap. 3 § andra stycket"
                where: {area_min: narfart, without: oresund-only}
                months: 18
                of_which:
                  - {ref: "2 kap. 3 § andra stycket", where: {rank_min: chief-mate, gt_min: 3000}, months: 12}
"""


def rule(text: str) -> Rule:
    """The first rule of an act with the usual head."""
    return act_of((HEAD + text).encode(), "test.yaml")[1][0]


def asks(condition: str) -> Rule:
    """A rule that asks for one condition, given as flow YAML."""
    return rule(
        "rules:\n  - {id: T, ref: 1 §, kind: competence, names: {en: T}, in_force: {from: 2012-01-01}, "
        f"requires: {condition}}}\n"
    )


def service(days: int, *, start: date = date(2015, 1, 1), **changes: Any) -> Service:
    """So many days of a chief mate's service at sea, reported by the company."""
    known: dict[str, Any] = {
        "id": f"s-{start}", "source": COMPANY, "department": "deck", "rank": "chief-mate", "gt": 5_000,
        "use": "merchant", "area": "oceanfart", "flag": "SE",
    }  # fmt: skip
    return Service(first=start, last=start + timedelta(days=days - 1), **{**known, **changes})


def record(kind: Kind, code: str, day: date = date(2014, 6, 1), **changes: Any) -> Record:
    """A record of one day, reported by the school."""
    known: dict[str, Any] = {"id": f"{kind}-{code}", "kind": kind, "code": code, "day": day, "source": SCHOOL}
    return Record(**{**known, **changes})


def master_to_be(*services: Service) -> Facts:
    """Everything that a master needs but service: of that, as given."""
    return Facts(
        birth_date=date(1988, 4, 12),
        services=services,
        records=(
            record(Kind.DOCUMENT, "medical", ON - timedelta(days=100)),
            record(Kind.EXAM, "sjokaptensexamen"),
            record(Kind.HOLDING, "V", date(2014, 7, 1)),
        ),
    )


def judge(text: Rule, facts: Facts, *, on: date = ON, **changes: Any) -> Outcome:
    """The outcome, by the tests' policy."""
    return evaluate(text, facts, on=on, policy=replace(POLICY, **changes))
