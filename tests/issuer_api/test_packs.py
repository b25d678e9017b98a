"""Sea packs over HTTP: whole, in parts, resumed across editions, and nothing but packs."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.in_process import client_of
from support.issuer_app import BASE_URL, KEYS, issuer_settings

from issuer.api.ranges import Slice, Unsatisfiable, part
from issuer.app import create_app

OLD, NEW = "2026-11-20-0123456789ab", "2026-11-21-ba9876543210"
PACK, UPDATE = bytes(range(256)) * 400, b"small update"  # more than one chunk


@dataclass
class Site:
    """An authority that serves a folder of packs."""

    folder: Path
    client: httpx.Client

    def get(self, name: str, **headers: str) -> httpx.Response:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.client.get(f"{BASE_URL}/packs/{name}", headers=named)

    def put(self, name: str, content: bytes) -> None:
        """As the builder does: beside, then renamed."""
        path = self.folder / "packs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".new").write_bytes(content)
        path.with_suffix(".new").replace(path)


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Site]:
    settings = issuer_settings(sqlite_url, packs_folder=tmp_path / "site")
    with client_of(create_app(settings, keys=KEYS), settings.base_url) as client:
        site = Site(tmp_path / "site", client)
        site.put("latest", PACK)
        site.put(f"{NEW}.pack", PACK)
        site.put(f"since/{OLD}", UPDATE)
        yield site


@pytest.mark.parametrize(
    ("name", "content", "cached"),
    [
        ("latest", PACK, "public, max-age=300, no-transform"),
        (f"since/{OLD}", UPDATE, "public, max-age=300, no-transform"),
        (f"{NEW}.pack", PACK, "public, max-age=31536000, immutable, no-transform"),
    ],
)
def test_packs_are_served_as_they_lie_in_the_folder(
    site: Site, name: str, content: bytes, cached: str
) -> None:
    answer = site.get(name)
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "application/vnd.ombord.pack"
    assert answer.headers["cache-control"] == cached
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{sha256(content).hexdigest()[:32]}"'
    assert int(answer.headers["content-length"]) == len(content)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "content-encoding" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*", ' "x" , W/{} '])
def test_whoever_has_the_pack_gets_304_without_it(site: Site, known: str) -> None:
    tag = site.get("latest").headers["etag"]
    answer = site.get("latest", if_none_match=known.format(tag), range="bytes=0-1")
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert "max-age" in answer.headers["cache-control"]


def test_whoever_has_another_edition_gets_the_pack(site: Site) -> None:
    assert site.get("latest", if_none_match='"other"').content == PACK


def test_head_tells_length_and_tag_and_ignores_ranges(site: Site) -> None:
    answer = site.client.head(f"{BASE_URL}/packs/latest", headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(PACK))
    assert answer.headers["etag"] == site.get("latest").headers["etag"]


SIZE = len(PACK)
RANGES = {
    "bytes=0-0": (0, 1),
    "bytes=0-": (0, SIZE),
    "bytes=65530-65545": (65530, 65546),
    "bytes=100000-": (100_000, SIZE),
    f"bytes={SIZE - 1}-{SIZE + 9}": (SIZE - 1, SIZE),
    "bytes=-10": (SIZE - 10, SIZE),
    f"bytes=-{SIZE * 2}": (0, SIZE),
    "BYTES= 5-9 ": (5, 10),
}


@pytest.mark.parametrize(("asked", "sent"), RANGES.items())
def test_a_range_is_sent_as_206_with_its_place(site: Site, asked: str, sent: tuple[int, int]) -> None:
    start, end = sent
    answer = site.get("latest", range=asked)
    assert (answer.status_code, answer.content) == (206, PACK[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert int(answer.headers["content-length"]) == end - start
    assert answer.headers["etag"] == site.get("latest").headers["etag"]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={10**17}-", "bytes=-0"])
def test_a_range_behind_the_end_is_416_with_the_size(site: Site, asked: str) -> None:
    answer = site.get("latest", range=asked)
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "asked",
    ["", "bytes", "bytes=", "bytes=-", "bytes=9-5", "bytes=a-b", "bytes=0-1,5-6", "items=0-1", "bytes=1",
     "bytes=--1", "bytes=0x0-1", f"bytes={'9' * 400}-", "bytes=0-1;q=1"],
)  # fmt: skip
def test_a_range_that_means_nothing_or_several_parts_gets_the_whole(site: Site, asked: str) -> None:
    answer = site.get("latest", range=asked)
    assert (answer.status_code, answer.content) == (200, PACK)


def test_download_that_broke_off_is_resumed(site: Site) -> None:
    first = site.get("latest", range="bytes=0-69999")
    rest = site.get("latest", range="bytes=70000-", if_range=first.headers["etag"])
    assert rest.status_code == 206
    assert first.content + rest.content == PACK


def test_download_is_begun_again_when_the_pack_has_changed_meanwhile(site: Site) -> None:
    first = site.get("latest", range="bytes=0-69999")
    site.put("latest", PACK[::-1])
    again = site.get("latest", range="bytes=70000-", if_range=first.headers["etag"])
    assert (again.status_code, again.content) == (200, PACK[::-1])
    assert again.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("known", ['"other"', "W/{}", "Sat, 21 Nov 2026 12:00:00 GMT", "*", ""])
def test_a_range_with_a_weak_or_other_condition_gets_the_whole(site: Site, known: str) -> None:
    tag = site.get("latest").headers["etag"]
    answer = site.get("latest", range="bytes=0-1", if_range=known.format(tag))
    assert (answer.status_code, answer.content) == (200, PACK)


def test_part_for_another_edition_alone_is_refused(site: Site) -> None:
    tag = site.get("latest").headers["etag"]
    assert site.get("latest", if_match=tag).status_code == 200
    assert site.get("latest", if_match='"other"').status_code == 412
    assert site.get("latest", if_match=f"W/{tag}").status_code == 412


def test_tag_is_of_the_content_and_not_of_the_time(site: Site) -> None:
    tag = site.get("latest").headers["etag"]
    os.utime(site.folder / "packs" / "latest", (1, 1))
    assert site.get("latest").headers["etag"] == tag
    site.put("latest", PACK[:-1] + b"x")
    os.utime(site.folder / "packs" / "latest", (1, 1))
    assert site.get("latest").headers["etag"] != tag


@pytest.mark.parametrize(
    "name",
    ["", "nothing", "1999-01-01-000000000000.pack", f"since/{NEW}", f"since/{OLD}.pack", f"{OLD}.pack",
     f"{NEW}", "../secret", "..%2fsecret", "%2e%2e/secret", "since/..", "since/..%2f..%2fsecret",
     f"since/..%2f{NEW}.pack",
     "....pack", "..%5csecret.pack", f"{NEW}%00.pack", f"{NEW.upper()}.pack", "2026-11-21-ba987654321٣.pack",
     "since/", "since", f"{NEW}.pack/", "latest/", "latest.new"],
)  # fmt: skip
def test_nothing_else_is_served(site: Site, name: str) -> None:
    (site.folder / "secret").write_bytes(b"secret")
    (site.folder / "packs" / "secret").write_bytes(b"secret")
    site.put("latest.new", b"half")
    answer = site.get(name)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_link_out_of_the_folder_and_what_is_no_file_are_not_there(site: Site, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    packs = site.folder / "packs"
    (packs / "since" / NEW).symlink_to(tmp_path / "secret")
    os.mkfifo(packs / f"{OLD}.pack")
    (packs / "since" / "2026-11-22-000000000000").mkdir()
    circle = packs / "2026-11-22-000000000000.pack"
    circle.symlink_to(circle)
    for name in (
        f"since/{NEW}",
        f"{OLD}.pack",
        "since/2026-11-22-000000000000",
        "2026-11-22-000000000000.pack",
    ):
        assert site.get(name).status_code == 404
    (packs / "latest").unlink()
    (packs / "latest").symlink_to(packs / f"{NEW}.pack")
    assert site.get("latest").content == PACK


def test_other_methods_change_nothing(site: Site) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert site.client.request(method, f"{BASE_URL}/packs/latest").status_code == 405
    assert site.get("latest").content == PACK


@pytest.mark.parametrize("folder", [None, "not-there"])
def test_authority_without_packs_says_so(sqlite_url: str, tmp_path: Path, folder: str | None) -> None:
    settings = issuer_settings(sqlite_url, packs_folder=tmp_path / folder if folder else None)
    with client_of(create_app(settings, keys=KEYS), settings.base_url) as client:
        for name in ("latest", f"since/{OLD}", f"{OLD}.pack"):
            answer = client.get(f"{BASE_URL}/packs/{name}")
            assert (answer.status_code, answer.json()["title"]) == (404, "No such pack")


@given(
    st.one_of(st.text(max_size=40), st.from_regex(r"bytes=[0-9]{0,20}-[0-9]{0,20}", fullmatch=True)),
    st.integers(0, 1000),
)
def test_any_range_header_gives_bytes_of_the_file_or_none(text: str, size: int) -> None:
    try:
        asked = part({"range": text}, '"x"', size)
    except Unsatisfiable:
        return
    assert asked is None or 0 <= asked.start < asked.end <= asked.size == size


def test_empty_file_is_sent_whole() -> None:
    assert part({}, '"x"', 0) is None
    assert part({"range": "bytes=0-0", "if-range": '"y"'}, '"x"', 1) is None
    assert part({"range": "bytes=0-5"}, '"x"', 3) == Slice(0, 3, 3)
