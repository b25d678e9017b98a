"""The port of published files: a folder and a bucket keep the same promises, and say what is wrong."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from support.object_stores import AnsweringServer, S3Server

from issuer.adapters.object_store import (
    FOR_EVER,
    Held,
    ObjectStore,
    Overtaken,
    StoreBusy,
    StoreUnusable,
    Upload,
    cache_control,
    checked_name,
)
from issuer.adapters.object_store_folder import FolderStore
from issuer.adapters.object_store_s3 import Place, S3Store
from issuer.adapters.object_stores import open_store
from issuer.domain.errors import SettingsInvalid


def upload(name: str = "status/1.jwt", data: bytes = b"one", max_age: int = 900) -> Upload:
    return Upload(name, data, "application/statuslist+jwt", max_age)


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.loopback)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty store, of each kind."""
    if request.param == "folder":
        return FolderStore(tmp_path / "public")
    server: S3Server = request.getfixturevalue("s3")
    return server.store()


def test_what_was_put_is_there_with_the_version_that_put_returned(store: ObjectStore) -> None:
    assert store.get("status/1.jwt") is None
    version = store.put(upload(), over=None)
    assert store.get("status/1.jwt") == Held(b"one", version)
    assert store.names("status/") == {"status/1.jwt": version}


def test_names_are_those_that_begin_so_and_their_versions_change_with_what_they_hold(
    store: ObjectStore,
) -> None:
    for name in ("jwks.json", "status/1.jwt", "status/2.jwt", "packs/latest"):
        store.put(upload(name), over=None)
    before = store.names("status/")
    assert list(before) == ["status/1.jwt", "status/2.jwt"]
    assert list(store.names("jw")) == ["jwks.json"]
    assert store.names("other/") == {}
    store.put(upload(data=b"two"), over=before["status/1.jwt"])
    after = store.names("status/")
    assert after["status/1.jwt"] != before["status/1.jwt"]
    assert after["status/2.jwt"] == before["status/2.jwt"]


@pytest.mark.parametrize("there", [False, True])
def test_write_over_what_is_not_there_any_more_is_refused_and_changes_nothing(
    store: ObjectStore, there: bool
) -> None:
    old = store.put(upload(data=b"old"), over=None)
    if there:
        store.put(upload(data=b"newer"), over=old)
    else:
        store.delete("status/1.jwt")
    with pytest.raises(Overtaken, match="changed by somebody else") as refused:
        store.put(upload(data=b"older"), over=old)
    assert "publish again" in refused.value.hint
    held = store.get("status/1.jwt")
    assert (held and held.data) == (b"newer" if there else None)


def test_first_write_of_a_name_takes_the_place_of_nothing(store: ObjectStore) -> None:
    store.put(upload(), over=None)
    with pytest.raises(Overtaken):
        store.put(upload(data=b"again"), over=None)


def test_what_is_deleted_is_gone_and_may_be_gone_before(store: ObjectStore) -> None:
    store.put(upload(), over=None)
    for _ in range(2):
        store.delete("status/1.jwt")
        assert store.get("status/1.jwt") is None


@pytest.mark.parametrize("name", ["../up", "/etc", "a//b", ".hidden", "a/../b", "", "a\nb", "ü"])
def test_name_that_leads_elsewhere_is_a_fault_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a published file"):
        checked_name(name)


@pytest.mark.parametrize(
    ("max_age", "said"),
    [
        (300, "public, max-age=300, no-transform"),
        (FOR_EVER, "public, max-age=31536000, immutable, no-transform"),
    ],
)
def test_how_long_readers_may_keep_it(max_age: int, said: str) -> None:
    assert cache_control(max_age) == said


# A folder


def test_folder_has_one_publication_at_a_time(tmp_path: Path) -> None:
    busy = pytest.raises(StoreBusy, match="another `publish` is writing")
    with FolderStore(tmp_path).alone(), busy, FolderStore(tmp_path).alone():
        pytest.fail("two at once")
    with FolderStore(tmp_path).alone() as alone:
        assert alone


def test_folder_without_locks_promises_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(handle: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    with FolderStore(tmp_path).alone() as alone, FolderStore(tmp_path).alone():
        assert not alone


def test_folder_notices_a_file_of_the_same_length_that_others_wrote(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    version = store.put(upload(), over=None)
    (tmp_path / "status/1.jwt").write_bytes(b"two")
    assert store.names("status/") != {"status/1.jwt": version}
    with pytest.raises(Overtaken):
        store.put(upload(), over=version)


def test_folder_is_the_same_store_wherever_it_is_named_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert FolderStore(Path("public")).address == FolderStore(tmp_path / "public").address


def test_published_files_are_for_everybody_to_read_and_hidden_ones_are_not_ours(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(upload(), over=None)
    (tmp_path / "status/.1.jwt.new").write_bytes(b"half")
    assert list(store.names("status/")) == ["status/1.jwt"]
    assert stat.S_IMODE((tmp_path / "status/1.jwt").stat().st_mode) == 0o644


def test_full_disk_says_to_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    store = FolderStore(tmp_path)
    store.put(upload(), over=None)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnusable, match="No space left") as refused:
        store.put(upload(data=b"two"), over=store.names("status/")["status/1.jwt"])
    assert "make room" in refused.value.hint
    assert (tmp_path / "status/1.jwt").read_bytes() == b"one"
    assert len(list((tmp_path / "status").iterdir())) == 1


# A bucket


@pytest.mark.loopback
def test_bucket_says_type_and_cache_time_to_whatever_serves_it(s3: S3Server) -> None:
    store = s3.store("flags/no")
    store.put(upload(), over=None)
    head = store._client.head_object(Bucket=store._place.bucket, Key="flags/no/status/1.jwt")
    assert head["ContentType"] == "application/statuslist+jwt"
    assert head["CacheControl"] == "public, max-age=900, no-transform"


@pytest.mark.loopback
def test_bucket_of_more_than_a_page_is_listed_whole(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    store = s3.store("")
    for number in range(7):
        store.put(upload(f"status/{number}.jwt"), over=None)
    whole, pages = store._client.list_objects_v2, []

    def paged(**words: str) -> object:
        pages.append(words)
        return whole(MaxKeys=3, **words)  # type: ignore[arg-type] # all are text

    monkeypatch.setattr(store._client, "list_objects_v2", paged)
    assert len(store.names("status/")) == 7
    assert len(pages) == 3


@pytest.mark.parametrize(
    ("status", "code", "says", "hint"),
    [
        (404, "NoSuchBucket", "does not exist", "create the bucket"),
        (403, "AccessDenied", "refuses these credentials", "check the access key"),
        (403, "InvalidAccessKeyId", "refuses these credentials", "check the access key"),
        (403, "SignatureDoesNotMatch", "refuses these credentials", "check the access key"),
        (403, "RequestTimeTooSkewed", "clock of this machine is wrong", "set the clock right"),
        (400, "ExpiredToken", "credentials have expired", "renew them"),
        (503, "SlowDown", "asked for too much", "wait"),
        (507, "XMinioStorageFull", "is full", "make room"),
        (500, "InternalError", "answered InternalError", "publish again"),
    ],
)
@pytest.mark.parametrize(
    "act",
    [lambda one: one.names("a/"), lambda one: one.get("a"), lambda one: one.put(upload(), over=None)],
    ids=["names", "get", "put"],
)
@pytest.mark.loopback
def test_what_a_store_refuses_is_said_with_what_to_do(
    answering: AnsweringServer, status: int, code: str, says: str, hint: str, act: Callable[[S3Store], object]
) -> None:
    answering.status, answering.code = status, code
    with pytest.raises(StoreUnusable, match=says) as refused:
        act(S3Store("s3://bucket/no", answering.endpoint))
    assert hint in refused.value.hint
    assert "s3://bucket/no" in refused.value.message


@pytest.mark.loopback
def test_store_that_knows_no_conditions_is_looked_at_before_each_write(answering: AnsweringServer) -> None:
    answering.status, answering.code, answering.only_conditional = 501, "NotImplemented", True
    store = S3Store("s3://bucket", answering.endpoint)
    assert store.put(upload(), over=None) == '"1"'
    assert answering.asked == ["PUT on condition", "HEAD", "PUT"]
    with pytest.raises(Overtaken):
        store.put(upload(), over='"0"')
    assert answering.asked[3:] == ["HEAD"]


@pytest.mark.loopback
def test_network_that_is_gone_is_said_so(answering: AnsweringServer) -> None:
    store = S3Store("s3://bucket", "http://127.0.0.1:1")
    with pytest.raises(StoreUnusable, match="cannot be reached") as refused:
        store.get("status/1.jwt")
    assert "check the network and s3_endpoint" in refused.value.hint


def test_without_credentials_it_says_which_to_set(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(StoreUnusable, match="no credentials for s3://bucket") as refused:
        S3Store("s3://bucket", "http://127.0.0.1:2").get("status/1.jwt")
    assert "AWS_ACCESS_KEY_ID" in refused.value.hint


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("s3://bucket", Place("bucket", "")),
        ("s3://bucket/", Place("bucket", "")),
        ("s3://my.bucket-1/flags/NO", Place("my.bucket-1", "flags/NO/")),
    ],
)
def test_addresses_of_buckets(address: str, place: Place) -> None:
    assert Place.parse(address) == place


@pytest.mark.parametrize(
    "address",
    ["s3://", "s3:///no", "s3://Bucket", "s3://b", "s3://bucket/../x", "s3://bucket/a b", "gs://bucket"],
)
def test_address_of_no_store_is_refused(address: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        open_store(address)
    assert "s3://BUCKET" in refused.value.hint
