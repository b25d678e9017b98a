"""The second reader: a process without private keys that says what a stranger would say."""

import pytest
from support.desk import MEDICAL, NUMBER, Desk
from support.issuer_app import KEYS

from issuer.adapters.database import Database
from issuer.services.issuing.reading_back import Signed, objection, second_reader

PUBLIC = {kid: signer.public_key for kid, signer in KEYS.signers.items()}


@pytest.fixture
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    """A credential as it leaves the signer."""
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('signed')}/register.db")
    desk = Desk.open(database)
    desk.enter()
    issued = desk.issue()
    database.close()
    return Signed(issued.token, issued.kid, NUMBER, issued.idx)


CASES = [
    ("as it was signed", lambda s: s, None),
    ("a byte flipped", lambda s: s._replace(token=s.token[:-10] + ("A" if s.token[-10] != "A" else "B")
                                            + s.token[-9:]), "the signed text"),
    ("cut short", lambda s: s._replace(token=s.token[:-1]), "the signed text"),
    ("nothing", lambda s: s._replace(token=""), "the signed text"),
    ("another certificate's", lambda s: s._replace(document_number=MEDICAL), "another certificate"),
    ("another status entry", lambda s: s._replace(idx=s.idx + 1), "another certificate"),
    ("another key's", lambda s: s._replace(kid=KEYS.status_kid), "the signed text"),
]  # fmt: skip


def test_both_readers_say_the_same(signed: Signed) -> None:
    batch = [change(signed) for _, change, _ in CASES]
    with second_reader(PUBLIC) as reader:
        there = reader.objections(batch)
        assert reader.objections([signed]) == [None]
    assert there == [objection(one, PUBLIC[one.kid]) for one in batch]
    for said, (name, _, expected) in zip(there or [], CASES, strict=True):
        assert (said is None) if expected is None else (expected in (said or "")), name


def test_reader_that_died_is_noticed(signed: Signed) -> None:
    with second_reader(PUBLIC) as reader:
        reader._process.kill()
        reader._process.wait()
        assert reader.objections([signed]) is None


def test_reader_gets_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMBORD_PASSPHRASE", "open sesame")
    given: list[dict[str, str]] = []

    class Recorded(Exception):
        pass

    def start(*_: object, env: dict[str, str], **__: object) -> None:
        given.append(env)
        raise Recorded

    monkeypatch.setattr("issuer.services.issuing.reading_back.subprocess.Popen", start)
    with pytest.raises(Recorded), second_reader(PUBLIC):
        pass
    assert not any(name.startswith("OMBORD_") for name in given[0])
