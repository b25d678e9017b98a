"""Two thousand codes, good and bad in every way that rows C know, each as a QR text or a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from support import crews, passes
from support.scenario import PHONE, TODAY, competency, medical, show, tampered, urgent_permit
from support.simulator import DAY, NOW, Authority, directory, seeded_signer

from keys import jws
from keys.encoding import b64url_encode, json_dumps, json_object
from keys.trust.directory import Directory, KeyState
from verifier.credential import carrier, frames, muster
from verifier.credential.carrier import MalformedCarrier
from verifier.credential.model import (
    Certificate,
    CertificateType,
    Limitations,
    ShipReference,
    StatusReference,
)
from verifier.credential.presentation import Audience
from verifier.status import StatusBook, verify_list

_NUMBERS = count(1)
THIEF = seeded_signer("another phone")
SIGNED = NOW - 100 * DAY


@dataclass(frozen=True)
class Code:
    """What is scanned or pasted, and what it was made as."""

    made_as: str
    text: str


class World:
    """Three authorities of which two are known, with keys and lists of every kind."""

    def __init__(self) -> None:
        self.random = Random(20261121)
        self.norway, self.denmark, self.nowhere = Authority("NO"), Authority("DK"), Authority("XX")
        for authority in (self.norway, self.denmark):
            authority.list_size = 1 << 14
        self.old_list = f"{self.norway.iss}/status/2"
        self.unheld_list = f"{self.norway.iss}/status/3"
        self.revoked_kid = self.norway.add_key("competency", kid="NO-revoked")
        self.stolen_kid = self.norway.add_key("competency", kid="NO-stolen")
        self.medical_kid = self.norway.add_key("medical", kid="NO-medical")
        self.past_kid = self.norway.add_key("competency", kid="NO-past")
        self.unlisted_kid = self.norway.add_key("competency", kid="NO-unlisted")
        self.norway.retire_key(self.revoked_kid, KeyState.REVOKED, "lost")
        self.norway.retire_key(self.stolen_kid, KeyState.ALLOW_LIST_ONLY)
        self.norway.change_key(self.past_kid, sign_until=NOW - 200 * DAY, verify_until=NOW - 10 * DAY)
        self.codes = list(self._make())

    def directory(self) -> Directory:
        """What the page and the Python verifier are both told."""
        known = directory(self.norway, self.denmark)
        return replace(
            known, keys={pair: key for pair, key in known.keys.items() if pair[1] != self.unlisted_kid}
        )

    def lists(self) -> list[str]:
        """The lists, as the authority serves them: a fresh one each, and one that is thirty days old."""
        return [
            self.norway.status_list(at=NOW - timedelta(hours=6)),
            self.denmark.status_list(at=NOW - timedelta(hours=6)),
            self.norway.status_list(at=NOW - 30 * DAY, uri=self.old_list),
        ]

    def book(self) -> StatusBook:
        known = self.directory()
        return StatusBook([verify_list(token, directory=known) for token in self.lists()])

    # Making them

    def _make(self) -> Iterator[Code]:
        makers: list[tuple[str, int, Callable[[], str]]] = [
            ("valid", 300, lambda: self._shown(self.issue())),
            ("by Denmark", 60, lambda: self._shown(self._danish())),
            ("medical", 60, lambda: self._shown(self.issue(medical()))),
            ("on paper", 80, lambda: self._paper()),
            ("expires soon", 40, lambda: self._shown(self.issue(competency(expiry_date=TODAY + 20 * DAY)))),
            ("until further notice", 40, lambda: self._shown(self.issue(competency(expiry_date=None)))),
            ("with a remark", 40, lambda: self._shown(self.issue(competency(remarks="Only by day")))),
            ("limited in words", 40, lambda: self._shown(self.issue(self._limited()))),
            ("expired", 120, lambda: self._shown(self.issue(competency(expiry_date=self._past())))),
            ("last day is today", 20, lambda: self._shown(self.issue(competency(expiry_date=TODAY)))),
            ("revoked", 100, lambda: self._listed(1)),
            ("suspended", 80, lambda: self._listed(2)),
            ("replaced", 80, lambda: self._listed(3)),
            ("tampered", 100, lambda: self._shown(tampered(self.issue()))),
            ("a claim changed", 60, lambda: self._shown(self._changed())),
            ("unknown issuer", 80, lambda: self._shown(self._stranger())),
            ("unlisted key", 40, lambda: self._shown(self.issue(kid=self.unlisted_kid))),
            ("revoked key", 40, lambda: self._shown(self.issue(kid=self.revoked_kid))),
            ("stolen key", 30, lambda: self._shown(self.issue(kid=self.stolen_kid))),
            ("key of another type", 30, lambda: self._shown(self.issue(kid=self.medical_kid))),
            ("key past its time", 30, lambda: self._shown(self.issue(kid=self.past_kid))),
            ("of another flag", 30, lambda: self._shown(self.issue(competency(issuing_country="SE")))),
            ("wrong holder", 100, lambda: show(self.issue(), phone=THIEF)),
            ("proof of another credential", 40, lambda: self._borrowed_proof()),
            ("a proof for paper", 20, lambda: show(self.issue(holder_key=None), phone=THIEF)),
            ("not yet valid", 80, lambda: self._shown(self.issue(self._to_come()))),
            ("old proof", 60, lambda: show(self.issue(), at=NOW - timedelta(minutes=10))),
            ("early proof", 20, lambda: show(self.issue(), at=NOW + timedelta(minutes=9))),
            ("unasked challenge", 20, lambda: show(self.issue(), audience=Audience.CHALLENGE)),
            ("without a proof", 60, lambda: self.issue()),
            ("status thirty days old", 40, lambda: self._shown(self._elsewhere(self.old_list))),
            ("status not held", 40, lambda: self._shown(self._elsewhere(self.unheld_list))),
            ("outside its list", 20, lambda: self._shown(self.issue(idx=1 << 15))),
            ("contradicting dates", 40, lambda: self._shown(self._contradicting())),
            ("a pass", 60, lambda: self._shown(self._pass())),
            ("a pass with one revoked", 30, lambda: self._shown(self._pass(1))),
            ("a pass with one suspended", 20, lambda: self._shown(self._pass(2))),
            ("an old pass", 20, lambda: self._shown(self._pass(at=NOW - 29 * DAY))),
            ("an expired pass", 20, lambda: self._shown(self._pass(at=NOW - 40 * DAY))),
            ("a pass by the wrong key", 10, lambda: self._shown(self._pass(kid=self.norway.certificate_kid))),
            ("claims of another kind", 60, lambda: self._shown(self._bent())),
            ("a dispensation", 40, lambda: self._shown(self.issue(self._dispensation()))),
            ("a dispensation with a ship of another kind", 30, lambda: self._shown(self._bent_ship())),
            ("safe manning", 40, lambda: self._manning()),
            ("safe manning until further notice", 10, lambda: self._manning(expiry_date=None)),
            ("safe manning with a remark", 10, lambda: self._manning(remarks="Not in ice")),
            ("safe manning, expired", 10, lambda: self._manning(expiry_date=self._past())),
            ("safe manning, to come", 10, lambda: self._signed_manning(not_before=NOW + 9 * DAY)),
            ("safe manning, revoked", 10, lambda: self._listed_manning(1)),
            ("safe manning, suspended", 10, lambda: self._listed_manning(2)),
            ("safe manning, replaced", 10, lambda: self._listed_manning(3)),
            ("safe manning, tampered", 10, lambda: tampered(self._manning())),
            ("safe manning of another flag", 10, lambda: self._manning(issuing_country="SE")),
            ("safe manning, contradicting dates", 10, lambda: self._contradicting_manning()),
            ("safe manning, status not held", 10, lambda: self._manning_elsewhere(self.unheld_list)),
            ("safe manning, status thirty days old", 10, lambda: self._manning_elsewhere(self.old_list)),
            ("safe manning with claims of another kind", 60, lambda: self._bent_manning()),
            ("a phone's proof beside a safe manning", 10, lambda: self._shown(self._manning())),
        ]
        for made_as, size, make in makers:
            for _ in range(size):
                yield Code(made_as, self._carried(make()))
        for _ in range(200):
            yield Code("damaged wire", self._damaged())
        for text in self._other_texts():
            yield Code("other text", text)
        for _ in range(30):
            yield Code("a muster", self._muster())
        for _ in range(10):
            yield Code("a muster with safe manning", self._muster(self._manning()))
        for _ in range(20):
            yield Code("a frame alone", frames.split(carrier.pack(self._shown(self.issue()))).text(0))

    def issue(self, certificate: Certificate | None = None, **how: Any) -> str:
        """A credential of Norway's with a number of its own."""
        how.setdefault("holder_key", PHONE)
        how.setdefault("at", SIGNED)
        kinds = (competency,) if how.get("kid") else (competency, self._permit, medical)
        found = certificate or self.random.choice(kinds)()
        return self.norway.issue(replace(found, document_number=f"NO-{next(_NUMBERS):06}"), **how)

    def _carried(self, token: str) -> str:
        """Most as QR text, some as the token itself."""
        if self.random.random() < 0.1:
            return token
        try:
            return carrier.to_qr_text(carrier.pack(token))
        except MalformedCarrier:
            return token

    def _shown(self, credential: str) -> str:
        return show(credential, at=NOW - timedelta(seconds=self.random.randrange(240)))

    def _permit(self) -> Certificate:
        return urgent_permit(TODAY + 100 * DAY)

    def _danish(self) -> str:
        changes = {"issuing_country": "DK", "issuing_authority": "Søfartsstyrelsen"}
        number = f"DK-{next(_NUMBERS):06}"
        return self.denmark.issue(competency(document_number=number, **changes), PHONE, at=SIGNED)

    def _paper(self) -> str:
        return self.issue(holder_key=None)

    def _past(self) -> Any:
        return TODAY - self.random.randrange(1, 60) * DAY

    def _limited(self) -> Certificate:
        (grant,) = competency().capacities
        limits = Limitations(max_gt=3_000, text="Not in ice")
        return competency(capacities=(grant._replace(limitations=limits),))

    def _to_come(self) -> Certificate:
        return competency(issue_date=TODAY + self.random.randrange(2, 40) * DAY)

    def _listed(self, state: int) -> str:
        text = self.issue()
        self.norway.revoke(text, state)
        return self._shown(text)

    def _stranger(self) -> str:
        return self.nowhere.issue(competency(issuing_country="XX"), PHONE, at=SIGNED)

    def _changed(self) -> str:
        header, payload, signature = self.issue(competency()).rstrip("~").split(".")
        claims = json_object(jws.parse(f"{header}.{payload}.{signature}").payload)
        claims["given_name"] = "Eva"
        return f"{header}.{b64url_encode(json_dumps(claims))}.{signature}~"

    def _borrowed_proof(self) -> str:
        other = show(self.issue())
        return self.issue() + other.rsplit("~", 1)[1]

    def _elsewhere(self, uri: str) -> str:
        made = self.norway.credential(competency(document_number=f"NO-{next(_NUMBERS):06}"), PHONE, at=SIGNED)
        return self.norway.sign(replace(made, status=made.status._replace(uri=uri)))

    def _contradicting(self) -> str:
        made = self.norway.credential(competency(document_number=f"NO-{next(_NUMBERS):06}"), PHONE, at=SIGNED)
        assert made.expires is not None
        bent = self.random.choice(
            (
                {"expires": made.expires + 3 * DAY},
                {"expires": None},
                {"not_before": made.not_before - 5 * DAY},
            )
        )
        return self.norway.sign(replace(made, **bent))  # type: ignore[arg-type]

    def _pass(self, state: int = 0, *, at: Any = passes.SIGNED, kid: str | None = None) -> str:
        made = passes.sea_pass(self.norway, at=at)
        members = list(made.members)
        if state:
            idx = self.norway._next_index()
            self.norway.revoke(idx, state)
            members[3] = members[3]._replace(status=members[3].status._replace(idx=idx))
        return passes.issue(self.norway, replace(made, members=tuple(members)), kid=kid)

    def _dispensation(self) -> Certificate:
        ship = ShipReference("Havørn", self.random.choice((None, crews.IMO)))
        kind = CertificateType.DISPENSATION
        return competency(type=kind, ship=ship, stcw_code=(), expiry_date=TODAY + 100 * DAY)

    def _manning(self, **changes: Any) -> str:
        document = crews.manning(document_number=f"NO-MSM-{next(_NUMBERS):06}", **changes)
        return crews.sign_manning(self.norway, document)

    def _signed_manning(self, **changes: Any) -> str:
        document = crews.manning(document_number=f"NO-MSM-{next(_NUMBERS):06}")
        return crews.sign_manning(self.norway, **{"document": document, **changes})

    def _listed_manning(self, state: int) -> str:
        text = self._manning()
        self.norway.revoke(text, state)
        return text

    def _manning_elsewhere(self, uri: str) -> str:
        return self._signed_manning(status=StatusReference(uri, self.norway._next_index()))

    def _contradicting_manning(self) -> str:
        how: list[dict[str, Any]] = [
            {"expires": None},
            {"not_before": NOW + 2_000 * DAY},
            {"document": crews.manning(issue_date=TODAY + 2_000 * DAY)},
            {"document": crews.manning(expiry_date=None), "expires": NOW + DAY},
        ]
        return self._signed_manning(**self.random.choice(how))

    def _bent(self) -> str:
        """A claim of a type that it may not have, signed all the same."""
        return self._with(
            self.issue(competency()),
            [
                ("birth_date", "1988-4-12"),
                ("family_name", 7),
                ("family_name", "Øster\u202egård"),
                ("seafarer_id", "lower123"),
                ("stcw_code", []),
                ("vct", "urn:ombord:unheard-of:1"),
                ("issuing_country", "Norway"),
                ("gender", "female"),
                ("capacities", [{"capacity": "master"}]),
                ("cnf", {"jwk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}}),
                ("cnf", {"jwk": {"kty": "__proto__", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}}),
                ("cnf", {"jwk": {"kty": "constructor"}}),
                ("exp", "soon"),
                ("given_name", None),
                ("unknown_claim", {"is": ["tolerated"]}),
            ],
        )

    def _bent_ship(self) -> str:
        return self._with(
            self.issue(self._dispensation()),
            [
                ("ship", "Havørn"),
                ("ship", ["Havørn"]),
                ("ship", {"imo": crews.IMO}),
                ("ship", {"name": ""}),
                ("ship", {"name": "Hav\u202eørn"}),
                ("ship", {"name": "Havørn", "imo": 9074729}),
                ("ship", {"name": "Havørn", "imo": None}),
                ("ship", {"name": "Havørn", "flag": ["tolerated"]}),
            ],
        )

    def _bent_manning(self) -> str:
        post = {"capacity_code": "master"}
        return self._with(
            self._manning(),
            [
                ("ship", "Havørn"),
                ("ship", {"imo": crews.IMO}),
                ("ship", {"name": "Havørn", "gt": -1}),
                ("ship", {"name": "Havørn", "gt": 10_000_001}),
                ("ship", {"name": "Havørn", "ums": 1}),
                ("ship", {"name": "Havørn", "type": 7}),
                ("posts", []),
                ("posts", ["master"]),
                ("posts", [post] * 65),
                ("posts", [post | {"count": 0}]),
                ("posts", [post | {"count": 201}]),
                ("posts", [post | {"count": 101}] * 2),
                ("posts", [post | {"count": 100}] * 2),
                ("posts", [post | {"also": []}]),
                ("posts", [post | {"regulations": "II/2"}]),
                ("issue_date", "2026-1-1"),
                ("issuing_country", "Norway"),
                ("issuing_country", "N1"),
                ("document_number", " "),
                ("remarks", None),
                ("status", {"status_list": {"idx": -1, "uri": self.norway.status_uri}}),
            ],
        )

    def _with(self, credential: str, claims_of_another_kind: list[tuple[str, Any]]) -> str:
        """The credential with one of these claims instead of its own."""
        claims = json_object(jws.parse(credential.rstrip("~")).payload)
        name, value = self.random.choice(claims_of_another_kind)
        claims[name] = value
        kid = self.norway.certificate_kid
        return jws.sign(json_dumps(claims), self.norway.signers[kid], typ="dc+sd-jwt", kid=kid) + "~"

    def _damaged(self) -> str:
        wire = bytearray(carrier.pack(self._shown(self.issue())))
        how = self.random.randrange(4)
        if how == 0:
            del wire[self.random.randrange(len(wire)) :]
        elif how == 1:
            wire[self.random.randrange(len(wire))] ^= 1 << self.random.randrange(8)
        elif how == 2:
            wire += bytes(self.random.randrange(1, 5))
        else:
            text = carrier.to_qr_text(bytes(wire))
            at = self.random.randrange(4, len(text))
            return text[:at] + self.random.choice("0Z:% $a") + text[at + 1 :]
        return carrier.to_qr_text(bytes(wire))

    def _muster(self, *more: str) -> str:
        others = [self.issue(holder_key=self.random.choice((PHONE, None))) for _ in range(3)] + [*more]
        return carrier.to_qr_text(muster.pack(self._shown(self.issue()), others))

    def _other_texts(self) -> Iterator[str]:
        yield from ("", "OB1:", "ob1:abc", "https://example.org/verify", "WIFI:S:ship;;", "MECARD:N:x;;")
        yield from (
            "HC1:6BF+70790T9WJWG.FKY*4GO0",
            "a.b.c",
            "a.b.c~",
            "~",
            "æøå",
            "OB1:ÆØÅ",
            "OB1:0",
            "OB1:00",
        )
        for _ in range(26):
            size = self.random.randrange(1, 200)
            yield "".join(self.random.choice("ABCDEFGHIJ0123456789 $%*+-./:") for _ in range(size))
