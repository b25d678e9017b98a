"""What must hold whatever died when, each said once, by code that shares nothing with the issuer's.

`docs/faults.md` says what each invariant means. A broken one is an AssertionError with its number.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, urlsafe_b64decode
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from support.faults_authority import LOG_KID, NORWAY
from support.faults_register import Outline, Published, Rows
from support.faults_workload import PHONES, Request
from support.scenario import show

from verifier.decision import verify
from verifier.status import StatusBook

# What a list must say of a credential, by the state of its certificate; replaced ones say 3, or worse.
STATUS_OF: Final = {
    "drafted": 0, "approved": 0, "in-force": 0, "suspended": 2, "revoked": 1, "cancelled": 1, "replaced": 3,
    "lost": 3, "destroyed": 3,
}  # fmt: skip
HEADLINES: Final = {0: ("VALID", "VALID WITH REMARK"), 1: ("REVOKED",), 2: ("SUSPENDED",), 3: ("REPLACED",)}
_HOLDERS: Final = {phone.public_key.thumbprint(): phone for phone in PHONES.values()}
_ENDED: Final = re.compile(r"certificates/([^/]+)/(?:revoke|replace)")


def check_register(rows: Rows) -> None:
    """All that a register's rows say about each other."""
    credentials = rows(
        "SELECT c.*, x.state AS certificate_state, x.document_number, p.payload, t.token FROM credential c "
        "JOIN certificate x ON x.id = c.certificate_id "
        "LEFT JOIN credential_payload p ON p.credential_id = c.id "
        "LEFT JOIN credential_token t ON t.credential_id = c.id"
    )
    _i1_nothing_is_left_between_two_steps(credentials)
    _i4_serials_and_places_are_taken_once(rows, credentials)
    _i5_certificates_and_credentials_agree(credentials)
    _i6_the_audit_trail_is_whole(rows, credentials)
    _i7_the_log_is_whole(rows, credentials)


def check_answers(rows: Rows, before: Mapping[str, Any], again: Mapping[str, Any]) -> None:
    """I2: what was acknowledged exists once, and asking again gives the same bytes."""
    for key, answer in before.items():
        assert again[key] == answer, f"I2: {key}: told {answer}, and when asked again {again[key]}"
    stored = {
        row["serial"]: row
        for row in rows(
            "SELECT c.serial, c.state, c.idempotency_key, t.token FROM credential c "
            "JOIN credential_token t ON t.credential_id = c.id"
        )
    }
    told = [one for answer in again.values() if isinstance(answer, list) for one in answer if "serial" in one]
    for one in told:
        row = stored.get(one["serial"])
        assert row is not None, f"I2: the register does not have the credential {one['serial']}"
        assert (row["state"], row["token"]) == ("released", one["token"]), f"I2: {one['serial']} is another"
    serials = Counter(one["serial"] for one in told)
    released = {
        serial
        for serial, row in stored.items()
        if row["state"] == "released" and row["idempotency_key"].startswith("request-")
    }
    assert set(serials) == released, "I2: a credential was released that nobody asked for"
    assert max(serials.values(), default=1) == 1, "I2: two requests got one credential"


def check_signed(rows: Rows, signed: Sequence[str], unapproved: Collection[str] = ()) -> None:
    """I3: nothing was signed but what had been stored to be signed, and nothing that nobody approved."""
    stored = {row["payload"] for row in rows("SELECT payload FROM credential_payload")}
    for one in signed:
        header, _, payload = b64decode(one).partition(b".")
        if header.startswith(b"eyJ") and json.loads(_unbase64(header)).get("typ") == "dc+sd-jwt":
            text = _unbase64(payload).decode()
            assert text in stored, f"I3: this was signed and never stored: {text}"
            number = json.loads(text)["document_number"]
            assert number not in unapproved, f"I3: nobody has approved {number}, and it was signed"


def check_verdicts(rows: Rows, lists: Mapping[str, Published], at: datetime) -> None:
    """I8: whoever has the published lists and the credential is told what the register says."""
    book = StatusBook([one.token for one in lists.values() if one.token is not None], pack="published")
    directory = NORWAY.directory()
    for row in rows(
        "SELECT c.serial, c.status, c.holder_thumbprint, t.token FROM credential c "
        "JOIN credential_token t ON t.credential_id = c.id WHERE c.state = 'released'"
    ):
        phone = _HOLDERS.get(row["holder_thumbprint"])
        text = row["token"] if phone is None else show(row["token"], at=at, phone=phone)
        verdict = verify(text, directory=directory, status=book, at=at)
        wanted = HEADLINES[row["status"]]
        assert verdict.headline.value in wanted, (
            f"I8: {row['serial']} is {verdict.headline.value} ({verdict.reason}), not {wanted}"
        )


def check_published(rows: Rows, lists: Mapping[str, Published]) -> None:
    """I9: what is published is what the register says, for ships and for all others alike."""
    numbers = {str(row["number"]) for row in rows("SELECT number FROM status_list")}
    assert set(lists) == numbers, f"I9: {sorted(lists)} are published of {sorted(numbers)}"
    for number, one in lists.items():
        assert one.token is not None, f"I9: list {number} has no token"
        assert one.snapshot is not None, f"I9: list {number} has nothing for ships"
        assert one.token.states == one.snapshot.states, f"I9: ships see another list {number}"
        query = f"SELECT idx, status FROM credential WHERE list_number = {number}"
        said = {row["idx"]: row["status"] for row in rows(query)}
        for idx in range(len(one.token)):
            assert one.token.get(idx) == said.get(idx, 0), f"I9: entry {idx} of list {number}"


def check_no_regress(before: Mapping[str, Published], after: Mapping[str, Published], lifted: bool) -> None:
    """I10: a published list is only ever replaced by a later one that takes nothing back.

    `lifted`: a suspension may have been lifted in between.
    """
    for number, old in before.items():
        for then, now in zip(old, after[number], strict=True):
            if then is None:
                continue
            assert now is not None, f"I10: list {number} is gone"
            assert now.iat >= then.iat, f"I10: list {number} went back in time"
            assert (now.number or 0) >= (then.number or 0), f"I10: list {number} counts backwards"
            for idx in range(len(then)):
                status = then.get(idx)
                cleared = status and not now.get(idx) and not (status == 2 and lifted)
                assert not cleared, f"I10: entry {idx} of list {number} was {status}, and is valid again"


def check_promised(
    requests: Sequence[Request], answers: Mapping[str, Any], lists: Mapping[str, Published]
) -> None:
    """I11: a revocation that was acknowledged before a publication that was is in the published lists."""
    done = [one for one in requests if one.key in answers]
    if not any(one.kind == "publish" for one in done):
        return
    upto = max(place for place, one in enumerate(done) if one.kind == "publish")
    out: dict[str, list[dict[str, Any]]] = {}
    for one in done[:upto]:
        answer = answers[one.key]
        for told in answer if isinstance(answer, list) else []:
            if "serial" in told:
                out.setdefault(told["number"], []).append(told)
        ended = _ENDED.match(str(one.given.get("path")))
        for told in out.get(ended[1], []) if ended and answer["status"] == 200 else []:
            one_list = lists[told["list"].rpartition("/")[2]].token
            assert one_list is not None, "I11: a list that was published is not there"
            assert one_list.get(told["idx"]), f"I11: {told['serial']} was ended, and is published as valid"


def check_same(found: Outline, wanted: Outline) -> None:
    """I12: after repeating everything, the register says what it would if nobody had been killed."""
    assert found.certificates == wanted.certificates, "I12: certificates"
    assert found.credentials == wanted.credentials, "I12: credentials"
    extra, missing = found.events - wanted.events, wanted.events - found.events
    assert not extra, f"I12: events that happened too often: {dict(extra)}"
    assert not missing, f"I12: events that are missing: {dict(missing)}"


def _i1_nothing_is_left_between_two_steps(credentials: Sequence[dict[str, Any]]) -> None:
    for row in credentials:
        assert row["state"] in ("released", "void"), f"I1: {row['serial']} is still {row['state']}"
        if row["state"] == "released":
            assert row["token"], f"I1: {row['serial']} is released without a text"
            _, payload, _ = row["token"].split(".")
            assert _unbase64(payload.encode()).decode() == row["payload"], f"I1: {row['serial']} says else"


def _i4_serials_and_places_are_taken_once(rows: Rows, credentials: Sequence[dict[str, Any]]) -> None:
    for name, taken in (
        ("serial", [row["serial"] for row in credentials]),
        ("place in a list", [(row["list_number"], row["idx"]) for row in credentials]),
        ("idempotency key", [row["idempotency_key"] for row in credentials]),
        ("salt", [row["log_salt"] for row in credentials]),
    ):
        twice = [value for value, count in Counter(taken).items() if count > 1]
        assert not twice, f"I4: {name} taken twice: {twice}"
    counts = Counter(row["list_number"] for row in credentials)
    for row in rows("SELECT number, taken, size FROM status_list"):
        assert row["taken"] == counts[row["number"]], f"I4: list {row['number']} counts its places wrong"
        places = [one["idx"] for one in credentials if one["list_number"] == row["number"]]
        assert all(0 <= idx < row["size"] for idx in places), f"I4: a place outside list {row['number']}"


def _i5_certificates_and_credentials_agree(credentials: Sequence[dict[str, Any]]) -> None:
    living: Counter[tuple[int, bool]] = Counter()
    for row in credentials:
        wanted = STATUS_OF[row["certificate_state"]]
        if row["state"] == "void":
            wanted = 1
        elif row["superseded_at"] is not None and wanted != 1:
            wanted = 3
        assert row["status"] == wanted, (
            f"I5: {row['serial']} of {row['document_number']} ({row['certificate_state']}) has status "
            f"{row['status']}, not {wanted}"
        )
        if row["state"] == "released" and row["superseded_at"] is None:
            living[row["certificate_id"], row["holder_thumbprint"] is None] += 1
    assert max(living.values(), default=1) == 1, "I5: a certificate lives on two phones, or on two papers"


def _i6_the_audit_trail_is_whole(rows: Rows, credentials: Sequence[dict[str, Any]]) -> None:
    previous, sequence, events = "0" * 64, 0, []
    for row in rows("SELECT * FROM audit_event ORDER BY sequence"):
        sequence += 1
        assert row["sequence"] == sequence, f"I6: event {sequence} is missing"
        assert row["previous"] == previous, f"I6: event {sequence} does not follow the one before"
        said = [row[name] for name in ("sequence", "at", "actor", "event", "subject", "details", "previous")]
        previous = sha256(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
        assert row["hash"] == previous, f"I6: event {sequence} was changed"
        events.append(row)
    [head] = rows("SELECT * FROM audit_head")
    assert (head["sequence"], head["hash"]) == (sequence, previous), "I6: the head is of another event"
    logged = Counter(row["subject"] for row in events if row["event"] == "credential-logged")
    for row in credentials:
        if row["state"] == "released":
            assert logged[row["serial"]] == 1, f"I6: {row['serial']} has {logged[row['serial']]} log events"
            text = row["token"].rpartition(".")[0].encode()
            digest = sha256(bytes.fromhex(row["log_salt"]) + text).hexdigest()
            [event] = [one for one in events if one["event"] == "credential-logged" and
                       one["subject"] == row["serial"]]  # fmt: skip
            assert json.loads(event["details"])["signed"] == digest, f"I6: {row['serial']} was logged as else"


def _i7_the_log_is_whole(rows: Rows, credentials: Sequence[dict[str, Any]]) -> None:
    entries = rows("SELECT * FROM log_entry ORDER BY idx")
    assert [row["idx"] for row in entries] == list(range(len(entries))), "I7: the log has a gap"
    by_serial = {row["serial"]: row for row in entries}
    assert len(by_serial) == len(entries), "I7: a credential is in the log twice"
    released = [row for row in credentials if row["state"] == "released"]
    missing = {row["serial"] for row in released} - by_serial.keys()
    assert not missing, f"I7: {missing} are released and not logged"
    unknown = by_serial.keys() - {
        row["serial"] for row in credentials
    }  # what was given up last is logged too
    assert not unknown, f"I7: {unknown} are logged and not in the register"
    for row in released:
        if row["serial"] in by_serial:
            text = row["token"].rpartition(".")[0].encode()
            inner = sha256(bytes.fromhex(row["log_salt"]) + text).digest()
            leaf = sha256(b"\0" + inner).digest()
            assert by_serial[row["serial"]]["leaf_hash"] == leaf, f"I7: the log has another {row['serial']}"
    leaves = [bytes(row["leaf_hash"]) for row in entries]
    nodes = Counter(bytes(row["hash"]) for row in rows("SELECT hash FROM log_node"))
    assert nodes == Counter(_complete_subtrees(leaves)), "I7: the log's nodes are not those of its leaves"
    size = 0
    heads = {(row["sequence"], row["hash"]) for row in rows("SELECT sequence, hash FROM audit_event")}
    for row in rows("SELECT * FROM log_checkpoint ORDER BY number"):
        size = _check_checkpoint(row, leaves, size, heads)


def _check_checkpoint(
    row: dict[str, Any], leaves: list[bytes], least: int, heads: Collection[tuple[int, str]]
) -> int:
    """C2SP tlog-checkpoint: it was signed, and names the root of the leaves that there were then.

    And one head that the audit trail had.
    """
    text, _, signature = row["note"].partition("\n\n")
    origin, size, root, *extra = text.split("\n")
    assert int(size) == row["size"], "I7: a checkpoint of another size"
    assert least <= row["size"] <= len(leaves), "I7: the log shrank"
    assert b64decode(root) == _root(leaves[: row["size"]]), f"I7: the checkpoint of {size} has another root"
    [(_, sequence, digest)] = [line.split() for line in extra]
    head = int(sequence), b64decode(digest).hex()
    assert head in heads, f"I7: the checkpoint of {size} holds another audit trail's head"
    _, name, signed = signature.split()
    assert name == origin, "I7: a checkpoint that somebody else signed"
    key = _unbase64(str(NORWAY.signers[LOG_KID].public_key.to_jwk()["x"]).encode())
    Ed25519PublicKey.from_public_bytes(key).verify(b64decode(signed)[4:], f"{text}\n".encode())
    return int(size)


def _root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, 2.1.1, as it is written there."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + _root(leaves[:half]) + _root(leaves[half:])).digest()


def _complete_subtrees(leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes of all complete subtrees of two leaves and more."""
    found: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        level = [
            sha256(b"\1" + one + two).digest() for one, two in zip(level[::2], level[1::2], strict=False)
        ]
        found += level
    return found


def _unbase64(text: bytes) -> bytes:
    return urlsafe_b64decode(text + b"=" * (-len(text) % 4))
