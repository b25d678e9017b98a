"""What the publisher signs: as few signatures as count, an index that never goes back, and TUF for all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from support.ship_lists import Series
from support.simulator import DAY, NOW, Authority, Publication, seeded_signer
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from keys.algorithms import Algorithm
from keys.trust import ceremony, client, drafts, status_index
from keys.trust.allow_list import build
from keys.trust.directory import DirectoryError
from keys.trust.pending import pending
from keys.trust.plan import Role, from_json, to_json
from keys.trust.published import Published
from keys.trust.publisher import PublishError, publish
from keys.trust.register import RegisterError


@pytest.fixture
def norway() -> Authority:
    return Authority("NO")


@pytest.fixture
def published(norway: Authority) -> Publication:
    return Publication(
        norway, Authority("DK"), root=(5, 3), targets=(3, 2), snapshot=(1, 1), timestamp=(1, 1)
    )


def signatures(published: Publication, name: str) -> list[str]:
    return [one["keyid"] for one in json.loads(published.files[name])["signatures"]]


# Signatures


def test_a_publication_carries_just_enough_signatures(published: Publication) -> None:
    assert {
        name: len(signatures(published, name)) for name in ("1.root.json", "1.targets.json", "1.NO.json")
    } == {
        "1.root.json": 3,
        "1.targets.json": 2,
        "1.NO.json": 1,
    }


def test_the_first_keys_at_hand_sign(published: Publication) -> None:
    ids = published.plan().roles["targets"].ids
    without = {keyid: one for keyid, one in published.signers.items() if keyid != ids[0]}
    files = publish(published.plan(), signers=without, at=NOW, before={})
    assert [one["keyid"] for one in json.loads(files["1.targets.json"])["signatures"]] == ids[1:]


def test_one_holder_of_old_and_new_root_signs_once_for_both(published: Publication) -> None:
    plan = published.plan()
    root = plan.roles["root"]
    newcomer = seeded_signer("newcomer", Algorithm.ED25519)
    changed = replace(root, keys=(*root.keys[1:], newcomer.public_key))
    plan = replace(plan, roles={**plan.roles, "root": changed})
    files = publish(plan, signers=published.signers, at=NOW + DAY, before=published.files)
    assert len(json.loads(files["2.root.json"])["signatures"]) == 3


# Held elsewhere


def without(published: Publication, *roles: str) -> dict[str, Any]:
    gone = {keyid for role in roles for keyid in published.plan().roles[role].ids}
    return {keyid: one for keyid, one in published.signers.items() if keyid not in gone}


def test_roles_that_are_held_elsewhere_keep_their_last_word(
    published: Publication, norway: Authority
) -> None:
    norway.retire_key()
    norway.entry = replace(norway.entry, name="Another name")
    plan, at = published.plan(), NOW + 100 * DAY
    here = without(published, "root", "targets")
    files = publish(plan, signers=here, at=at, before=published.files)
    directory, state = client.load(files, root=published.root, at=at)
    assert state.versions == {"timestamp": 2, "snapshot": 2, "targets": 1, "NO": 2, "DK": 1}
    entry = directory.authority(norway.iss)
    assert entry is not None
    assert entry.name == "Sjøfartsdirektoratet"
    assert pending(plan, files, at) == [
        "targets: a change waits for its holders' signatures",
    ]


def test_what_ends_soon_is_named_long_before(published: Publication) -> None:
    assert pending(published.plan(), published.files, NOW) == []
    late = pending(published.plan(), published.files, NOW + 400 * DAY)
    assert [one.split(";")[0] for one in late] == [
        "root: ends on 2028-11-20",
        "targets: ends on 2027-05-20",
        "NO: ends on 2027-11-21",
        "DK: ends on 2027-11-21",
    ]


def signed_draft(draft: drafts.Draft, published: Publication, number: int) -> drafts.Draft:
    """A draft after its way through this many holders' hands, each time as a file."""
    for keyid in list(draft.allowed)[:number]:
        draft = drafts.from_json(drafts.to_json(draft))
        draft.sign([published.signers[keyid]])
    return draft


def test_a_draft_signed_elsewhere_is_published_with_just_enough_signatures(
    published: Publication, norway: Authority
) -> None:
    norway.entry = replace(norway.entry, name="Another name")
    plan, here = published.plan(), without(published, "root", "targets")
    draft = ceremony.draft_directory(plan, Published(published.files), NOW)
    for number, enough in ((1, False), (2, True), (3, True)):
        signed = signed_draft(draft, published, number)
        if not enough:
            with pytest.raises(PublishError, match="targets is not signed by enough: 1 more of"):
                publish(plan, signers=here, at=NOW + DAY, before=published.files, drafts=[signed])
            continue
        files = publish(plan, signers=here, at=NOW + DAY, before=published.files, drafts=[signed])
        assert len(json.loads(files["2.targets.json"])["signatures"]) == 2


def test_a_draft_that_ran_out_before_it_was_published_is_refused(published: Publication) -> None:
    plan, here = published.plan(), without(published, "root", "targets")
    draft = signed_draft(ceremony.draft_directory(plan, Published(published.files), NOW), published, 2)
    with pytest.raises(PublishError, match="the draft of targets ended on 2027-05-20"):
        publish(plan, signers=here, at=NOW + 300 * DAY, before=published.files, drafts=[draft])


def test_a_draft_of_no_role_of_this_directory_is_refused(published: Publication) -> None:
    stranger = Publication(Authority("SE"))
    draft = ceremony.draft_flag(stranger.plan(), "SE", Published(stranger.files), NOW)
    with pytest.raises(PublishError, match="a draft of SE, which is no role of this directory"):
        publish(
            published.plan(), signers=published.signers, at=NOW + DAY, before=published.files, drafts=[draft]
        )


def test_a_failed_publication_leaves_what_was_before_as_it_was(published: Publication) -> None:
    before = dict(published.files)
    with pytest.raises(PublishError):
        publish(published.plan(), signers={}, at=NOW + DAY, before=published.files)
    assert published.files == before


# The index of status lists


def lists(published: Publication, **numbers: dict[str, int]) -> dict[str, bytes]:
    return publish(
        published.plan(), signers=published.signers, at=NOW + DAY, before=published.files, lists=numbers
    )


def test_devices_learn_the_newest_number_of_each_list(published: Publication, norway: Authority) -> None:
    files = lists(published, NO={"1": 12, "2": 7}, DK={"1": 3})
    directory, _ = client.load(files, root=published.root, at=NOW + DAY)
    prefix = norway.entry.status_prefix
    assert directory.list_numbers[f"{prefix}1"] == 12
    assert directory.list_numbers[f"{prefix}2"] == 7


def test_a_number_once_known_is_never_taken_back(published: Publication) -> None:
    published.files = lists(published, NO={"1": 12, "2": 7})
    published.files = lists(published, NO={"1": 11, "3": 1})
    assert Published(published.files).list_numbers == {"NO": {"1": 12, "2": 7, "3": 1}}
    published.publish(NOW + 2 * DAY)
    assert Published(published.files).list_numbers == {"NO": {"1": 12, "2": 7, "3": 1}}


def test_a_list_of_no_flag_here_is_refused(published: Publication) -> None:
    with pytest.raises(PublishError, match="status lists of SE, which is no flag of this directory"):
        lists(published, SE={"1": 1})


def test_lists_of_a_flag_that_is_not_signed_in_yet_hold_nobody_up(published: Publication) -> None:
    published.authorities = (*published.authorities, Authority("SE"))
    plan, here = published.plan(), without(published, "root", "targets")
    files = publish(plan, signers=here, at=NOW + DAY, before=published.files, lists={"SE": {"1": 5}})
    directory, _ = client.load(files, root=published.root, at=NOW + DAY)
    assert directory.list_numbers == {}


def varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*encoded, number))


def snapshot(flag: bytes = b"NO", name: bytes = b"1", number: int = 5) -> bytes:
    return b"\x01" + flag + bytes([len(name)]) + name + varint(number) + bytes(100)


@pytest.mark.parametrize("number", [1, 127, 128, 300, 2**31 - 1])
def test_the_header_of_a_snapshot_says_which_list_it_is(number: int) -> None:
    assert status_index.header(snapshot(number=number), "x") == ("NO", "1", number)


def test_a_snapshot_of_the_issuers_own_writer_is_read(norway: Authority) -> None:
    series = Series(norway, *([bytes(1024)] * 200))
    blob = series.snapshot(200)
    assert status_index.header(blob[:80], "x") == ("NO", "1", 200)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01NO",
        b"\x02" + snapshot()[1:],
        snapshot(flag=b"no"),
        snapshot(name=b""),
        snapshot(name=b"a b"),
        snapshot(number=0),
        snapshot(number=2**31),
        b"\x01NO\x011\x80\x80\x80\x80\x80\x01",
        b"\x01NO\x011\x81\x00" + bytes(9),
        b"\x01NO\x40" + b"1" * 20,
        b"\xff" * 80,
    ],
)
def test_what_is_no_snapshot_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "1.snapshot").write_bytes(data)
    with pytest.raises(RegisterError, match=r"1\.snapshot is no snapshot of a status list"):
        status_index.read([tmp_path])


def test_the_newest_of_several_folders_counts(tmp_path: Path) -> None:
    for place, number in (("a", 3), ("b/status", 9), ("c", 4)):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "1.snapshot").write_bytes(snapshot(number=number))
        (tmp_path / place / "1.jwt").write_bytes(b"not looked at")
    (tmp_path / "c" / "se.snapshot").write_bytes(snapshot(b"SE", b"list/2", 1))
    assert status_index.read([tmp_path]) == {"NO": {"1": 9}, "SE": {"list/2": 1}}
    with pytest.raises(RegisterError, match="is no folder"):
        status_index.read([tmp_path / "nowhere"])


# The register on disk


def test_the_register_reads_what_it_wrote(published: Publication) -> None:
    plan = published.plan()
    data = build([b"one"], bytes(16))
    flag = replace(plan.flags[0], allow_lists={"NO-2026a": data})
    plan = replace(plan, flags=(flag, *plan.flags[1:]), replaced={"NO": "0" * 32}, holders={"00": "Anna"})
    assert from_json(to_json(plan), {sha256(data).hexdigest(): data}) == plan


def test_no_role_has_one_key_twice(published: Publication) -> None:
    key = published.plan().roles["targets"].keys[0]
    with pytest.raises(DirectoryError, match="a role has one key twice"):
        Role(keys=(key, key), threshold=2, lifetime=DAY)


# Other people's TUF


class Shelf(FetcherInterface):
    """The published files, as a web server would show them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def _fetch(self, url: str) -> Iterator[bytes]:
        data = self.files.get(url.removeprefix("https://directory.example/"))
        if data is None:
            raise DownloadHTTPError("not found", 404)
        return iter((data,))


def test_python_tufs_own_client_follows_what_is_published(tmp_path: Path, norway: Authority) -> None:
    """Their workflow stops at expiry, so at the true time: root chain, delegations, consistent targets."""
    today = datetime.now(UTC)
    norway = Authority("NO", at=today)
    published = Publication(norway, Authority("DK"), at=today - 2 * DAY, root=(5, 3), targets=(3, 2))
    pinned = published.root
    published.generation["root"] += 1
    published.generation["timestamp"] += 1
    norway.retire_key(norway.certificate_kid)
    plan = published.plan()
    data = build([b"one"], bytes(16))
    listed = replace(plan.flags[0], allow_lists={norway.pass_kid: data})
    plan = replace(plan, flags=(listed, *plan.flags[1:]))
    files = publish(
        plan, signers=published.signers, at=today - DAY, before=published.files, lists={"NO": {"1": 4}}
    )
    for folder in ("metadata", "targets"):
        (tmp_path / folder).mkdir()
    updater = Updater(
        str(tmp_path / "metadata"),
        "https://directory.example/",
        str(tmp_path / "targets"),
        "https://directory.example/targets/",
        fetcher=Shelf(files),
        bootstrap=pinned,
    )
    updater.refresh()
    for path in ("NO/keys.json", f"NO/allow/{norway.pass_kid}.bin", "DK/keys.json"):
        info = updater.get_targetinfo(path)
        assert info is not None
        content = Path(updater.download_target(info)).read_bytes()
        assert content in files.values()
    assert updater.get_targetinfo("NO/other.json") is None
    assert updater.get_targetinfo("SE/keys.json") is None


def test_python_tufs_own_client_refuses_threshold_minus_one(tmp_path: Path) -> None:
    from tuf.api.exceptions import UnsignedMetadataError

    published = Publication(Authority("NO"), at=datetime.now(UTC) - timedelta(hours=1), targets=(3, 2))
    members = json.loads(published.files["1.targets.json"])
    members["signatures"].pop()
    files = {**published.files, "1.targets.json": json.dumps(members).encode()}
    (tmp_path / "metadata").mkdir()
    updater = Updater(
        str(tmp_path / "metadata"),
        "https://directory.example/",
        fetcher=Shelf(files),
        bootstrap=published.root,
    )
    with pytest.raises(UnsignedMetadataError):
        updater.refresh()
