"""Ceremonies in bad weather: commands that die half-way, full disks, and any order of changes of keys."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ceremony import Ceremony, cheap_passphrases
from support.simulator import DAY, NOW, Authority, seeded_signer

from keys.algorithms import Algorithm
from keys.custody import atomic_file
from keys.jwk import PublicKey
from keys.signer import SoftwareSigner
from keys.trust import ceremony, client
from keys.trust.directory import Environment
from keys.trust.drafts import Draft, role_keys
from keys.trust.handing_over import HandoverDraft, handed_over
from keys.trust.holder import Holder
from keys.trust.home import Home
from keys.trust.plan import FLAG_LIFETIME, LIFETIMES, Flag, Plan, Role, key_id
from keys.trust.published import Published
from keys.trust.publisher import publish
from keys.trust.state import TrustState

DAY_2, DAY_3 = (f"2026-11-2{day}T12:00:00Z" for day in (2, 3))
DRAFT = "2.root.draft.json"


@pytest.fixture
def apart(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ceremony:
    cheap_passphrases(monkeypatch)
    ceremony = Ceremony(tmp_path, capsys)
    ceremony.establish()
    return ceremony


def full(name: str) -> OSError:
    return OSError(28, "No space left on device", name)


@pytest.mark.parametrize("step", ["save", "store", "out"])
def test_a_root_whose_publication_died_is_published_by_doing_it_again(
    apart: Ceremony, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    _, seen = apart.read()
    pub = apart.new_holder("Finn")
    apart.done("operator", "root", "rotate", "--add", pub, "--remove", "Eva", "--time-floor", "2026-11-20")
    apart.sign(DRAFT, "Anna", "Bo", "Cai")
    with monkeypatch.context() as patch:
        if step == "out":
            patch.setattr(
                "keys.commands.publishing.write_folder", lambda *_: (_ for _ in ()).throw(full("out"))
            )
        else:
            patch.setattr(Home, step, lambda *_: (_ for _ in ()).throw(full("home.json")))
        assert apart.run("operator", "publish", "--out", "out", "--signed", DRAFT, at=DAY_2) == 1
    apart.publish(at=DAY_2)  # the daily run in between
    apart.publish(DRAFT, at=DAY_3)
    directory, seen = apart.read(seen, at=DAY_3)
    assert directory.published_at.day == 23
    assert b"time_floor" in seen.root
    assert "Waiting" not in apart.publish(at=DAY_3)


def test_a_draft_on_a_full_disk_is_what_it_was(apart: Ceremony, monkeypatch: pytest.MonkeyPatch) -> None:
    apart.done("operator", "root", "rotate")
    apart.carry(DRAFT, "operator", "Anna")
    before, write = (apart.machine("Anna") / DRAFT).read_bytes(), atomic_file.write

    def failing(path: Path, data: bytes, *, mode: int = 0o644) -> None:
        if path.name == DRAFT:
            raise full(str(path))
        write(path, data, mode=mode)

    words = ("root", "sign", DRAFT, "--sealed", "Anna.sealed")
    with monkeypatch.context() as patch:
        patch.setattr(atomic_file, "write", failing)
        assert apart.run("Anna", *words) == 1
    assert (apart.machine("Anna") / DRAFT).read_bytes() == before
    assert "Signed as Anna" in apart.done("Anna", *words), "what was noted before is the same version"


def test_a_holders_key_whose_public_half_could_not_be_written_is_no_key(
    apart: Ceremony, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = atomic_file.write

    def failing(path: Path, data: bytes, *, mode: int = 0o644) -> None:
        if path.name.endswith(".pub.json"):
            raise full(str(path))
        write(path, data, mode=mode)

    words = ("holder", "new", "Finn", "--sealed", "Finn.sealed")
    with monkeypatch.context() as patch:
        patch.setattr(atomic_file, "write", failing)
        assert apart.run("Finn", *words) == 1
    assert list(apart.machine("Finn").iterdir()) == []
    apart.done("Finn", *words)


def test_a_lost_first_draft_is_drafted_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap_passphrases(monkeypatch)
    office = Ceremony(tmp_path, capsys)
    people = ("--holder", office.new_holder("Anna"), "--directory", office.new_holder("Gro"))
    office.done("operator", "root", "init", *people, "--threshold", "1", "--directory-threshold", "1")
    draft = office.machine("operator") / "1.root.draft.json"
    first = draft.read_bytes()
    draft.unlink()
    office.done("operator", "root", "rotate")
    assert draft.read_bytes() == first


def test_the_public_half_of_an_authoritys_key_is_written_once_more(apart: Ceremony) -> None:
    words = ("key", "new", "NO-2026a", "--sealed", "no.sealed")
    apart.done("Nora", *words)
    public = apart.machine("Nora") / "NO-2026a.jwk.json"
    first = public.read_bytes()
    assert "exists already" in apart.refused("Nora", *words)
    public.unlink()
    apart.done("Nora", *words)
    assert public.read_bytes() == first


# Any order of changes


class Directory:
    """Publisher and flag in one process, with every key that was ever made."""

    def __init__(self) -> None:
        self.made = 0
        self.signers: dict[str, SoftwareSigner] = {}
        self.day = 0
        roles = {name: Role(keys=self.keys(1), lifetime=LIFETIMES[name]) for name in LIFETIMES}
        norway = Authority("NO")
        role = Role(keys=self.keys(2), lifetime=FLAG_LIFETIME)
        flag = Flag(authority=norway.entry, role=role, keys=tuple(norway.keys.values()))
        self.plan = Plan(environment=Environment.TEST, roles=roles, flags=(flag,))
        self.files: dict[str, bytes] = {}
        self.publish()

    def keys(self, number: int) -> tuple[PublicKey, ...]:
        signers = [seeded_signer(f"weather {self.made + n}", Algorithm.ED25519) for n in range(number)]
        self.made += number
        self.signers.update({key_id(one.public_key): one for one in signers})
        return tuple(one.public_key for one in signers)

    def publish(self, *drafts: Draft) -> None:
        self.day += 1
        self.files = publish(
            self.plan, signers=self.signers, at=NOW + self.day * DAY, before=self.files, drafts=drafts
        )

    def hand_over(self, kept: int) -> None:
        role = self.plan.flags[0].role
        new = replace(role, keys=(*role.keys[2 - kept :], *self.keys(2 - kept)))
        draft = HandoverDraft(flag="NO", old=role_keys(role), new=role_keys(new))
        self.plan = handed_over(self.plan, draft.signed_by(self.signers.values(), enough=True))
        self.publish()

    def replace(self) -> None:
        flag = self.plan.flags[0]
        changed = replace(flag, role=replace(flag.role, keys=self.keys(2)))
        plan = ceremony.names_flag(replace(self.plan, flags=(changed,)), changed)
        self.root(plan, "NO")

    def rotate_root(self) -> None:
        old = self.plan.roles["root"]
        change = ceremony.Change(add=(Holder(f"holder {self.made}", self.keys(1)[0]),), remove=(old.ids[0],))
        self.root(ceremony.with_holders(self.plan, "root", change))

    def root(self, plan: Plan, *replaced: str) -> None:
        draft = ceremony.draft_root(plan, Published(self.files), NOW + self.day * DAY, replaced=replaced)
        draft.sign(self.signers.values())
        self.plan = ceremony.adopt(self.plan, draft)
        self.publish(draft)


CHANGES = {
    "next": lambda directory: directory.hand_over(1),
    "all": lambda directory: directory.hand_over(0),
    "replace": Directory.replace,
    "root": Directory.rotate_root,
    "day": Directory.publish,
}


@given(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.booleans()), max_size=12))
def test_a_device_follows_any_order_of_handovers_replacements_and_roots(
    steps: list[tuple[str, bool]],
) -> None:
    directory = Directory()
    root, state = directory.files["1.root.json"], None
    awake: TrustState | None = None
    for number, (change, wakes) in enumerate((("day", True), *steps, ("day", True))):
        CHANGES[change](directory)
        at = NOW + directory.day * DAY
        state = client.load(directory.files, root=root, at=at, previous=state)[1]
        if wakes:
            awake = client.load(directory.files, root=root, at=at, previous=awake)[1]
        assert state.roles["NO"].keys == directory.plan.flags[0].role.public, number
