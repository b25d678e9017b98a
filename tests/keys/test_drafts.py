"""Drafts as files from strangers: whatever they say, it is read, or refused with a sentence."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.simulator import DAY, NOW, Authority, Publication

from keys.trust import ceremony, drafts, words
from keys.trust.draft_checks import check
from keys.trust.drafts import Draft, DraftError, role_keys
from keys.trust.handing_over import HandoverDraft
from keys.trust.holder import Holder
from keys.trust.published import Published
from keys.trust.register import RegisterError

PUBLISHED = Publication(Authority("NO"), Authority("DK"), root=(5, 3), targets=(3, 2))
BEFORE = Published(PUBLISHED.files)
LATER = NOW + DAY


def root_draft() -> Draft:
    return ceremony.draft_root(PUBLISHED.plan(), BEFORE, LATER)


def directory_draft() -> Draft:
    return ceremony.draft_directory(PUBLISHED.plan(), BEFORE, LATER)


def flag_draft() -> Draft:
    return ceremony.draft_flag(PUBLISHED.plan(), "NO", BEFORE, LATER)


KINDS: dict[str, Callable[[], Draft]] = {
    "root": root_draft,
    "directory": directory_draft,
    "flag": flag_draft,
}


def signed(make: Callable[[], Draft]) -> bytes:
    draft = make()
    first = next(iter(draft.allowed))
    draft.sign([PUBLISHED.signers[first]])
    return drafts.to_json(draft)


def judge(data: bytes) -> Draft:
    """All that happens to a draft before a passphrase is asked for."""
    draft = drafts.from_json(data)
    check(draft, LATER)
    assert words.describe(draft)
    return draft


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS.keys())
def test_a_draft_reads_what_it_wrote(make: Callable[[], Draft]) -> None:
    data = signed(make)
    draft = judge(data)
    assert drafts.to_json(draft) == data
    assert len(draft.metadata.signatures) == 1


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a JSON document, from the outside in."""
    yield path
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, inner in members:
        yield from places(inner, (*path, name))


NONSENSE: list[Any] = [None, True, -1, 2**60, "", "0", "a\nb", "\u202e", [], {}, [{}], {"x": 1}, [["x"]]]


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS.keys())
def test_nonsense_in_any_place_is_refused_or_leaves_what_is_signed_as_it_was(
    make: Callable[[], Draft],
) -> None:
    data = signed(make)
    content, members = judge(data).metadata.signed_bytes, json.loads(data)
    for path in list(places(members))[1:]:
        for nonsense in NONSENSE:
            changed = json.loads(data)
            inner = changed
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = nonsense
            survives(json.dumps(changed).encode(), content, path)
        changed = json.loads(data)
        inner = changed
        for name in path[:-1]:
            inner = inner[name]
        del inner[path[-1]]
        survives(json.dumps(changed).encode(), content, path)


def survives(data: bytes, content: bytes, where: object) -> None:
    try:
        draft = judge(data)
    except DraftError:
        return
    if draft.metadata.signatures:
        assert draft.metadata.signed_bytes == content, where


@given(st.integers(0, len(signed(root_draft)) - 1), st.integers(1, 255))
def test_any_flipped_byte_is_refused_or_leaves_what_is_signed_as_it_was(place: int, bits: int) -> None:
    data = bytearray(signed(root_draft))
    content = judge(bytes(data)).metadata.signed_bytes
    data[place] ^= bits
    survives(bytes(data), content, place)


@given(st.integers(0, len(signed(flag_draft)) - 2))
def test_a_draft_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(DraftError):
        judge(signed(flag_draft)[:length])


def test_a_time_floor_that_is_yet_to_come_is_not_signed() -> None:
    published = Publication(Authority("NO"))
    plan = replace(published.plan(), time_floor=LATER + DAY / 2)
    draft = ceremony.draft_root(plan, Published(published.files), LATER + DAY)
    with pytest.raises(DraftError, match="which is yet to come"):
        check(draft, LATER)


# What a list of keys may not say


def flag_saying(change: Callable[[Authority], None]) -> Draft:
    """A draft after a change, against what was published before."""
    norway = Authority("NO")
    published = Publication(norway)
    change(norway)
    return ceremony.draft_flag(published.plan(), "NO", Published(published.files), LATER)


def test_a_key_id_that_would_name_another_key_is_not_signed() -> None:
    def again(norway: Authority) -> None:
        other = norway.add_key("medical")
        norway.change_key(key=norway.keys[other].key)

    with pytest.raises(DraftError, match="would name another key; a key id is never used again"):
        check(flag_saying(again), LATER)


def test_windows_out_of_order_are_not_signed() -> None:
    with pytest.raises(DraftError, match="windows of NO-2026a are out of order"):
        check(flag_saying(lambda norway: norway.change_key(sign_until=NOW - 900 * DAY)), LATER)


def test_a_key_that_vanishes_is_called_out() -> None:
    draft = flag_saying(lambda norway: norway.keys.__delitem__(norway.pass_kid))
    check(draft, LATER)
    assert "! - NO-2026b: removed from the list" in words.describe(draft)


def test_a_flag_signs_for_itself_alone() -> None:
    data = json.loads(drafts.to_json(flag_draft()))
    with pytest.raises(DraftError):
        judge(json.dumps({**data, "role": "DK"}).encode())


def test_a_flag_that_would_lose_its_keys_without_a_handover_is_called_out() -> None:
    strangers = Publication(*PUBLISHED.authorities, ceremony=10_000)
    draft = ceremony.draft_directory(strangers.plan(), BEFORE, LATER)
    said = words.describe(draft)
    assert "! NO: other keys sign for it" in said
    assert "WITHOUT a handover" in said


def test_an_authority_that_vanishes_is_called_out() -> None:
    alone = Publication(PUBLISHED.authorities[0])
    assert "! - DK" in words.describe(ceremony.draft_directory(alone.plan(), BEFORE, LATER))


# Handovers and holders


def handover() -> HandoverDraft:
    role = role_keys(PUBLISHED.plan().flags[0].role)
    other = role_keys(PUBLISHED.plan().flags[1].role)
    draft = HandoverDraft(flag="NO", old=role, new=other, holders={"00": "Nora"})
    return draft.signed_by(PUBLISHED.signers.values())


def test_nonsense_in_a_handover_is_refused_or_leaves_it_as_it_was() -> None:
    data = handover().to_json()
    for path in list(places(json.loads(data)))[1:]:
        for nonsense in NONSENSE:
            changed = json.loads(data)
            inner = changed
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = nonsense
            try:
                draft = HandoverDraft.from_json(json.dumps(changed).encode())
                draft.check()
            except DraftError:
                continue
            assert draft.describe()
            assert not draft.signatures or draft.content == handover().content


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b'{"format":"ombord-holder","version":2}',
        b'{"format":"ombord-holder","version":1,"name":"a","key":{}}',
        b'{"format":"ombord-holder","version":1,"name":"a\\u0001","key":{}}',
    ],
)
def test_what_is_no_holders_file_is_named(data: bytes) -> None:
    with pytest.raises(RegisterError, match=r"a\.pub\.json is no holder's public key"):
        Holder.from_json(data, "a.pub.json")


def test_a_holder_signs_with_ed25519() -> None:
    norway = Authority("NO")
    key = norway.signers[norway.certificate_kid].public_key
    with pytest.raises(RegisterError, match="sign with Ed25519"):
        Holder.from_json(Holder("Anna", key).to_json(), "a.pub.json")
