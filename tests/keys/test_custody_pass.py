"""Whoever takes over a web worker gets no pass signed that tells of more than its credentials say."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from support.custody import (
    AT,
    CERTIFICATES_KEY,
    ISSUER,
    PASS_KEY,
    PASSPHRASE,
    PHONE,
    SIGNERS,
    STATUS_KEY,
    by_rule,
    claims,
    member,
    policy_members,
    sea_pass,
    signing_input,
    status_list,
)
from support.custody import policy as policy_of
from support.signer_process import SignerProcess
from support.simulator import seeded_signer

from keys import jws
from keys.custody import policy_file, sealed_file
from keys.custody.approval import claims_hash
from keys.custody.journal import Entry
from keys.custody.pass_evidence import PassEvidence
from keys.custody.policy_file import PolicyError
from keys.custody.signer_client import SignerClient, ToSign
from keys.custody.signing_case import Answer, Signed
from keys.custody.signing_draft import read
from keys.custody.signing_policy import Check, Refusal
from keys.encoding import Json, b64url_encode, json_dumps

pytestmark = pytest.mark.loopback

NOW: Final = int(time.time())
LIMITED: Final[Json] = [{"capacity_code": "master", "limitations": {"max_gt": 500}}]
HIGHER: Final[Json] = [{"capacity_code": "master", "limitations": {"max_gt": 3000}}]
OTHER_PHONE: Final[Json] = {"jwk": dict(seeded_signer("a thief's phone").public_key.to_jwk())}
GONE: Final = seeded_signer("NO-2020a")


def course(number: int, **changed: Json) -> dict[str, Json]:
    """A course certificate of our seafarer, on her phone."""
    return claims(number=number, **{"iat": NOW, "cnf": PHONE, "capacities": LIMITED, **changed})


def token(payload: Mapping[str, Json], kid: str = CERTIFICATES_KEY, by: str | None = None) -> str:
    """The credential, signed by the key that it names or by another."""
    text = signing_input(payload, kid)
    return f"{text}.{b64url_encode(SIGNERS.get(by or kid, GONE).sign(text.encode()))}"


def asked(credentials: Sequence[Mapping[str, Json]], tokens: Sequence[str], **changed: Json) -> ToSign:
    return ToSign(text=sea_pass(credentials, at=NOW, **changed), evidence=tokens)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignerClient]:
    """The real process, and its only client."""
    home = tmp_path_factory.mktemp("signer")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
        sealed_file.seal(home / "keys.sealed", SIGNERS, PASSPHRASE.encode())
    with SignerProcess(home, policy_members(os.getuid())).ended() as process:
        process.ready("--new-journal")
        yield process.client


HERS: Final = [course(number) for number in (1, 2, 3)]
TOKENS: Final = [token(one) for one in HERS]


def refused(answer: Answer) -> tuple[Check, str]:
    assert isinstance(answer, Refusal), answer
    return answer.check, answer.reason


def test_a_pass_of_her_own_credentials_is_signed_whoever_signed_them_and_again_the_same(
    client: SignerClient,
) -> None:
    """Some were signed by this signer, others before there was one: both keys are the same."""
    approved = ToSign(text=signing_input(HERS[0]), approvals=[by_rule([claims_hash(HERS[0])])])
    (first,) = client.sign([approved])
    assert isinstance(first, Signed)
    own = f"{approved.text}.{b64url_encode(first.signature)}"
    wanted = asked(HERS, [own, *TOKENS[1:]])
    (answer,) = client.sign([wanted])
    assert isinstance(answer, Signed)
    SIGNERS[PASS_KEY].public_key.verify(wanted.text.encode(), answer.signature)
    assert client.sign([wanted, ToSign(text=wanted.text)]) == [answer, answer]
    (digest,) = client.sign([asked(HERS, TOKENS, _sd=["A" * 43])])
    assert isinstance(digest, Signed), "a photograph's digest is in no credential"


def a_member(place: int, **changed: Json) -> dict[str, Json]:
    """Her pass' certificates, one of them otherwise than its credential says; None takes a claim away."""
    found: list[Any] = [member(one) for one in HERS]
    found[place] = {name: one for name, one in {**found[place], **changed}.items() if one is not None}
    return {"certificates": found}


INVENTED: Final = course(9, capacities=[{"capacity_code": "master"}])
OTHERS: Final = course(4, seafarer_id="NO-S-2", family_name="Nordmann")
ATTACKS: Final[dict[str, tuple[ToSign, Check, str]]] = {
    "invented, and nothing to show": (asked([INVENTED], []), Check.EVIDENCE, "none was sent along"),
    "one more than there are credentials": (
        asked([*HERS, INVENTED], TOKENS),
        Check.EVIDENCE,
        "4 certificates, and 3 credentials",
    ),
    "two members of one credential": (asked([HERS[0]] * 2, [TOKENS[0]] * 2), Check.DRAFT, "one place"),
    "the thief's own key under ours": (
        asked([INVENTED], [token(INVENTED, by="thief")]),
        Check.EVIDENCE,
        "not a credential",
    ),
    "a key that is none of ours": (
        asked([INVENTED], [token(INVENTED, "NO-2020a")]),
        Check.EVIDENCE,
        "no key 'NO-2020a' signs course here",
    ),
    "the pass key, or a list's, where a certificate's belongs": (
        asked([INVENTED], [token(INVENTED, PASS_KEY)]),
        Check.EVIDENCE,
        "no key 'NO-pass-2026a' signs course here",
    ),
    "a certificate's type that its key does not sign": (
        asked([course(9, vct="urn:ombord:tanker:1")], [token(course(9, vct="urn:ombord:tanker:1"))]),
        Check.EVIDENCE,
        "signs tanker here",
    ),
    "dated when the key did not sign": (
        asked([course(9, iat=1)], [token(course(9, iat=1))]),
        Check.EVIDENCE,
        "outside the signing time",
    ),
    "a limit left out": (
        asked(HERS, TOKENS, **a_member(1, capacities=[{"capacity_code": "master"}])),
        Check.EVIDENCE,
        'certificates[1]: its credential has another "capacities"',
    ),
    "a higher limit": (
        asked(HERS, TOKENS, **a_member(1, capacities=HIGHER)),
        Check.EVIDENCE,
        '"capacities"',
    ),
    "all capacities left out, which would be none": (
        asked(HERS, TOKENS, **a_member(2, capacities=None)),
        Check.EVIDENCE,
        '"capacities"',
    ),
    "a claim that the credential lacks": (
        asked(HERS, TOKENS, **a_member(0, functions=[{"code": "deck", "level": "management"}])),
        Check.EVIDENCE,
        '"functions"',
    ),
    "a later day": (asked(HERS, TOKENS, **a_member(0, expiry_date="2040-01-01")), Check.EVIDENCE, "expiry"),
    "another number": (asked(HERS, TOKENS, **a_member(0, document_number="NO-77")), Check.EVIDENCE, "number"),
    "another type": (asked(HERS, TOKENS, **a_member(0, type="medical")), Check.EVIDENCE, '"vct"'),
    "a number that is almost the same": (
        asked([course(5, medical={"hearing": 1})], [token(course(5, medical={"hearing": True}))]),
        Check.EVIDENCE,
        '"medical"',
    ),
    "another authority's name on one": (
        asked(HERS, TOKENS, **a_member(0, issuing_authority="NMA")),
        Check.EVIDENCE,
        '"issuing_authority"',
    ),
    "an entry of a status list that says good": (
        asked(HERS, TOKENS, **a_member(0, idx=40)),
        Check.EVIDENCE,
        '"status"',
    ),
    "another list": (asked(HERS, TOKENS, lists=[f"{ISSUER}/status/2"]), Check.EVIDENCE, '"status"'),
    "a list that it has not": (
        asked(HERS, TOKENS, **a_member(0, list=1)),
        Check.DRAFT,
        "names a status list",
    ),
    "somebody else's certificate": (
        asked([*HERS, OTHERS], [*TOKENS, token(OTHERS)]),
        Check.EVIDENCE,
        'certificates[3]: its credential has another "seafarer_id"',
    ),
    "somebody else's certificates, all of them": (
        asked([OTHERS], [token(OTHERS)], seafarer_id="NO-S-1"),
        Check.EVIDENCE,
        '"seafarer_id"',
    ),
    "somebody else's name": (
        asked(HERS, TOKENS, family_name="Nordmann"),
        Check.EVIDENCE,
        "none of the credentials is of a holder with these names",
    ),
    "another birthday": (asked(HERS, TOKENS, birth_date="1970-01-01"), Check.EVIDENCE, "these names"),
    "another phone": (asked(HERS, TOKENS, cnf=OTHER_PHONE), Check.EVIDENCE, '"cnf"'),
    "no phone": (asked(HERS, TOKENS, cnf=None), Check.DRAFT, "bound to a phone"),
    "a paper's credential": (
        asked([course(5)], [token({n: v for n, v in course(5).items() if n != "cnf"})]),
        Check.EVIDENCE,
        '"cnf"',
    ),
    "another flag": (asked(HERS, TOKENS, issuing_country="SE"), Check.EVIDENCE, '"issuing_country"'),
    "another issuer": (asked(HERS, TOKENS, iss="https://se.example"), Check.ISSUER, "se.example"),
    "out of their order": (asked(HERS[:2], TOKENS[1::-1]), Check.EVIDENCE, "certificates[0]"),
    "a claim of its own": (asked(HERS, TOKENS, remarks="unlimited"), Check.DRAFT, "a pass has no remarks"),
    "a member's claim that a pass has not": (
        asked(HERS, TOKENS, **a_member(0, revalidation_date="2026-11-01")),
        Check.DRAFT,
        "none of a pass",
    ),
    "hidden claims": (asked(HERS, TOKENS, _sd=["A" * 43, "B" * 43]), Check.DRAFT, "portrait alone"),
    "good for a year": (asked(HERS, TOKENS, exp=NOW + 365 * 86_400), Check.DRAFT, "30 days at most"),
    "good from before it was made": (asked(HERS, TOKENS, nbf=NOW - 86_400), Check.DRAFT, "good from iat"),
    "dated ahead": (
        asked(HERS, TOKENS, iat=NOW + 9_000, nbf=NOW + 9_000, exp=NOW + 86_400),
        Check.WINDOW,
        "in the future",
    ),
    "nothing summed up": (asked(HERS, TOKENS, certificates=[]), Check.DRAFT, "1 to 32"),
    "a manning document": (asked(HERS, TOKENS, **a_member(0, type="safe-manning")), Check.DRAFT, "no type"),
    "a pass in a pass": (
        asked(HERS[:1], [token({**HERS[0], "vct": "urn:ombord:pass:1"})]),
        Check.EVIDENCE,
        "no type of certificate",
    ),
    "a status list for a credential": (
        asked(HERS[:1], [f"{status_list()}.{'A' * 86}"]),
        Check.EVIDENCE,
        "not a credential",
    ),
    "a text for a credential": (asked(HERS[:1], ["nonsense"]), Check.EVIDENCE, "not a credential"),
    "a certificate with credentials and no approval": (
        ToSign(text=signing_input(course(6)), evidence=TOKENS),
        Check.APPROVAL,
        "there is none",
    ),
    "a status list with credentials": (
        ToSign(text=status_list(iat=NOW), evidence=TOKENS),
        Check.EVIDENCE,
        "for a pass alone",
    ),
}


@pytest.mark.parametrize(("wanted", "check", "why"), ATTACKS.values(), ids=ATTACKS)
def test_a_pass_that_says_anything_else_is_refused(
    client: SignerClient, wanted: ToSign, check: Check, why: str
) -> None:
    before = client.count().by_key.get(PASS_KEY)
    found, reason = refused(client.sign([wanted])[0])
    assert found is check, reason
    assert why in reason
    assert "Ødegård" not in reason
    assert client.count().by_key.get(PASS_KEY) == before


# What the status lists say


def states(**ended: int) -> bytes:
    """Sixteen entries; `e3=1` is the third revoked."""
    found = bytearray(4)
    for name, state in ended.items():
        found[int(name[1:]) >> 2] |= state << (int(name[1:]) & 3) * 2
    return bytes(found)


def list_of(number: int, content: bytes, *, later: int = 0) -> ToSign:
    return ToSign(text=status_list(sub=f"{ISSUER}/status/{number}", states=content, iat=NOW + later))


def statement(number: int, content: bytes, edition: int) -> ToSign:
    """What ships read of the list."""
    says = {
        "uri": f"{ISSUER}/status/{number}",
        "number": edition,
        "iat": NOW,
        "exp": None,
        "bits": 2,
        "size": len(content) * 4,
        "before": "A" * 22,
        "after": b64url_encode(sha256(content).digest()),
    }
    return ToSign(text=f"ships {STATUS_KEY}\nombord-status-1\n{json_dumps(says).decode()}")


def on_list(number: int, idx: int, **changed: Json) -> dict[str, Json]:
    place: Json = {"status_list": {"idx": idx, "uri": f"{ISSUER}/status/{number}"}}
    return course(idx, status=place, **changed)


@pytest.mark.parametrize(("state", "what"), [(1, "revoked"), (2, "suspended"), (3, "replaced")])
def test_what_the_newest_list_does_not_call_good_is_in_no_pass(
    client: SignerClient, state: int, what: str
) -> None:
    """A dropped suspension, and the older, wider edition of a certificate, which is replaced."""
    of_list = 10 + state
    wide = on_list(of_list, 3, capacities=[{"capacity_code": "master"}])
    good = on_list(of_list, 4)
    wanted = asked([wide, good], [token(wide), token(good)], lists=[f"{ISSUER}/status/{of_list}"])
    assert isinstance(client.sign([wanted])[0], Signed), "no list has said otherwise yet"
    assert isinstance(client.sign([list_of(of_list, states(e3=state))])[0], Signed)
    later = {"iat": NOW + 1, "nbf": NOW + 1}
    again = asked([wide, good], [token(wide), token(good)], lists=[f"{ISSUER}/status/{of_list}"], **later)
    check, reason = refused(client.sign([again])[0])
    assert (check, "certificates[0]" in reason) == (Check.EVIDENCE, True)
    rest = asked([good], [token(good)], lists=[f"{ISSUER}/status/{of_list}"])
    assert isinstance(client.sign([rest])[0], Signed)


LATER: Final[dict[str, tuple[bytes, int, str]]] = {
    "a revoked entry is good again": (
        states(e7=3),
        5,
        "entries were revoked or replaced, and are so no more: 2",
    ),
    "a replaced entry is suspended": (states(e2=1, e7=2), 5, "no more: 7"),
    "fewer entries": (states(e2=1, e7=3)[:2], 5, "was signed with 16 entries"),
    "an older one": (states(e2=1, e7=3), -5, "is to be signed as of"),
}


@pytest.mark.parametrize(("content", "later", "why"), LATER.values(), ids=LATER)
def test_a_list_that_takes_back_what_it_ended_is_not_signed(
    client: SignerClient, content: bytes, later: int, why: str
) -> None:
    client.sign([list_of(20, states(e2=1, e7=3, e9=2))])
    check, reason = refused(client.sign([list_of(20, content, later=later)])[0])
    assert check is Check.LIST
    assert why in reason


def test_a_list_may_suspend_reinstate_and_end_and_ships_are_told_what_it_says(client: SignerClient) -> None:
    editions = [states(), states(e1=2), states(e2=1), states(e1=1, e2=3), states(e1=1, e2=3) + bytes(2)]
    for later, content in enumerate(editions):
        told = client.sign([list_of(21, content, later=later), statement(21, content, later + 1)])
        assert [type(one) for one in told] == [Signed, Signed]
    check, reason = refused(client.sign([statement(21, states(), 9)])[0])
    assert (check, "not its list as it was last signed" in reason) == (Check.LIST, True)
    assert refused(client.sign([statement(22, states(), 1)])[0])[0] is Check.LIST


def test_what_the_lists_said_is_known_after_a_restart(tmp_path: Path, client: SignerClient) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealed_file, "COST", sealed_file.Cost(memory_kib=64, passes=1, lanes=1))
        sealed_file.seal(tmp_path / "keys.sealed", SIGNERS, PASSPHRASE.encode())
    with SignerProcess(tmp_path, policy_members(os.getuid())).ended() as process:
        running = process.ready("--new-journal")
        assert isinstance(process.client.sign([list_of(1, states(e1=1))])[0], Signed)
        running.kill()
        running.wait()
        process.ready()
        assert refused(process.client.sign([list_of(1, states(), later=1)])[0])[0] is Check.LIST
        assert refused(process.client.sign([asked(HERS, TOKENS)])[0])[0] is Check.EVIDENCE


# Keys that are gone

EARLIER: Final = {
    "signs": ["course"],
    "from": "2020-01-01",
    "until": "2027-01-01",
    "verify_until": "2032-01-01",
    "public": GONE.public_key.to_jwk(),
}


def judged(members: dict[str, Any], *, at: int = AT) -> Refusal | None:
    """A pass of one credential that an earlier key signed."""
    old = claims(cnf=PHONE, capacities=LIMITED)
    evidence = PassEvidence(policy_of(members), dict)
    return evidence.objection(read(sea_pass([old])), [token(old, "NO-2020a")], at=at)


def test_what_an_earlier_key_signed_counts_for_as_long_as_the_policy_says() -> None:
    members = policy_members()
    assert judged(members) is not None
    members["earlier"] = {"NO-2020a": EARLIER}
    assert judged(members) is None
    found = judged(members, at=2_000_000_000)
    assert found is not None
    assert "counts no more" in found.reason


@pytest.mark.parametrize(
    ("earlier", "why"),
    [
        ({"NO-2020a": {name: one for name, one in EARLIER.items() if name != "public"}}, "public half"),
        ({"NO-2020a": {**EARLIER, "signs": ["status"]}}, "signed certificates"),
        ({CERTIFICATES_KEY: EARLIER}, "stands under keys and under earlier"),
    ],
)
def test_a_policy_says_of_an_earlier_key_what_it_was(earlier: dict[str, Any], why: str) -> None:
    with pytest.raises(PolicyError, match=why):
        policy_file.parse(json_dumps({**policy_members(), "earlier": earlier}))


def test_a_key_that_the_policy_no_longer_names_vouches_for_nothing() -> None:
    found = judged({**policy_members(), "earlier": {"NO-2019a": EARLIER}})
    assert found is not None
    assert found.check is Check.EVIDENCE


def test_a_known_signature_is_one_of_that_very_text() -> None:
    """A journal's entry saves the verifying, and proves nothing of another signature or key."""
    draft = read(sea_pass(HERS, at=NOW))
    journal = {}
    for one in TOKENS:
        parsed = jws.parse(one)
        journal[sha256(parsed.signing_input).digest()] = parsed
    calls = []

    def signed_before(digest: bytes) -> Any:
        calls.append(digest)
        return Entry(digest, journal[digest].signature, AT, "course", CERTIFICATES_KEY)

    unable = seeded_signer("another").public_key  # with which nothing here verifies
    evidence = PassEvidence(policy_of(), lambda: {CERTIFICATES_KEY: unable}, signed_before)
    assert evidence.objection(draft, TOKENS, at=NOW) is None
    assert len(calls) == 3
    other = [*TOKENS[:2], TOKENS[2].rpartition(".")[0] + "." + TOKENS[1].rpartition(".")[2]]
    assert evidence.objection(draft, other, at=NOW) is not None
