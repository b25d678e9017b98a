"""The requirements of both apps resolve with python-for-android: a recipe each, or pure Python."""

import os
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from support.mobile import APPS, requirements

pytest.importorskip(
    "pythonforandroid", reason="python-for-android is not installed: it comes with the dev group"
)
# Compiled code, which pip cannot fetch for a phone: each must have a recipe.
COMPILED = {"python3", "hostpython3", "kivy", "cryptography", "pyjnius", "android", "pillow"}
# Their extensions are optional, and left out where there is no compiler.
OPTIONAL_EXTENSION = {"pyyaml", "fonttools"}


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    for name in [name for name in os.environ if name.startswith("ANDROID")]:
        monkeypatch.delenv(name)
    from pythonforandroid.build import Context

    return Context()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("app", APPS)
def test_recipes_of_the_app_resolve_to_one_order(app: str, context) -> None:  # type: ignore[no-untyped-def]
    from pythonforandroid.bootstrap import Bootstrap
    from pythonforandroid.graph import get_recipe_order_and_bootstrap

    bootstrap = Bootstrap.get_bootstrap("sdl2", context)
    order, pure, chosen = get_recipe_order_and_bootstrap(context, list(requirements(app)), bootstrap)
    assert chosen.name == "sdl2"
    assert order.index("python3") < order.index("cffi") < order.index("cryptography")
    assert COMPILED & set(requirements(app)) <= set(order)
    assert {*requirements(app)} <= {*order, *pure}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("app", APPS)
def test_versions_that_are_fixed_are_the_recipes_own(app: str, context) -> None:  # type: ignore[no-untyped-def]
    from pythonforandroid.recipe import Recipe

    for name, version in requirements(app).items():
        if version:
            assert Recipe.get_recipe(name, context).version == version, name


@pytest.mark.parametrize("app", APPS)
def test_what_has_no_recipe_is_pure_python(app: str) -> None:
    for name in set(requirements(app)) - COMPILED:
        try:
            tags = distribution(name).read_text("WHEEL") or ""
        except PackageNotFoundError:
            pytest.skip(f"{name} is not installed here")
        pure = "py3-none-any" in tags or "py2.py3-none-any" in tags
        assert pure or name in OPTIONAL_EXTENSION, name
