"""Android's sides of the ports, against a Java played by Python: pyjnius itself is on phones alone."""

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support.mobile import MOBILE

from verifier.credential import frames
from verifier.ui import scanning
from verifier.ui.background import ImmediateBackground
from verifier.ui.ports import android_java, android_link, android_picker
from verifier.ui.ports.android_biometrics import AndroidBiometrics
from verifier.ui.ports.android_camera import PERMISSION, AndroidCamera
from verifier.ui.ports.android_keys import AndroidKeysError, AndroidSigner, WrappedSecret
from verifier.ui.ports.android_picker import REQUEST, AndroidPicker
from verifier.ui.ports.android_screen import AndroidScreen
from verifier.ui.ports.android_share import AndroidShare
from verifier.ui.ports.biometrics import Answer
from verifier.ui.ports.camera import CameraError
from verifier.ui.ports.share import ShareError
from verifier.ui.work import WorkError
from wallet_app.core.keystore import KeyStoreError
from wallet_app.phone import AndroidKeyStore

ACTIVITY = object()
JAVA = MOBILE / "java"
CODE_READER = "org.ombord.CodeReader"  # Java's own, for its scanner


class JavaException(Exception):
    """As pyjnius has it."""


class SignedBytes(list[int]):
    """A `byte[]` of Java: numbers from -128 to 127."""

    def __init__(self, data: bytes) -> None:
        super().__init__(one - 256 if one > 127 else one for one in data)


@dataclass
class DeviceKeys:
    """`org.ombord.DeviceKeys` on a phone whose hardware may be another."""

    keys: dict[str, Any] = field(default_factory=dict)
    breaks: str = ""

    def _check(self) -> None:
        if self.breaks:
            raise JavaException(self.breaks)

    def publicKey(self, alias: str) -> SignedBytes:
        self._check()
        key = self.keys.setdefault(alias, ec.generate_private_key(ec.SECP256R1()))
        return SignedBytes(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    def sign(self, alias: str, message: bytes) -> SignedBytes:
        self._check()
        return SignedBytes(self.keys[alias].sign(message, ec.ECDSA(SHA256())))

    def wrap(self, alias: str, secret: bytes) -> SignedBytes:
        self._check()
        key = self.keys.setdefault(alias, AESGCM.generate_key(256))
        return SignedBytes(bytes(12) + AESGCM(key).encrypt(bytes(12), secret, None))

    def unwrap(self, alias: str, wrapped: bytes) -> SignedBytes:
        self._check()
        if alias not in self.keys:
            raise JavaException("AEADBadTagException")
        return SignedBytes(AESGCM(self.keys[alias]).decrypt(wrapped[:12], wrapped[12:], None))


class Question:
    """`org.ombord.OwnerQuestion`."""

    def __init__(self) -> None:
        self.available, self.asked = True, []  # type: tuple[bool, list[tuple[Any, ...]]]

    def isAvailable(self, activity: object) -> bool:
        assert activity is ACTIVITY
        return self.available

    def ask(self, *words: Any) -> None:
        self.asked.append(words)


class Scanner:
    """`org.ombord.ScannerActivity`."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_open, self.why = False, ""

    def open(self, activity: object, hint: str) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def isOpen(self) -> bool:
        return self.is_open

    def trouble(self) -> str:
        return self.why

    def take(self) -> str | None:
        return self.texts.pop(0) if self.texts else None


class Recorder:
    """Any class whose methods only do something."""

    def __init__(self, breaks: str = "") -> None:
        self.called: list[tuple[Any, ...]] = []
        self.breaks = breaks

    def __getattr__(self, name: str) -> Callable[..., None]:
        def method(*arguments: Any) -> None:
            if self.breaks:
                raise JavaException(self.breaks)
            self.called.append((name, *arguments))

        return method


class Pick:
    """`org.ombord.FilePick`, and the file that is chosen."""

    def __init__(self) -> None:
        self.asked, self.called, self.breaks = 0, "backup.ombord", ""
        self.data = b"\x00\xff sealed"

    def ask(self, activity: object) -> None:
        assert activity is ACTIVITY
        self.asked += 1

    def name(self, activity: object, uri: object) -> str:
        return self.called

    def read(self, activity: object, uri: object, most: int) -> SignedBytes:
        if self.breaks:
            raise JavaException(self.breaks)
        return SignedBytes(self.data[: most + 1])


class Phone:
    """The Java classes of one phone, by name."""

    def __init__(self) -> None:
        self.keys, self.question, self.scanner = DeviceKeys(), Question(), Scanner()
        self.screen, self.share, self.pick = Recorder(), Recorder(), Pick()
        self.intent: Any = None
        activity = types.SimpleNamespace(mActivity=ACTIVITY)
        self.classes: dict[str, Any] = {
            "org.ombord.DeviceKeys": self.keys,
            "org.ombord.OwnerQuestion": self.question,
            "org.ombord.ScannerActivity": self.scanner,
            "org.ombord.ScreenHold": self.screen,
            "org.ombord.FileShare": self.share,
            "org.ombord.FilePick": self.pick,
            android_java.ACTIVITY: activity,
        }


@pytest.fixture
def phone(monkeypatch: pytest.MonkeyPatch) -> Phone:
    """A phone in hand: `jnius` finds its classes."""
    made = Phone()
    jnius = types.ModuleType("jnius")
    jnius.autoclass = made.classes.__getitem__  # type: ignore[attr-defined]
    jnius.JavaException = JavaException  # type: ignore[attr-defined]
    jnius.PythonJavaClass = object  # type: ignore[attr-defined]
    jnius.java_method = lambda _signature: lambda method: method  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "jnius", jnius)
    monkeypatch.setattr(android_java, "_known", {})
    return made


# Keys


def test_holders_key_signs_in_the_phone_as_any_signer_does(phone: Phone, tmp_path: Path) -> None:
    holder = AndroidKeyStore(tmp_path).holder()
    for message in (b"", b"a proof", b"x" * 1000):
        signature = holder.sign(message)
        assert len(signature) == 64
        holder.public_key.verify(message, signature)


def test_keys_are_the_same_when_the_app_is_opened_again(phone: Phone, tmp_path: Path) -> None:
    first, again = AndroidKeyStore(tmp_path), AndroidKeyStore(tmp_path)
    assert first.holder().public_key == again.holder().public_key
    assert first.vault_key() == again.vault_key()
    assert len(first.vault_key()) == 32


def test_file_beside_the_vault_holds_no_key(phone: Phone, tmp_path: Path) -> None:
    secret = AndroidKeyStore(tmp_path).vault_key()
    [path] = tmp_path.iterdir()
    assert secret not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_copy_on_another_phone_opens_nothing_and_is_left_as_it_is(phone: Phone, tmp_path: Path) -> None:
    AndroidKeyStore(tmp_path).vault_key()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    phone.keys.keys.clear()
    with pytest.raises(KeyStoreError, match="restore a backup"):
        AndroidKeyStore(tmp_path).vault_key()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_key_store_that_fails_is_said(phone: Phone, tmp_path: Path) -> None:
    signer = AndroidSigner("holder")
    phone.keys.breaks = "KeyStoreException: busy"
    with pytest.raises(AndroidKeysError, match="busy"):
        signer.sign(b"x")
    with pytest.raises(KeyStoreError, match="busy"):
        AndroidKeyStore(tmp_path).holder()
    with pytest.raises(AndroidKeysError, match="busy"):
        WrappedSecret(tmp_path / "new", "vault").get()
    assert not (tmp_path / "new").exists()


def test_key_of_another_curve_is_refused(phone: Phone) -> None:
    phone.keys.keys["holder"] = ec.generate_private_key(ec.SECP384R1())
    with pytest.raises(AndroidKeysError, match="P-256"):
        AndroidSigner("holder")


@pytest.mark.parametrize("value", [SignedBytes(b"\x00\x7f\x80\xff"), bytearray(b"\x00\x7f\x80\xff")])
def test_bytes_of_java_are_bytes(value: object) -> None:
    assert android_java.as_bytes(value) == b"\x00\x7f\x80\xff"


# Biometrics


@pytest.mark.parametrize(("is_owner", "answer"), [(True, Answer.IS_OWNER), (False, Answer.IS_NOT)])
def test_answer_of_the_system_comes_once_and_on_the_drawing_thread(
    phone: Phone, is_owner: bool, answer: Answer
) -> None:
    waiting: list[Callable[[], None]] = []
    told: list[Answer] = []
    sensor = AndroidBiometrics("Ombord", lambda: "Use the PIN", waiting.append)
    assert sensor.is_available
    sensor.ask("Open the wallet", told.append)
    [(activity, title, reason, cancel, listener)] = phone.question.asked
    assert (activity, title, reason, cancel) == (ACTIVITY, "Ombord", "Open the wallet", "Use the PIN")
    listener.answered(is_owner)
    listener.answered(True)  # Java's error after a success, or the other way round
    assert told == []
    [handed_over] = waiting
    handed_over()
    assert told == [answer]


def test_answer_to_an_older_question_counts_for_nothing(phone: Phone) -> None:
    told: list[str] = []
    sensor = AndroidBiometrics("Ombord", lambda: "Use the PIN", lambda call: call())
    sensor.ask("first", lambda answer: told.append(f"first {answer.value}"))
    sensor.ask("second", lambda answer: told.append(f"second {answer.value}"))
    first, second = (words[-1] for words in phone.question.asked)
    first.answered(True)
    second.answered(False)
    assert told == ["second is-not"]


def test_phone_without_a_sensor_says_so(phone: Phone) -> None:
    phone.question.available = False
    assert not AndroidBiometrics("Ombord", lambda: "Use the PIN", lambda call: call()).is_available


# Camera


def test_texts_that_java_read_come_through_the_scan_loops_own_reader(phone: Phone) -> None:
    camera = AndroidCamera(lambda: "hold still", permitted=lambda name: name == PERMISSION)
    camera.open()
    assert camera.frame() is None
    phone.scanner.texts = ["OB1:A B", "https://elsewhere.example"]
    frame = camera.frame()
    assert frame is not None
    texts, progress = scanning.Reader().read(frame)
    assert (texts, progress) == (["OB1:A B", "https://elsewhere.example"], None)
    camera.close()
    assert not phone.scanner.is_open


def test_moving_frames_are_put_together_from_what_java_read(phone: Phone) -> None:
    wire = bytes(range(256)) * 6
    made = frames.split(wire)
    camera, reader, whole = AndroidCamera(lambda: "", permitted=lambda _: True), scanning.Reader(), []
    camera.open()
    for number in range(made.needed):
        phone.scanner.texts.append(made.text(number))
        frame = camera.frame()
        assert frame is not None
        whole += reader.read(frame)[0]
    assert len(whole) == 1


def test_camera_opens_after_the_person_allowed_it(phone: Phone) -> None:
    camera = AndroidCamera(lambda: "", permitted=lambda _: False)
    with pytest.raises(CameraError, match="allow"):
        camera.open()
    assert not phone.scanner.is_open


def test_camera_that_fails_or_was_closed_by_hand_ends_the_loop_with_words(phone: Phone) -> None:
    camera = AndroidCamera(lambda: "", permitted=lambda _: True)
    camera.open()
    phone.scanner.why = "in use"
    with pytest.raises(CameraError, match="in use"):
        camera.frame()
    phone.scanner.why, phone.scanner.is_open = "", False
    with pytest.raises(CameraError, match="closed"):
        camera.frame()


# Files


class AtOnce(ImmediateBackground):
    """Works where it is asked to."""

    def run(self, work: Any, done: Any, failed: Any) -> None:
        try:
            result = work()
        except WorkError as error:
            failed(error)
        else:
            done(result)


@dataclass
class Picking:
    """The picker, and what the app was told."""

    folder: Path
    told: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.picker = AndroidPicker(self.folder, AtOnce(), self._bind)
        self.picker.pick(self.told.append, self.told.append)

    def _bind(self, answered: Callable[[int, int, Any], None]) -> None:
        self._answered = answered

    def answer(self, *, request: int = REQUEST, result: int = -1, uri: object = "content://1") -> None:
        self._answered(request, result, types.SimpleNamespace(getData=lambda: uri))


def test_file_that_is_chosen_is_copied_whole_under_a_plain_name(phone: Phone, tmp_path: Path) -> None:
    phone.pick.called = "../../etc/my backup.ombord"
    picking = Picking(tmp_path / "picked")
    picking.answer()
    [path] = picking.told
    assert path == tmp_path / "picked" / "etc-my-backup.ombord"
    assert path.read_bytes() == phone.pick.data
    picking.answer()
    assert len(picking.told) == 1, "one answer to one question"


def test_copies_lie_beside_each_other_until_the_next_start(phone: Phone, tmp_path: Path) -> None:
    picking = Picking(tmp_path / "picked")
    picking.answer()
    phone.pick.called = "other.pack"
    picking.picker.pick(picking.told.append, picking.told.append)
    picking.answer()
    assert sorted(one.name for one in (tmp_path / "picked").iterdir()) == ["backup.ombord", "other.pack"]
    Picking(tmp_path / "picked")
    assert not (tmp_path / "picked").exists()


@pytest.mark.parametrize("answer", [{"request": 1}, {"result": 0}, {"uri": None}])
def test_going_back_from_the_picker_tells_nothing(
    phone: Phone, tmp_path: Path, answer: dict[str, Any]
) -> None:
    picking = Picking(tmp_path / "picked")
    picking.answer(**answer)
    assert picking.told == []
    assert phone.pick.asked == 1


def test_file_that_cannot_be_read_or_is_too_large_is_said(
    phone: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone.pick.breaks = "FileNotFoundException: gone"
    picking = Picking(tmp_path / "picked")
    picking.answer()
    phone.pick.breaks = ""
    monkeypatch.setattr(android_picker, "MOST_BYTES", 4)
    picking.picker.pick(picking.told.append, picking.told.append)
    picking.answer()
    assert [str(error) for error in picking.told] == [
        "the file cannot be read: FileNotFoundException: gone",
        "backup.ombord: more than 4 bytes",
    ]
    assert not (tmp_path / "picked").exists()


def test_classes_are_found_once_on_the_first_thread(phone: Phone) -> None:
    android_java.learn()
    phone.classes.clear()
    assert android_java.java("org.ombord.FilePick") is phone.pick
    assert {f"org.ombord.{path.stem}" for path in JAVA.rglob("*.java")} - {CODE_READER} == set(
        android_java.OURS
    )


# The rest


def test_screen_is_held_up_for_the_apps_own_window(phone: Phone) -> None:
    screen = AndroidScreen()
    screen.hold_up()
    screen.let_go()
    assert phone.screen.called == [("holdUp", ACTIVITY), ("letGo", ACTIVITY)]


def test_file_is_shared_under_a_plain_name(phone: Phone) -> None:
    assert AndroidShare().share("../NO-COC-1.pdf", b"%PDF").path is None
    assert phone.share.called == [("share", ACTIVITY, "NO-COC-1.pdf", "application/pdf", b"%PDF")]
    phone.share.breaks = "the downloads folder takes no file"
    with pytest.raises(ShareError, match="takes no file"):
        AndroidShare().share("a.pdf", b"x")


@dataclass
class Intent:
    """`android.content.Intent`."""

    action: str
    data: str | None

    def getAction(self) -> str:
        return self.action

    def getDataString(self) -> str | None:
        return self.data


@pytest.mark.parametrize(
    ("intent", "link"),
    [
        (Intent(android_link.VIEW, "openid-credential-offer://?x"), "openid-credential-offer://?x"),
        (Intent("android.intent.action.MAIN", None), None),
        (Intent(android_link.VIEW, None), None),
        (Intent(android_link.VIEW, "x" * 20_000), None),
        (None, None),
    ],
)
def test_link_is_what_somebody_followed_to_the_app(intent: Intent | None, link: str | None) -> None:
    assert android_link.link_of(intent) == link


def test_links_that_come_while_the_app_runs_are_told(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    bound: dict[str, Callable[[object], None]] = {}
    package, module = types.ModuleType("android"), types.ModuleType("android.activity")
    module.bind = lambda **handlers: bound.update(handlers)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "android", package)
    monkeypatch.setitem(sys.modules, "android.activity", module)
    told: list[str] = []
    android_link.on_link(told.append)
    bound["on_new_intent"](Intent(android_link.VIEW, "openid-credential-offer://?y"))
    bound["on_new_intent"](Intent("android.intent.action.MAIN", None))
    assert told == ["openid-credential-offer://?y"]
