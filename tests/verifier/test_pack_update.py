"""`pack build --site` and `pack update`: static files ashore, and a thin, broken or lying line."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.pack_server import Weather, served
from support.sea import Sea

from verifier import download, pack, pack_build, pack_commands, pack_update, state
from verifier.state import State
from verifier.unusable import Unusable


class Shore:
    """A site of packs, built day by day, and a ship's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sea = Sea()
        self.site = folder / "site"
        self.root = folder / "1.root.json"
        self.root.write_bytes(self.sea.fleet.root)
        self.build()

    def build(self) -> str:
        """Publish what the flags say now."""
        self.sea.fleet.write(self.folder / "published")
        return pack_build.build(
            str(self.folder / "published" / "directory"),
            [str(self.folder / "published" / "status")],
            self.sea.at,
            out=None,
            site=str(self.site),
            since=None,
        )

    def next_day(self, changes: int = 2) -> None:
        self.sea.fleet.next_day(changes)
        self.build()

    @property
    def latest(self) -> Path:
        return self.site / "packs" / "latest"

    def update(self, address: str | None = None) -> str:
        return pack_update.update(address, str(self.root), self.sea.at)

    def number(self) -> int | None:
        """Of the first flag's list, as the ship holds it."""
        return State(state.home()).status[self.sea.uri].number


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OMBORD_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def shore(tmp_path: Path, home: Path) -> Shore:
    return Shore(tmp_path)


@pytest.fixture
def weather(shore: Shore) -> Weather:
    return Weather(shore.site)


@pytest.fixture
def address(weather: Weather) -> Iterator[str]:
    with served(weather) as where:
        yield where


# The site


def test_a_site_has_the_newest_every_pack_and_updates_from_the_earlier(shore: Shore) -> None:
    first = shore.latest.read_bytes()
    for _ in range(3):
        shore.next_day()
    packs = sorted(path.name for path in (shore.site / "packs").glob("*.pack"))
    updates = sorted(path.name for path in (shore.site / "packs" / "since").iterdir())
    assert len(packs) == 4
    assert [f"{name}.pack" for name in updates] == packs
    assert (shore.site / "packs" / packs[0]).read_bytes() == first
    assert (shore.site / "packs" / packs[-1]).read_bytes() == shore.latest.read_bytes()
    for name in updates:
        update = pack.read((shore.site / "packs" / "since" / name).read_bytes())
        assert update.base == name
        assert update.completes == packs[-1].removesuffix(".pack")
    assert (shore.site / "packs" / "since" / updates[-1]).stat().st_size < 250, "nothing new is said shortly"


def test_an_update_that_is_no_smaller_is_not_offered_and_a_stale_one_goes(shore: Shore) -> None:
    packs = shore.site / "packs"
    (old,) = (path.name for path in (packs / "since").iterdir())
    (packs / f"{old}.pack").write_bytes(b"no pack any more")
    (packs / "since" / "2020-01-01-000000000000").write_bytes(b"of long ago")
    shore.next_day()
    left = {path.name for path in (packs / "since").iterdir()}
    assert old not in left
    assert "2020-01-01-000000000000" not in left
    assert len(left) == 1


# Folders and files


def test_a_ship_follows_a_folder(shore: Shore) -> None:
    assert shore.update(str(shore.site)).startswith("imported sea pack")
    for number in (2, 3):
        shore.next_day()
        assert shore.update().startswith("imported sea pack"), "the folder is remembered"
        assert shore.number() == number
    assert "nothing new" in shore.update()


def test_a_pack_file_is_a_source_too(shore: Shore, tmp_path: Path) -> None:
    assert "imported" in shore.update(str(shore.latest))
    shore.next_day()
    assert "imported" in shore.update()
    assert shore.number() == 2


def test_without_an_address_there_is_nothing_to_fetch_from(shore: Shore) -> None:
    with pytest.raises(Unusable, match="no address") as refused:
        shore.update()
    assert "pack update ADDRESS" in refused.value.hint
    with pytest.raises(Unusable, match="no sea packs"):
        shore.update(str(shore.folder / "published"))


# Over HTTP


@pytest.mark.loopback
def test_updates_come_by_small_deltas_and_what_is_known_is_not_sent_twice(
    shore: Shore, weather: Weather, address: str
) -> None:
    shore.update(address)
    assert weather.asked[-1][0] == "/packs/latest"
    shore.next_day()
    said = shore.update()
    assert weather.asked[-1][0].startswith("/packs/since/")
    assert shore.number() == 2
    assert int(said.rsplit("\n", 1)[1].split()[0]) < len(shore.latest.read_bytes()) / 2
    assert "nothing new" in shore.update()
    assert "if-none-match" not in weather.asked[-1][1]
    assert "nothing new" in shore.update()
    assert "if-none-match" in weather.asked[-1][1]


@pytest.mark.loopback
def test_a_site_without_updates_is_asked_for_the_newest(shore: Shore, weather: Weather, address: str) -> None:
    shore.update(address)
    for _ in range(2):
        for file in (shore.site / "packs" / "since").iterdir():
            file.unlink()
        said = shore.update()
        assert "nothing new" in said
        assert [path for path, _ in weather.asked[-2:]][1] == "/packs/latest"
        assert "if-none-match" in weather.asked[-1][1]
    shore.next_day()
    for file in (shore.site / "packs" / "since").iterdir():
        file.unlink()
    assert "imported" in shore.update()
    assert shore.number() == 2


@pytest.mark.loopback
def test_an_update_onto_lists_that_have_moved_on_falls_back_to_the_whole_pack(
    shore: Shore, weather: Weather, address: str, tmp_path: Path
) -> None:
    shore.update(address)
    shore.sea.fleet.next_day(2)
    alone = tmp_path / "alone.pack"
    alone.write_bytes(shore.sea.addition(shore.sea.flag.delta()))
    pack_commands.take_in(str(alone), None, shore.sea.at)
    shore.next_day()
    assert "imported" in shore.update()
    assert weather.asked[-1][0] == "/packs/latest"
    assert shore.number() == 3


def test_an_update_that_lies_about_what_it_completes_makes_no_device_believe_that_it_holds_that(
    shore: Shore, tmp_path: Path
) -> None:
    shore.update(str(shore.site))
    held = State(state.home()).pack
    shore.next_day()
    honest = pack.read((shore.site / "packs" / "since" / held).read_bytes())
    lie = tmp_path / "lie.pack"
    lie.write_bytes(pack.build({}, [], base=held, completes=honest.completes))
    pack_commands.take_in(str(lie), None, shore.sea.at)
    assert State(state.home()).pack == held
    assert "imported" in shore.update()
    assert (shore.number(), State(state.home()).pack) == (2, honest.completes)


@pytest.mark.parametrize("what", ["of nobody", "no pack", "cut off"])
def test_whatever_is_wrong_with_an_update_the_whole_pack_is_fetched(shore: Shore, what: str) -> None:
    shore.update(str(shore.site))
    held = State(state.home()).pack
    shore.next_day()
    update = shore.site / "packs" / "since" / held
    bad = {
        "of nobody": pack.build({"x.json": b"{}"}, [], base=held),
        "no pack": b"<html>",
        "cut off": update.read_bytes()[:-1],
    }
    update.write_bytes(bad[what])
    assert "imported" in shore.update()
    assert shore.number() == 2


@pytest.mark.loopback
@pytest.mark.parametrize("breaks", [[1], [100, 200, 300], [700] * 3])
def test_a_broken_download_goes_on_where_it_broke(
    shore: Shore, weather: Weather, address: str, breaks: list[int]
) -> None:
    weather.breaks_after = [*breaks]
    shore.update(address)
    sent = [headers.get("range") for _, headers in weather.asked]
    at = 0
    expected: list[str | None] = [None]
    for size in breaks:
        at += size
        expected.append(f"bytes={at}-")
    assert sent == expected
    assert shore.number() == 1


@pytest.mark.loopback
def test_a_download_goes_on_the_next_day_in_another_process(
    shore: Shore, weather: Weather, address: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TRIES", 1)
    weather.breaks_after = [500]
    with pytest.raises(Unusable, match="broke") as broken:
        shore.update(address)
    assert "what has come so far is kept" in broken.value.hint
    assert (home / "incoming").stat().st_size == 500
    assert not (home / "current").exists()
    shore.update(address)
    assert weather.asked[-1][1]["range"] == "bytes=500-"
    assert shore.number() == 1
    assert not (home / "incoming").exists()


@pytest.mark.loopback
def test_all_that_had_come_before_a_kill_is_not_fetched_again(
    shore: Shore, weather: Weather, address: str, home: Path
) -> None:
    from hashlib import sha256

    data = shore.latest.read_bytes()
    home.mkdir()
    (home / "incoming").write_bytes(data)
    tag = f'\\"{sha256(data).hexdigest()[:16]}\\"'
    (home / "incoming.json").write_text(
        f'{{"address":"{address}/packs/latest","tag":"{tag}"}}', encoding="ascii"
    )
    shore.update(address)
    assert [headers.get("range") for _, headers in weather.asked] == [f"bytes={len(data)}-"]
    assert shore.number() == 1


@pytest.mark.loopback
def test_a_file_that_has_changed_meanwhile_is_fetched_from_its_beginning(
    shore: Shore, weather: Weather, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TRIES", 1)
    weather.breaks_after = [500]
    with pytest.raises(Unusable):
        shore.update(address)
    shore.next_day()
    shore.update(address)
    assert shore.number() == 2


@pytest.mark.loopback
def test_a_server_that_lies_about_its_tag_is_asked_again_for_the_whole(
    shore: Shore, weather: Weather, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same tag for two contents: the parts do not fit, and their digest says so."""
    monkeypatch.setattr(download, "TRIES", 1)
    weather.tag, weather.breaks_after = '"always"', [500]
    with pytest.raises(Unusable):
        shore.update(address)
    shore.next_day()
    shore.update(address)
    assert shore.number() == 2
    assert [headers.get("range") for _, headers in weather.asked] == [None, "bytes=500-", None]


@pytest.mark.loopback
@pytest.mark.parametrize("ranges", [True, False], ids=["with ranges", "without"])
@pytest.mark.parametrize("tags", [True, False], ids=["with tags", "without"])
def test_a_plain_server_is_good_enough(
    shore: Shore, weather: Weather, address: str, ranges: bool, tags: bool
) -> None:
    weather.ranges, weather.tags = ranges, tags
    shore.update(address)
    shore.next_day()
    assert "imported" in shore.update()
    assert shore.number() == 2


@pytest.mark.loopback
def test_a_server_without_ranges_that_breaks_is_asked_from_the_beginning(
    shore: Shore, weather: Weather, address: str
) -> None:
    weather.ranges, weather.breaks_after = False, [500, 900]
    shore.update(address)
    assert shore.number() == 1


LIES = {
    "a length too short": ({"length": 100}, "damaged"),
    "a length beyond all bounds": ({"length": 10**11}, "announces"),
    "another place": (
        {"status": 302, "headers": {"Location": "https://elsewhere.example/"}},
        "points elsewhere",
    ),
    "a fault": ({"status": 500}, "answers 500"),
    "nobody is allowed": ({"status": 403}, "answers 403"),
    "nothing has changed": ({"status": 304}, "points elsewhere"),
    "a part that nobody asked for": ({"status": 206}, "answers 206"),
    "an encoding": ({"headers": {"Content-Encoding": "gzip"}}, "encoded"),
}


@pytest.mark.loopback
@pytest.mark.parametrize(("lie", "said"), LIES.values(), ids=LIES.keys())
def test_a_server_that_lies_changes_nothing_and_is_said(
    shore: Shore, weather: Weather, address: str, lie: dict[str, object], said: str, home: Path
) -> None:
    shore.update(str(shore.site))
    before = (home / "current").read_bytes()
    shore.next_day()
    for name, value in lie.items():
        setattr(weather, name, value)
    with pytest.raises(Unusable, match=said):
        shore.update(address)
    assert (home / "current").read_bytes() == before
    source = pack_update.remembered(str(home))
    assert source is not None
    assert source.address == str(shore.site), "an address is remembered once it has served"


@pytest.mark.loopback
def test_a_length_too_long_is_found_out_by_asking_for_the_rest(
    shore: Shore, weather: Weather, address: str
) -> None:
    weather.length = 1_000_000
    shore.update(address)
    rest = f"bytes={shore.latest.stat().st_size}-"
    assert [headers.get("range") for _, headers in weather.asked] == [None, rest]
    assert shore.number() == 1


@pytest.mark.loopback
def test_more_bytes_than_a_pack_may_have_are_not_read(
    shore: Shore, weather: Weather, address: str, home: Path
) -> None:
    with pytest.raises(Unusable, match="announces"):
        download.fetch(f"{address}/packs/latest", str(home.parent), limit=100)
    weather.headers = {"Transfer-Encoding": "chunked", "Connection": "close"}
    with pytest.raises(Unusable):
        download.fetch(f"{address}/packs/latest", str(home.parent), limit=100)


@pytest.mark.loopback
def test_what_is_no_pack_is_refused_and_not_kept(
    shore: Shore, weather: Weather, address: str, home: Path
) -> None:
    shore.latest.write_bytes(b"<html>not found</html>" * 50)
    with pytest.raises(Unusable, match="no sea pack"):
        shore.update(address)
    assert not (home / "incoming").exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://packs.example",
        "ftp://packs.example",
        "https://user:word@packs.example",
        "https://packs.example/?q=1",
        "https://packs.example/#x",
        "https://packs.example:port",
        "https://",
        "https://packs.example/\r\nX: y",
        "http://127.0.0.1.example",
        "file:///etc/passwd",
    ],
)
def test_only_plain_https_and_loopback_addresses_are_fetched_from(shore: Shore, address: str) -> None:
    with pytest.raises(Unusable):
        shore.update(address)


@pytest.mark.loopback
def test_nobody_there_is_said_and_the_old_state_stays(shore: Shore, home: Path) -> None:
    shore.update(str(shore.site))
    with served(Weather(shore.site)) as where:
        gone = where
    with pytest.raises(Unusable, match="refused"):
        shore.update(gone)
    assert shore.number() == 1


@pytest.mark.loopback
def test_proxies_in_the_surroundings_are_not_used(
    shore: Shore, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert "imported" in shore.update(address)


def test_two_updates_at_once_do_not_mix(shore: Shore, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from verifier import store

    monkeypatch.setattr(store, "WAIT", 0.0)
    with store.locked(str(home), pack_update.LOCK), pytest.raises(Unusable, match="another"):
        shore.update(str(shore.site))


@pytest.mark.skipif(os.name == "nt", reason="files' rights are Unix's")
def test_an_older_mirror_is_refused_and_said(shore: Shore, tmp_path: Path) -> None:
    old = tmp_path / "old.pack"
    old.write_bytes(shore.latest.read_bytes())
    shore.next_day()
    shore.update(str(shore.site))
    with pytest.raises(Unusable, match="this device has seen"):
        shore.update(str(old))
    assert shore.number() == 2
