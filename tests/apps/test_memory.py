"""An app that owns its process settles when Python looks for garbage; any other leaves that alone."""

import gc

import pytest

from verifier.ui.memory import Memory


@pytest.mark.parametrize(
    ("is_ours", "done"), [(True, ["threshold", "freeze", "unfreeze", "collect"]), (False, [])]
)
def test_garbage_of_old_is_looked_for_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, is_ours: bool, done: list[str]
) -> None:
    called: list[str] = []
    monkeypatch.setattr(gc, "set_threshold", lambda *_: called.append("threshold"))
    monkeypatch.setattr(gc, "freeze", lambda: called.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: called.append("unfreeze"))
    monkeypatch.setattr(gc, "collect", lambda: called.append("collect"))
    memory = Memory(is_ours=is_ours)
    memory.begin()
    memory.settle()
    memory.unsettle()
    memory.tidy()
    assert called == done
