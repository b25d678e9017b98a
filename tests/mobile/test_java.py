"""The Java shims compile, without a warning, against what they use of Android; Python calls what is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.mobile import MOBILE, ROOT, spec

JAVA = MOBILE / "java"
STUBS = Path(__file__).with_name("android_stubs.txt")
SHIMS = sorted(JAVA.rglob("*.java"))
PORTS = sorted((ROOT / "verifier" / "ui" / "ports").glob("android_*.py"))
METHOD = re.compile(r"public static (?:synchronized )?[\w\[\]<>]+ (\w+)\(([^)]*)\)")


def compiler() -> str:
    found = shutil.which("javac")
    if found is None:
        pytest.skip("javac is not installed: the Java shims are not compiled here")
    return found


def stubs(folder: Path) -> list[Path]:
    """The stubs as files."""
    parts = re.split(r"^// file: (\S+)\n", STUBS.read_text("utf-8"), flags=re.MULTILINE)[1:]
    made = []
    for name, source in zip(parts[::2], parts[1::2], strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
        made.append(path)
    return made


def test_shims_compile_without_another_warning_than_that_the_old_camera_is_old(tmp_path: Path) -> None:
    files = stubs(tmp_path / "stubs")
    # 8: what Android's build turns into its own code without more ado.
    command = [
        compiler(),
        "--release",
        "8",
        "-Xlint:all,-options,-deprecation",
        "-d",
        str(tmp_path / "classes"),
    ]
    done = subprocess.run(
        [*command, *map(str, [*files, *SHIMS])], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    ours = [line for line in said if "org/ombord" in line and "a deprecated API" not in line]
    assert ours == []


def test_shims_are_small_enough_to_be_read() -> None:
    assert len(SHIMS) == 7
    assert max(len(path.read_text("utf-8").splitlines()) for path in SHIMS) <= 230


def methods() -> dict[str, dict[str, int]]:
    """Static methods of each class, with how many arguments they take."""
    found = {}
    for path in SHIMS:
        listed = METHOD.findall(path.read_text("utf-8"))
        found[f"org.ombord.{path.stem}"] = {
            name: len([one for one in arguments.split(",") if one.strip()]) for name, arguments in listed
        }
    return found


@pytest.mark.parametrize("port", PORTS, ids=lambda path: path.stem)
def test_python_calls_java_methods_that_are_there(port: Path) -> None:
    text = port.read_text("utf-8")
    for name in re.findall(r'"(org\.ombord\.\w+)"', text):
        assert name in methods()
    known = {method for listed in methods().values() for method in listed}
    called = set(re.findall(r"(?:java\(_\w+\)|scanner)\.(\w+)", text))
    assert called <= known, called - known


def test_activity_that_is_declared_is_there() -> None:
    for app in ("wallet", "inspector"):
        name = spec(app)["android.add_activities"]
        assert (JAVA / f"{name.replace('.', '/')}.java").exists()
        assert (MOBILE / app / spec(app)["android.add_src"]).resolve() == JAVA
