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
from support.tuf_repository import Repository
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from keys import options
from keys.algorithms import Algorithm
from keys.options import UsageError
from keys.trust import ceremony, client, drafts, list_header, status_index
from keys.trust.allow_list import build
from keys.trust.directory import DirectoryError
from keys.trust.list_header import HeaderError, Kind, ListHeader
from keys.trust.metadata import UntrustedMetadata
from keys.trust.pending import pending
from keys.trust.plan import Role, from_json, to_json
from keys.trust.published import Published
from keys.trust.publisher import PublishError, publish
from keys.trust.register import RegisterError
from verifier import status_wire
from verifier.status import StatusListError


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
        "directory: a change waits for its holders' signatures",
    ]


def test_what_ends_soon_is_named_long_before(published: Publication) -> None:
    assert pending(published.plan(), published.files, NOW) == []
    late = pending(published.plan(), published.files, NOW + 400 * DAY)
    assert [one.split(";")[0] for one in late] == [
        "root: ends on 2028-11-20",
        "directory: ends on 2027-05-20",
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
            with pytest.raises(PublishError, match="directory is not signed by enough: 1 more of"):
                publish(plan, signers=here, at=NOW + DAY, before=published.files, drafts=[signed])
            continue
        files = publish(plan, signers=here, at=NOW + DAY, before=published.files, drafts=[signed])
        assert len(json.loads(files["2.targets.json"])["signatures"]) == 2


def test_a_draft_that_ran_out_before_it_was_published_is_refused(published: Publication) -> None:
    plan, here = published.plan(), without(published, "root", "targets")
    draft = signed_draft(ceremony.draft_directory(plan, Published(published.files), NOW), published, 2)
    with pytest.raises(PublishError, match="the draft of directory ended on 2027-05-20"):
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


def snapshot(flag: str = "NO", name: str = "1", number: int = 5, kind: Kind = Kind.SNAPSHOT) -> bytes:
    return list_header.write(ListHeader(kind, flag, name, number)) + bytes(100)


@pytest.mark.parametrize("number", [1, 127, 128, 300, 2**31 - 1])
def test_the_header_of_a_snapshot_says_which_list_it_is(number: int) -> None:
    header, end = list_header.read(snapshot(number=number))
    assert header == (Kind.SNAPSHOT, "NO", "1", number)
    assert end == len(snapshot(number=number)) - 100


def test_a_snapshot_of_the_issuers_own_writer_is_read(tmp_path: Path, norway: Authority) -> None:
    series = Series(norway, *([bytes(1024)] * 200))
    (tmp_path / "1.snapshot").write_bytes(series.snapshot(200))
    assert status_index.read([("NO", tmp_path)], {}) == ({"NO": {"1": 200}}, ())


ODD_NAMES = ["", "a b", "../1", "-1", ".1", "~1", "a//b", "a/", "/a", "a/-b", "1/2/3/4/5", "1" * 65, "1\n"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_list_name_that_one_reader_refuses_all_refuse(name: str) -> None:
    assert not list_header.is_list_name(name)
    with pytest.raises(HeaderError):
        list_header.read(snapshot(name=name))
    with pytest.raises(StatusListError):
        status_wire.parse(snapshot(name=name))
    repository = Repository("NO")
    repository.timestamp_extension["lists"] = {"NO": {name: 1}}
    repository.publish()
    with pytest.raises(UntrustedMetadata):
        repository.verify()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cut off"),
        (b"\x01NO", "cut off"),
        (snapshot(kind=Kind.DELTA), "no snapshot"),
        (b"\x03" + snapshot()[1:], "a kind that is known here"),
        (snapshot(flag="no"), "flag or name"),
        *((snapshot(name=name), "flag or name") for name in ODD_NAMES),
        (snapshot(number=0), "out of range"),
        (snapshot(number=2**31), "out of range"),
        (b"\x01NO\x011\x80\x80\x80\x80\x80\x01", "out of range"),
        (b"\x01NO\x011\x81\x00" + bytes(9), "spelled too long"),
        (b"\x01NO\x011\x81", "cut off"),
        (b"\x01NO\x40" + b"1" * 20, "flag or name"),
        (b"\xff" * 80, "a kind that is known here"),
        (snapshot("SE"), "a list of SE, in the folder of NO"),
        (snapshot(number=2**31 - 1), "number 2147483647, and 0 was known"),
    ],
)
def test_a_bent_file_is_passed_over_by_name_and_holds_nobody_up(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    (tmp_path / "bent.snapshot").write_bytes(data)
    (tmp_path / "good.snapshot").write_bytes(snapshot(number=7))
    numbers, passed_over = status_index.read([("NO", tmp_path)], {})
    assert numbers == {"NO": {"1": 7}}
    assert len(passed_over) == 1
    assert "bent.snapshot: " in passed_over[0]
    assert reason in passed_over[0]


def test_the_newest_of_several_folders_counts(tmp_path: Path) -> None:
    for place, number in (("a", 3), ("b/status", 9), ("c", 4)):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "1.snapshot").write_bytes(snapshot(number=number))
        (tmp_path / place / "1.jwt").write_bytes(b"not looked at")
    (tmp_path / "se").mkdir()
    (tmp_path / "se" / "1.snapshot").write_bytes(snapshot("SE", "list/2", 1))
    folders = [*(("NO", tmp_path / place) for place in "abc"), ("SE", tmp_path / "se")]
    assert status_index.read(folders, {}) == ({"NO": {"1": 9}, "SE": {"list/2": 1}}, ())
    with pytest.raises(RegisterError, match="is no folder"):
        status_index.read([("NO", tmp_path / "nowhere")], {})


def test_a_flag_has_so_many_lists_and_no_more(tmp_path: Path) -> None:
    for number in range(status_index.MAX_LISTS + 1):
        (tmp_path / f"{number}.snapshot").write_bytes(snapshot(name=str(number)))
    numbers, passed_over = status_index.read([("NO", tmp_path)], {"NO": {"0": 1}})
    assert len(numbers["NO"]) == status_index.MAX_LISTS
    assert len(passed_over) == 1


def test_the_operators_own_word_takes_a_number_back(published: Publication) -> None:
    published.files = lists(published, NO={"1": 900_000, "2": 4})
    words = {"NO": {"1": 7, "2": 0}}
    files = publish(
        published.plan(),
        signers=published.signers,
        at=NOW + 2 * DAY,
        before=published.files,
        list_words=words,
    )
    directory, _ = client.load(files, root=published.root, at=NOW + 2 * DAY)
    assert directory.list_numbers == {"https://no.example/status/1": 7}


def test_a_folder_speaks_for_the_flag_that_it_is_named_for(tmp_path: Path, published: Publication) -> None:
    plan, folder = published.plan(), tmp_path / "NO"
    folder.mkdir()
    (folder / "1.snapshot").write_bytes(snapshot())
    assert options.status_folders([str(tmp_path), f"NO={folder}"], plan) == [("NO", folder)] * 2
    with pytest.raises(RegisterError, match=r"1\.snapshot: whose list\?"):
        options.status_folders([str(folder)], plan)
    with pytest.raises(RegisterError, match="no authority XX"):
        options.status_folders([f"XX={folder}"], plan)
    with pytest.raises(RegisterError, match="nowhere is no folder"):
        options.status_folders([str(tmp_path / "nowhere")], plan)


@pytest.mark.parametrize("word", ["NO", "NO/1", "NO/1=", "NO/1=-1", "NO/1=x", "NO/-1=4", "NO/1=2147483648"])
def test_the_operators_word_on_a_list_is_read_strictly(published: Publication, word: str) -> None:
    assert options.list_numbers(["NO/a/1=57"], published.plan()) == {"NO": {"a/1": 57}}
    with pytest.raises(UsageError, match="--list-number"):
        options.list_numbers([word], published.plan())


# The register on disk


def test_the_register_reads_what_it_wrote(published: Publication) -> None:
    plan = published.plan()
    data = build("NO-2026a", [b"one"], bytes(16))
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
    data = build(norway.certificate_kid, [b"one"], bytes(16))
    listed = replace(plan.flags[0], allow_lists={norway.certificate_kid: data})
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
    for path in ("NO/keys.json", f"NO/allow/{norway.certificate_kid}.bin", "DK/keys.json"):
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
