"""The signing policy: each check on both sides, and files that cannot be one."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from support.custody import (
    AT,
    CERTIFICATES_KEY,
    ISSUER,
    PEOPLE,
    PHONE,
    STATUS_KEY,
    by,
    by_rule,
    claims,
    hash_of,
    policy,
    policy_members,
    sea_pass,
    signing_input,
    status_list,
)

from keys.custody import policy_file
from keys.custody.approval import Act, verify
from keys.custody.policy_file import PolicyError
from keys.custody.quota import HOUR, LastHour, Usage
from keys.custody.signing_draft import DraftError, read
from keys.custody.signing_policy import Check, Refusal, SigningPolicy, not_entitled, over_quota
from keys.custody.steady_clock import ClockJumped, SteadyClock
from keys.encoding import b64url_encode

YEAR = 31_536_000


def judged(text: str, *tokens: str, at: int = AT, by_policy: SigningPolicy | None = None) -> Refusal | None:
    """As the signer does when a request comes in."""
    chosen = by_policy or policy()
    people = {kid: one.key for kid, one in chosen.approvers.items()}
    rules = {kid: one.key for kid, one in chosen.rule_keys.items()}
    return not_entitled(chosen, read(text), [verify(one, people, rules) for one in tokens], at=at)


def counted(purpose: str, used: Usage) -> Refusal | None:
    """As it does when a draft's turn to be signed has come."""
    return over_quota(policy(), purpose, used)


COURSE = signing_input(claims())
COURSE_HASH = hash_of(COURSE)
COMPETENCY = signing_input(claims("competency"))
COMPETENCY_HASH = hash_of(COMPETENCY)


def test_what_the_policy_lets_through() -> None:
    assert judged(COURSE, by("anna-1", [COURSE_HASH])) is None
    assert judged(COURSE, by_rule(["A" * 43, COURSE_HASH])) is None
    proposed = by("clerk-1", [COMPETENCY_HASH], "competency", act=Act.PROPOSE)
    two = [by(kid, [COMPETENCY_HASH], "competency") for kid in ("anna-1", "bo-1")]
    assert judged(COMPETENCY, proposed, *two) is None
    assert judged(status_list()) is None
    assert judged(sea_pass([claims(cnf=PHONE)])) is None  # as far as the policy goes: see test_custody_pass


PERSONS = {
    "nobody": (),
    "one": ("anna-1",),
    "one person's two keys": ("anna-1", "anna-2"),
    "one and somebody without the role": ("anna-1", "clerk-1"),
}


@pytest.mark.parametrize("kids", PERSONS.values(), ids=PERSONS)
def test_two_persons_are_two_people_with_the_role(kids: tuple[str, ...]) -> None:
    proposed = by("clerk-1", [COMPETENCY_HASH], "competency", act=Act.PROPOSE)
    found = judged(COMPETENCY, proposed, *(by(kid, [COMPETENCY_HASH], "competency") for kid in kids))
    assert isinstance(found, Refusal)
    assert found.check is Check.APPROVAL


def test_whoever_proposes_may_not_approve_even_with_another_key() -> None:
    two = [by(kid, [COMPETENCY_HASH], "competency") for kid in ("anna-1", "bo-1")]
    own = by("anna-2", [COMPETENCY_HASH], "competency", act=Act.PROPOSE)
    found = judged(COMPETENCY, own, *two)
    assert isinstance(found, Refusal)
    assert "proposes" in found.reason
    missing = judged(COMPETENCY, *two)
    assert isinstance(missing, Refusal)
    assert "nobody with a key of their own" in missing.reason


def limited(*path: str, to: Any) -> SigningPolicy:
    members = policy_members()
    place = members
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return policy(members)


GOOD = by("anna-1", [COURSE_HASH])
REFUSED: dict[str, tuple[Check, Any]] = {
    "unknown key": (Check.KEY, lambda: judged(signing_input(claims(), "SE-2026a"))),
    "a list's key for a certificate": (
        Check.PURPOSE,
        lambda: judged(signing_input(claims(), STATUS_KEY), GOOD),
    ),
    "a certificate's key for a list": (
        Check.PURPOSE,
        lambda: judged(status_list(kid=CERTIFICATES_KEY)),
    ),
    "a type that the policy lacks": (Check.PURPOSE, lambda: judged(signing_input(claims("tanker")))),
    "another issuer": (Check.ISSUER, lambda: judged(signing_input(claims(iss="https://se.example")))),
    "another's list": (Check.ISSUER, lambda: judged(status_list(sub="https://no.example.eve/status/1"))),
    "before the key signs": (
        Check.WINDOW,
        lambda: judged(signing_input(claims(iat=AT - YEAR)), at=AT - YEAR),
    ),
    "after the key signs": (
        Check.WINDOW,
        lambda: judged(signing_input(claims(iat=AT + 2 * YEAR)), at=AT + 2 * YEAR),
    ),
    "dated ahead": (Check.WINDOW, lambda: judged(signing_input(claims(iat=AT + 301)), GOOD)),
    "dated back": (Check.WINDOW, lambda: judged(signing_input(claims(iat=AT - 7 * 86_400 - 1)), GOOD)),
    "longer than the type lasts": (
        Check.VALIDITY,
        lambda: judged(COURSE, GOOD, by_policy=limited("types", "course", "valid_days", to=729)),
    ),
    "without end where the type has one": (
        Check.VALIDITY,
        lambda: judged(signing_input(claims("medical", exp=None, expiry_date=None))),
    ),
    "longer than the key counts": (
        Check.VALIDITY,
        lambda: judged(COURSE, GOOD, by_policy=limited("keys", "NO-2026a", "verify_until", to="2028-10-20")),
    ),
    "no approval": (Check.APPROVAL, lambda: judged(COURSE)),
    "over other claims": (Check.APPROVAL, lambda: judged(signing_input(claims(number=2)), GOOD)),
    "over one changed claim": (
        Check.APPROVAL,
        lambda: judged(signing_input(claims(family_name="Eve")), GOOD),
    ),
    "for another type": (Check.APPROVAL, lambda: judged(COURSE, by("anna-1", [COURSE_HASH], "medical"))),
    "from the future": (Check.APPROVAL, lambda: judged(COURSE, by("anna-1", [COURSE_HASH], at=AT + 301))),
    "of a role that does not count": (Check.APPROVAL, lambda: judged(COURSE, by("clerk-1", [COURSE_HASH]))),
    "a proposal alone": (
        Check.APPROVAL,
        lambda: judged(COURSE, by("anna-1", [COURSE_HASH], act=Act.PROPOSE)),
    ),
    "of somebody who has left": (
        Check.APPROVAL,
        lambda: judged(
            COURSE,
            GOOD,
            by_policy=limited("people", "anna", "keys", "anna-1", "until", to="2026-11-22"),
        ),
    ),
    "automatic by another rule": (
        Check.APPROVAL,
        lambda: judged(COURSE, by_rule([COURSE_HASH], rule="other-1")),
    ),
    "automatic by a rule nobody let in": (
        Check.APPROVAL,
        lambda: judged(COURSE, by_rule([COURSE_HASH], rule="course-2027.1")),
    ),
    "automatic for a type that is not": (
        Check.APPROVAL,
        lambda: judged(
            signing_input(claims("medical")), by_rule([hash_of(signing_input(claims("medical")))], "medical")
        ),
    ),
    "over the type's quota": (Check.QUOTA, lambda: counted("course", Usage(4_000, 4_000))),
    "over the quota in all": (Check.QUOTA, lambda: counted("course", Usage(0, 5_000))),
    "over the lists' quota": (Check.QUOTA, lambda: counted("status", Usage(500, 500))),
}


@pytest.mark.parametrize(("check", "case"), REFUSED.values(), ids=REFUSED)
def test_what_the_policy_does_not_let_through_names_the_check(check: Check, case: Any) -> None:
    found = case()
    assert isinstance(found, Refusal)
    assert found.check is check
    assert found.reason


def test_each_limit_is_met_exactly() -> None:
    assert counted("course", Usage(3_999, 4_999)) is None
    assert judged(signing_input(claims(iat=AT + 300)), GOOD) is None
    assert judged(COURSE, GOOD, by_policy=limited("types", "course", "valid_days", to=730)) is None


BAD_DRAFTS = {
    "no dots": "abc",
    "three parts": f"{COURSE}.AAAA",
    "another header": signing_input(claims(), x5u="https://eve.example"),
    "another typ": signing_input(claims(), typ="kb+jwt"),
    "an unknown type": signing_input(claims(vct="urn:ombord:admiral:1")),
    "a type by its name alone": signing_input(claims(vct="course")),
    "no iat": signing_input(claims(iat=None)),
    "iat as text": signing_input(claims(iat="1795305600")),
    "exp after expiry_date": signing_input(claims(exp=1_855_695_600 + 86_400)),
    "exp before expiry_date": signing_input(claims(exp=1_855_695_600 - 86_400)),
    "exp without expiry_date": signing_input(claims(expiry_date=None)),
    "expiry_date without exp": signing_input(claims(exp=None)),
    "nbf before issue_date": signing_input(claims(nbf=1_792_623_600 - 86_400)),
    "a date that is none": signing_input(claims(expiry_date="2028-02-30")),
    "a date in another form": signing_input(claims(expiry_date="20281020")),
}


@pytest.mark.parametrize("text", BAD_DRAFTS.values(), ids=BAD_DRAFTS)
def test_what_cannot_be_read_is_no_draft(text: str) -> None:
    with pytest.raises(DraftError):
        read(text)


def test_a_duplicate_claim_is_no_draft() -> None:
    payload = b64url_encode(b'{"vct":"a","vct":"b"}')
    with pytest.raises(DraftError, match="twice"):
        read(f"{COURSE.partition('.')[0]}.{payload}")


def changed(*path: str, to: Any) -> bytes:
    members = deepcopy(policy_members())
    place = members
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return json.dumps(members).encode()


BAD_POLICIES = {
    "nothing": b"",
    "no object": b"[]",
    "not YAML": b"{",
    "a name twice": b"format: a\nformat: b\n",
    "an alias": b"format: &a b\nissuers: *a\n",
    "a tag": b"format: !!python/name:os.system x\n",
    "another format": changed("format", to="x"),
    "an unknown member": changed("per_day", to=1),
    "an unknown member of a type": changed("types", "course", "per_day", to=1),
    "an unknown type": changed("types", "admiral", to={"per_hour": 1}),
    "no approvals at all": changed("types", "medical", to={"per_hour": 1}),
    "three persons": changed("types", "medical", "persons", to=3),
    "no quota": changed("types", "medical", to={"persons": 1, "roles": ["officer"]}),
    "a list that needs a person": changed(
        "types", "status", to={"per_hour": 1, "persons": 1, "roles": ["officer"]}
    ),
    "a rule that nobody signs": changed("types", "course", "automatic", to=["nobody-1"]),
    "a role that nobody has": changed("types", "medical", "roles", to=["captain"]),
    "a key for a type without a rule": changed("keys", "NO-2026a", "signs", to=["gmdss"]),
    "a window that ends before it begins": changed("keys", "NO-2026a", "until", to="2025-01-01"),
    "an instant without a zone": changed("keys", "NO-2026a", "until", to="2028-01-01T00:00:00"),
    "a key id with a space": changed("keys", "NO 2026", to={}),
    "the same key twice": changed(
        "people", "bo", "keys", "bo-1", "public", to=PEOPLE["anna-1"].public_key.to_jwk()
    ),
    "the same id twice": changed(
        "people", "bo", "keys", to={"anna-1": {"public": PEOPLE["bo-1"].public_key.to_jwk()}}
    ),
    "a private key": changed("people", "bo", "keys", "bo-1", "public", "d", to="A" * 43),
    "uids by name": changed("clients", to=["root"]),
    "nested deep": b"[" * 5_000,
}


@pytest.mark.parametrize("data", BAD_POLICIES.values(), ids=BAD_POLICIES)
def test_a_policy_with_a_slip_is_refused_whole(data: bytes) -> None:
    with pytest.raises(PolicyError):
        policy_file.parse(data)


def test_the_policy_of_the_operators_page_is_one() -> None:
    page = (Path(__file__).parents[2] / "docs" / "custody.md").read_text("utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    keys = iter(PEOPLE.values())
    text = re.sub(
        r"(?<=public: )(…|\{[^}]*\})", lambda _: json.dumps(next(keys).public_key.to_jwk()), example
    )
    found = policy_file.parse(text.encode())
    assert found.types["competency"].proposer_apart
    assert found.approvers["per-2026"].good_until == 1_796_083_200


def test_a_policy_that_others_may_write_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(json.dumps(policy_members()).encode())
    path.chmod(0o644)
    assert policy_file.load(path).issuers == {ISSUER}
    path.chmod(0o664)
    with pytest.raises(PolicyError, match="chmod go-w"):
        policy_file.load(path)


def test_an_hour_slides_and_forgets_to_the_second() -> None:
    hour = LastHour()
    hour.add("course", at=AT, count=2)
    hour.add("course", at=AT)
    hour.add("status", at=AT + 10)
    assert hour.used("course", at=AT + 10) == (3, 4)
    assert hour.used("course", at=AT + HOUR - 1) == (3, 4)
    assert hour.used("course", at=AT + HOUR) == (0, 1)
    assert hour.used("status", at=AT + HOUR + 10) == (0, 0)


def test_the_clock_may_not_jump() -> None:
    wall, boot = [float(AT)], [1_000.0]
    clock = SteadyClock(wall=lambda: wall[0], since_boot=lambda: boot[0], not_before=AT)
    wall[0], boot[0] = AT + 60.0, 1_060.0
    assert clock() == AT + 60
    wall[0] -= 3  # as when it is put right by a little
    assert clock() == AT + 60
    for jump in (-3_600, 3_600, -31, 31):
        wall[0] = AT + 60.0 + jump
        with pytest.raises(ClockJumped):
            clock()
    wall[0] = AT + 60.0
    assert clock() == AT + 60
    behind = SteadyClock(wall=lambda: wall[0], since_boot=lambda: boot[0], not_before=AT + 100)
    with pytest.raises(ClockJumped, match="behind the journal"):
        behind()
