"""Checkpoints: signed when the log has grown, under the log's own key, and hold the audit trail's head."""

from dataclasses import replace
from hashlib import sha256

import pytest
from sqlalchemy import insert
from support.desk import Desk
from support.issuer_app import KEYS
from support.log_keys import LOG_KEY, LOG_KID, SIGNER, with_log

from issuer.adapters.object_store import Upload
from issuer.adapters.tables import log_checkpoint
from issuer.domain.errors import Conflict, DatabaseUnusable, InvalidInput, NotFound
from issuer.services.audit import trail
from issuer.services.audit.trail import AuditEvent, record
from issuer.services.log import transparency
from issuer.services.log.checkpoints import Checkpoints
from issuer.services.log.transparency import NewEntry
from keys.signer import SoftwareSigner
from keys.transparency import consistency
from keys.transparency.anchor import anchor_of
from keys.transparency.checkpoint import Checkpoint, parse, sign, verify
from keys.transparency.entry import check


def entries(start: int, stop: int) -> list[NewEntry]:
    return [NewEntry(f"{n:032x}", sha256(b"%d" % n).digest()[:16], b"h.p%d" % n) for n in range(start, stop)]


def grow(desk: Desk, start: int, stop: int) -> None:
    with desk.database.write() as connection:
        transparency.append(connection, entries(start, stop))
        record(
            connection, desk.clock, [AuditEvent("credential-logged", f"{n:032x}") for n in range(start, stop)]
        )


def checkpoints(desk: Desk, keys: object = None) -> Checkpoints:
    return Checkpoints(desk.database, desk.clock, keys or with_log(KEYS), desk.settings)  # type: ignore[arg-type]


def test_log_is_signed_once_for_each_size_with_the_audit_trails_head(desk: Desk) -> None:
    log = checkpoints(desk)
    assert log.make() is None  # nothing to sign
    grow(desk, 0, 3)
    note = log.make()
    assert note is not None
    signed = verify(note.encode(), [LOG_KEY], origin="certificates.example/no/log")
    with desk.database.read() as connection:
        assert anchor_of(signed) == trail.head(connection)
    assert signed.size == 3
    assert log.make() == log.newest() == note
    grow(desk, 3, 5)
    newer = log.make()
    assert newer is not None
    new = parse(newer.encode()).checkpoint
    consistency.check(signed, new, consistency.from_text(log.consistency(3, 5).encode()))


def test_a_day_in_which_the_audit_trail_alone_has_grown_is_held_fast_too(desk: Desk) -> None:
    log = checkpoints(desk)
    grow(desk, 0, 3)
    first = log.make()
    with desk.database.write() as connection:
        record(connection, desk.clock, [AuditEvent("certificate-revoked", "NO-1")])
    desk.clock.forward(hours=23)
    assert log.make() == first
    desk.clock.forward(hours=1)
    second = log.make()
    assert second != first
    assert parse(second.encode()).checkpoint.size == 3
    desk.clock.forward(days=2)
    assert log.make() == second  # nothing is new
    with desk.database.read() as connection:
        assert transparency.receipt(connection, f"{0:032x}").checkpoint == first  # ever the same receipt


def test_without_a_key_of_the_log_nothing_is_signed_and_a_key_that_follows_signs_anew(
    desk: Desk,
) -> None:
    grow(desk, 0, 3)
    bare = checkpoints(desk, KEYS)
    assert bare.make() is None
    assert bare.uploads(None) == []
    assert bare.receipts([f"{0:032x}"]) == {}
    with pytest.raises(NotFound, match="no checkpoint"):
        bare.newest()
    first = checkpoints(desk).make()
    follower = SoftwareSigner.generate(SIGNER.algorithm)
    keys = with_log(KEYS)
    keys = replace(keys, signers={**keys.signers, LOG_KID: follower})
    assert checkpoints(desk, keys).make() not in (None, first)


def test_receipts_are_made_when_somebody_waits_for_them_and_check(desk: Desk) -> None:
    log = checkpoints(desk)
    grow(desk, 0, 2)
    log.make()
    grow(desk, 2, 4)
    wanted = [f"{n:032x}" for n in range(5)]  # the last is not logged
    found = log.receipts(wanted)
    assert list(found) == wanted[:4]
    for n, one in enumerate(found.values()):
        assert check(one, b"h.p%d" % n, LOG_KEY).size == (2 if n < 2 else 4)
    with desk.database.write() as connection:
        transparency.anonymise(connection, desk.clock, wanted[1])
    assert list(log.receipts(wanted)) == [wanted[0], *wanted[2:4]]


def put(folder: dict[str, bytes], uploads: list[Upload]) -> list[str]:
    folder.update({one.name: one.data for one in uploads})
    return [one.name for one in uploads]


def test_what_is_published_leads_from_each_checkpoint_to_the_next(desk: Desk) -> None:
    log, folder = checkpoints(desk), dict[str, bytes]()
    grow(desk, 0, 3)
    assert put(folder, log.uploads(None)) == ["log/3.checkpoint", "log/checkpoint"]
    grow(desk, 3, 8)
    log.make()
    grow(desk, 8, 9)
    put(folder, log.uploads(folder["log/checkpoint"]))
    assert sorted(folder) == ["log/3.checkpoint", "log/9.checkpoint", "log/9.proof", "log/checkpoint"]
    old, new = (parse(folder[f"log/{size}.checkpoint"]).checkpoint for size in (3, 9))
    consistency.check(old, new, consistency.from_text(folder["log/9.proof"]))
    assert put(folder, log.uploads(folder["log/checkpoint"])) == ["log/9.checkpoint", "log/checkpoint"]


@pytest.mark.parametrize(
    ("published", "says"),
    [
        (9, "the published log has 9 entries, and the reg"),
        (2, "not the beginning"),
        (0, "is no che"),
    ],
)
def test_a_published_log_that_is_larger_or_another_is_not_overwritten(
    desk: Desk, published: int, says: str
) -> None:
    found = sign(Checkpoint("certificates.example/no/log", published, b"x" * 32), SIGNER) if published else ""
    grow(desk, 0, 3)
    with pytest.raises(Conflict, match=says):
        checkpoints(desk).uploads(found.encode())


def test_sizes_that_the_log_never_had_are_refused(desk: Desk) -> None:
    grow(desk, 0, 3)
    for old, new in ((0, 4), (3, 2), (-1, 3)):
        with pytest.raises(InvalidInput, match="the log grew from 0 to 3"):
            checkpoints(desk).consistency(old, new)


def test_a_register_that_was_put_back_signs_no_log_that_contradicts_the_signed_one(desk: Desk) -> None:
    grow(desk, 0, 3)
    lost = sign(Checkpoint("certificates.example/no/log", 4, b"x" * 32), SIGNER)
    with desk.database.write() as connection:
        connection.execute(insert(log_checkpoint).values(size=4, at=0, note=lost))
    with pytest.raises(DatabaseUnusable, match="contradicts its signed checkpoint of 4"):
        checkpoints(desk).make()
