"""A ship's download of a pack from the issuer itself: whole, resumed, begun again, and nothing new."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.issuer_server import serving

from keys.encoding import json_dumps
from verifier import download
from verifier.download import NotThere

pytestmark = pytest.mark.loopback

PACK = bytes(range(256)) * 1_000
ID = "2026-11-21-ba9876543210"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of an authority that serves one pack."""
    (tmp_path / "site" / "packs").mkdir(parents=True)
    (tmp_path / "site" / "packs" / "latest").write_bytes(PACK)
    (tmp_path / "aboard").mkdir()
    with serving(tmp_path, packs_folder=tmp_path / "site") as office:
        yield f"{office.settings.base_url}/packs"


def fetched(address: str, tmp_path: Path, tag: str | None = None) -> download.Fetched | None:
    return download.fetch(address, str(tmp_path / "aboard"), limit=1 << 20, tag=tag)


def test_pack_comes_whole_and_the_next_time_not_at_all(site: str, tmp_path: Path) -> None:
    first = fetched(f"{site}/latest", tmp_path)
    assert first is not None
    assert (first.data, first.resumed) == (PACK, False)
    assert fetched(f"{site}/latest", tmp_path, first.tag) is None


@pytest.mark.parametrize("had", [1, 65_536, len(PACK) - 1, len(PACK)])
@pytest.mark.parametrize("same", [True, False], ids=["the same pack", "another pack"])
def test_download_that_broke_off_ends_in_the_whole_pack(
    site: str, tmp_path: Path, had: int, same: bool
) -> None:
    first = fetched(f"{site}/latest", tmp_path)
    assert first is not None
    now = PACK if same else PACK[::-1]
    (tmp_path / "site" / "packs" / "latest").write_bytes(now)
    (tmp_path / "aboard" / "incoming").write_bytes(PACK[:had])
    about = {"address": f"{site}/latest", "tag": first.tag}
    (tmp_path / "aboard" / "incoming.json").write_bytes(json_dumps(about))
    again = fetched(f"{site}/latest", tmp_path)
    assert again is not None
    assert again.data == now


@pytest.mark.parametrize("name", [f"since/{ID}", f"{ID}.pack", "since/x", ""])
def test_what_the_site_lacks_is_not_there(site: str, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotThere):
        fetched(f"{site}/{name}", tmp_path)
