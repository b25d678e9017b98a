"""The sea pack: what is built is read, and no damage passes."""

import struct
import tracemalloc
import zlib
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.simulator import DAY, NOW, Authority, Publication

from keys.encoding import Json, json_dumps
from verifier import intake, pack
from verifier.intake import Held, Intake, RefusedPack
from verifier.pack import PackError
from verifier.status import Status

FILES = {"1.root.json": b"{}", "targets/NO/ab.keys.json": b"[1]"}
LISTS = (b"eyJh.eyJi.c", b"eyJh.eyJj.d")
BUILT = pack.build(FILES, LISTS)


def sealed(body: bytes) -> bytes:
    return body + sha256(body).digest()


def test_what_is_built_is_read() -> None:
    contents = pack.read(BUILT)
    assert contents.files == FILES
    assert contents.lists == LISTS
    assert contents.base is None


def test_the_same_contents_make_the_same_pack() -> None:
    assert pack.build(dict(reversed(FILES.items())), LISTS) == BUILT


@given(
    st.dictionaries(st.from_regex(r"[a-z0-9]{1,8}(/[A-Z]{1,8}){0,2}", fullmatch=True), st.binary(min_size=1)),
    st.lists(st.binary(min_size=1)),
)
def test_any_files_and_lists_survive_the_pack(files: dict[str, bytes], lists: list[bytes]) -> None:
    contents = pack.read(pack.build(files, lists))
    assert (contents.files, contents.lists) == (files, tuple(lists))


HEX, URL = "0123456789abcdef", "ABCXYZabcxyz0189-_"
VALUES = st.one_of(
    st.text(HEX, min_size=64, max_size=64),
    st.text(HEX, min_size=128, max_size=128),
    st.text(HEX, min_size=8, max_size=8),
    st.text(URL, min_size=43, max_size=43),
    st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), max_size=70),
    st.sampled_from((sha256(b"a").hexdigest(), sha256(b"b").hexdigest(), "\x06a", '"', "\\")),
)


@given(st.lists(st.lists(VALUES, max_size=6), min_size=1, max_size=6), st.booleans())
def test_whatever_values_a_text_has_it_comes_out_as_it_went_in(texts: list[list[str]], named: bool) -> None:
    files = {"targets/a." + sha256(b"a").hexdigest(): b"a"} if named else {}
    for number, values in enumerate(texts):
        files[f"{number}.json"] = ",".join(f'"{value}"' for value in values).encode() + b"."
    contents = pack.read(pack.build(files, []))
    assert contents.files == files


@given(st.integers(0, len(BUILT) * 8 - 1))
@settings(max_examples=300)
def test_every_flipped_bit_is_noticed(bit: int) -> None:
    damaged = bytearray(BUILT)
    damaged[bit >> 3] ^= 1 << (bit & 7)
    with pytest.raises(PackError):
        pack.read(bytes(damaged))


@given(st.integers(0, len(BUILT) - 1))
def test_every_cut_is_noticed(end: int) -> None:
    with pytest.raises(PackError):
        pack.read(BUILT[:end])


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_pack(data: bytes) -> None:
    for candidate in (data, pack.MAGIC + data, sealed(pack.MAGIC + data)):
        with pytest.raises(PackError):
            pack.read(candidate)


def index(**changes: Json) -> dict[str, Json]:
    return {"format": "ombord-pack", "version": 2, "files": [], "others": [], "lists": [], **changes}


def made(
    index: Json,
    *texts: bytes,
    values: bytes = b"",
    blobs: bytes = b"",
    head: bytes | None = None,
    sizes: tuple[int, ...] | None = None,
) -> bytes:
    """A pack with a good digest around whatever a hostile one says."""
    head = b"\0".join((json_dumps(index), *texts)) + b"\0" if head is None else head
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = compressor.compress(head) + compressor.flush()
    lengths = struct.pack(">IIII", *(sizes or (len(deflated), len(head), len(values), len(blobs))))
    return sealed(pack.MAGIC + lengths + deflated + values + blobs)


MILLION = 1_000_000
SPACED = b'{"format":"ombord-pack", "version":2,"files":[],"others":[],"lists":[]}\0'
HOSTILE = {
    "version 1": sealed(b"OMBPACK\x01" + bytes(16)),
    "version 3": sealed(b"OMBPACK\x03" + bytes(16)),
    "another version of the index": made(index(version=1)),
    "an index that is no object": made([]),
    "an index in another spelling": made(None, head=SPACED),
    "an index with a name twice": made(None, head=b'{"format":"a","format":"ombord-pack"}\0'),
    "an index in another order": made({"version": 2, **index()}),
    "an index with a name of its own": made(index(more=[])),
    "a completion of nothing": made(index(completes="2026-11-21-000000000000")),
    "no base": made(index(base=None)),
    "no files": made({"format": "ombord-pack", "version": 2, "others": [], "lists": []}),
    "no end": made(None, head=json_dumps(index())),
    "nothing": made(None, head=b""),
    "a million lists": made(index(lists=[1] * MILLION), blobs=b"x" * MILLION),
    "a million files": made(index(files=["a"] * 5_000), *[b"x"] * MILLION),
    "a million names": made(index(files=[f"f{n}" for n in range(MILLION)])),
    "a folder above": made(index(files=["../x.json"]), b"x"),
    "a folder above, as another file": made(index(others=[["../x.bin", 1]]), values=b"x"),
    "an absolute path": made(index(files=["/etc/passwd"]), b"x"),
    "a drive": made(index(files=["C:x"]), b"x"),
    "a backslash": made(index(files=["a\\b"]), b"x"),
    "a hidden file": made(index(files=[".ssh"]), b"x"),
    "a line break": made(index(files=["a\n"]), b"x"),
    "an empty name": made(index(files=[""]), b"x"),
    "a name that is none": made(index(files=[1]), b"x"),
    "a name by two hashes": made(index(files=["*/*"]), b"x"),
    "a name twice": made(index(files=["a", "a"]), b"x", b"x"),
    "a name twice, of two kinds": made(index(files=["a"], others=[["a", 1]]), b"x", values=b"y"),
    "a name twice, by its hash": made(index(files=["*", sha256(b"x").hexdigest()]), b"x", b"x"),
    "a file that nobody named": made(index(), b"x"),
    "a file that is not there": made(index(files=["a", "b"]), b"x"),
    "a negative size": made(index(others=[["a", -1]]), values=b"x"),
    "a size that is true": made(index(others=[["a", True]]), values=b"x"),
    "no size": made(index(others=[["a"]]), values=b"x"),
    "a size beyond the values": made(index(others=[["a", 9]]), values=b"x"),
    "values that nobody asks for": made(index(), values=b"x"),
    "values that are not there": made(index(files=["a"]), b'{"k":\x01}', values=bytes(31)),
    "a hash before its file": made(index(files=["a"]), b'{"k":\x04}'),
    "a key id before its key": made(index(files=["a"]), b'{"k":\x06\x80}'),
    "a key id at the end": made(index(files=["a"]), b'{"k":\x06'),
    "a key id that is none": made(index(files=["a"]), b'{"k":\x06a}'),
    "lists that nobody named": made(index(), blobs=b"x"),
    "lists that are not there": made(index(lists=[5])),
    "an update of nothing": made(index(base="")),
    "an update of a path": made(index(base="../2026-11-21-000000000000")),
    "an update that completes anything": made(index(base="any", completes="any")),
    "a head that is longer than said": made(None, head=SPACED, sizes=(20, 3, 0, 0)),
    "lengths that do not add up": made(index(), sizes=(1, 2, 3, 4)),
    "a head beyond all bounds": made(index(), sizes=(72, 1 << 30, 0, 0)),
    "a bomb of zeros": made(None, head=bytes(pack.MAX_HEAD + 1)),
    "a bomb of values": made(index(files=["a"]), b"\x02" * (pack.MAX_HEAD // 100)),
    "a bomb of key ids": made(
        index(files=["a"]), b"\x05" + b"\x06\x80" * (pack.MAX_HEAD // 8), values=bytes(32)
    ),
    "cut before its lengths": sealed(pack.MAGIC),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_pack_with_a_good_digest_is_refused(data: bytes) -> None:
    with pytest.raises(PackError):
        pack.read(data)


def test_a_pack_of_65_megabytes_is_not_read() -> None:
    with pytest.raises(PackError, match="at most"):
        pack.read(pack.MAGIC + bytes(pack.MAX_PACK))


def test_values_without_a_place_are_refused_before_anything_is_made_of_them() -> None:
    size = 8 << 20
    data = made(index(files=["a"]), b"x", values=bytes(size))
    tracemalloc.start()
    try:
        with pytest.raises(PackError, match="do not add up"):
            pack.read(data)
        assert tracemalloc.get_traced_memory()[1] < 3 * size
    finally:
        tracemalloc.stop()


# What comes in


NORWAY = Authority("NO")
DENMARK = Authority("DK")


class Harbour:
    """Publishes directories and packs of them, and remembers what a device has taken in."""

    def __init__(self) -> None:
        self.published = Publication(NORWAY, DENMARK)
        self.held = Held(root=self.published.root)

    def pack(self, *lists: str, extra: dict[str, bytes] | None = None) -> bytes:
        from keys.trust.client import needed

        files = needed(self.published.files, root=self.published.root, at=self.published.at)
        return pack.build({**files, **(extra or {})}, [token.encode() for token in lists])

    def take_in(self, data: bytes) -> Intake:
        taken = intake.take_in(data, self.held, at=NOW + 5 * DAY)
        self.held = taken.held()
        return taken


@pytest.fixture
def harbour() -> Harbour:
    return Harbour()


def test_a_pack_brings_the_directory_and_its_lists(harbour: Harbour) -> None:
    taken = harbour.take_in(harbour.pack(NORWAY.status_list(), DENMARK.status_list()))
    assert sorted(taken.lists) == [DENMARK.status_uri, NORWAY.status_uri]
    assert taken.directory.key(NORWAY.iss, NORWAY.certificate_kid) is not None
    assert taken.pack.startswith("2026-11-21-")
    assert len(taken.changes) == 2


def test_the_same_pack_again_changes_nothing(harbour: Harbour) -> None:
    data = harbour.pack(NORWAY.status_list())
    harbour.take_in(data)
    assert harbour.take_in(data).changes == ()


def test_a_newer_list_replaces_and_an_older_one_does_not(harbour: Harbour) -> None:
    harbour.take_in(harbour.pack(NORWAY.status_list(at=NOW)))
    harbour.take_in(harbour.pack(NORWAY.status_list(at=NOW + DAY)))
    taken = harbour.take_in(harbour.pack(NORWAY.status_list(at=NOW - DAY), DENMARK.status_list()))
    assert taken.lists[NORWAY.status_uri].iat == NOW + DAY
    assert "kept" in taken.changes[0]


def test_lists_that_the_pack_lacks_are_kept(harbour: Harbour) -> None:
    harbour.take_in(harbour.pack(NORWAY.status_list()))
    assert NORWAY.status_uri in harbour.take_in(harbour.pack(DENMARK.status_list())).lists


def test_an_older_directory_is_refused_whole(harbour: Harbour) -> None:
    old = harbour.pack(NORWAY.status_list())
    harbour.published.publish(NOW + DAY)
    harbour.take_in(harbour.pack())
    with pytest.raises(RefusedPack, match="this device has seen"):
        harbour.take_in(old)


def test_a_pack_of_another_root_is_refused(harbour: Harbour) -> None:
    stranger = Publication(NORWAY, DENMARK, timestamp=(2, 2))
    harbour.held = Held(root=stranger.root)
    with pytest.raises(RefusedPack):
        harbour.take_in(harbour.pack())


def test_a_file_that_nobody_signed_for_is_refused(harbour: Harbour) -> None:
    with pytest.raises(RefusedPack, match=r"rules\.json"):
        harbour.take_in(harbour.pack(extra={"rules.json": b"{}"}))


def test_files_of_two_publications_do_not_mix(harbour: Harbour) -> None:
    early = dict(harbour.published.files)
    harbour.published.publish(NOW + DAY)
    with pytest.raises(RefusedPack):
        harbour.take_in(
            harbour.pack(extra={"timestamp.json": early["timestamp.json"], "9.snapshot.json": b"{}"})
        )


BAD_LISTS = {
    "of nobody": (Authority("SE").status_list(),),
    "forged": (NORWAY.status_list(kid=NORWAY.certificate_kid),),
    "no token": ("hello",),
    "twice": (NORWAY.status_list(), NORWAY.status_list(at=NOW + DAY)),
    "dated ahead": (NORWAY.status_list(at=NOW + 30 * DAY),),
}


@pytest.mark.parametrize("lists", BAD_LISTS.values(), ids=BAD_LISTS.keys())
def test_one_bad_list_refuses_the_pack(harbour: Harbour, lists: tuple[str, ...]) -> None:
    with pytest.raises(RefusedPack):
        harbour.take_in(harbour.pack(DENMARK.status_list(), *lists))


def test_another_list_of_the_same_second_undoes_no_revocation() -> None:
    norway = Authority("NO")
    harbour = Harbour()
    before = norway.status_list()
    norway.revoke(7)
    harbour.take_in(harbour.pack(norway.status_list()))
    taken = harbour.take_in(harbour.pack(before))
    assert taken.lists[norway.status_uri].get(7) is Status.REVOKED
    assert "kept what is held" in taken.changes[0]


def test_once_a_list_was_dropped_no_older_one_comes_in() -> None:
    """The thief of the new status key had it revoked; a list of before, under the old key, is no answer."""
    from keys.trust.directory import STATUS, KeyState

    sweden = Authority("SE")
    harbour = Harbour()
    harbour.published = Publication(sweden)
    harbour.held = Held(root=harbour.published.root)
    before, old_key = sweden.status_list(at=NOW - DAY), sweden.status_kid
    sweden.status_kid = sweden.add_key(STATUS)
    sweden.revoke(7)
    harbour.published.publish(NOW + timedelta(hours=1))
    harbour.take_in(harbour.pack(sweden.status_list()))
    sweden.retire_key(sweden.status_kid, KeyState.REVOKED)
    harbour.published.publish(NOW + DAY)
    assert harbour.take_in(harbour.pack()).lists == {}
    taken = harbour.take_in(harbour.pack(before))
    assert taken.lists == {}
    assert "not taken" in taken.changes[0]
    again = harbour.take_in(harbour.pack(sweden.status_list(at=NOW + DAY, kid=old_key)))
    assert again.lists[sweden.status_uri].get(7) is Status.REVOKED


def test_a_list_whose_key_was_revoked_is_dropped_when_the_news_comes() -> None:
    sweden = Authority("SE")
    harbour = Harbour()
    harbour.published = Publication(sweden)
    harbour.held = Held(root=harbour.published.root)
    harbour.take_in(harbour.pack(sweden.status_list()))
    from keys.trust.directory import KeyState

    sweden.retire_key(sweden.status_kid, KeyState.REVOKED)
    harbour.published.publish(NOW + DAY)
    taken = harbour.take_in(harbour.pack())
    assert taken.lists == {}
    assert any("dropped" in change for change in taken.changes)
