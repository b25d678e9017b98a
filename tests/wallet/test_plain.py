"""Words from an authority: nothing in them hides, reorders or floods what a seafarer reads."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import json_dumps
from wallet_app.core import issuer_metadata, offer
from wallet_app.core.plain import plain
from wallet_app.core.troubles import PickUpError, Trouble


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Sjøfartsdirektoratet", "Sjøfartsdirektoratet"),
        ("Sjøfarts\u202e\u200b\n\n[b]x", "Sjøfarts [b]x"),
        ("\u2066evil\u2069\ufeff", "evil"),
        ("a\x00\x1b[31mb\x7f", "a[31mb"),
        ("two\u2028lines\u00a0here", "two lines here"),
        ("\u3164\u2800\u034f", ""),
        ("日本 海事局", "日本 海事局"),
        ("علی\u200cرضا", "علی\u200cرضا"),  # spelt with a joiner
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("a\u200cb \u200dع\u200c", "ab ع"),
        ("x" + "علی\u200cرضا" * 9, "x" + "علی\u200cرضا" * 2 + "علی…"),
        ("x" * 50, "x" * 19 + "…"),
        ("x" + "\u0323" * 15, "x" + "\u0323" * 6),  # a letter bears a few marks
        ("x" + "\u200b\u0323" * 15, "x" + "\u0323" * 6),
        ("ကျွှိုံ့", "ကျွှိုံ့"),
    ],
)
def test_what_is_said_is_shown_plainly(said: str, shown: str) -> None:
    assert plain(said, 20) == shown


@given(st.text(max_size=60))
def test_nothing_unseen_and_nothing_too_long_is_shown(said: str) -> None:
    shown = plain(said, 20)
    assert len(shown) <= 20
    assert not any(unicodedata.category(one)[0] == "C" and one not in "\u200c\u200d" for one in shown)
    assert plain(shown, 20) == shown


def test_description_of_the_pick_up_code_is_plain() -> None:
    grant = {"pre-authorized_code": "x", "tx_code": {"description": "Send\u202e it\n" + "x" * 999}}
    found = offer.parse(
        json_dumps(
            {
                "credential_issuer": "https://no.example",
                "credential_configuration_ids": ["competency"],
                "grants": {offer.PRE_AUTHORIZED: grant},
            }
        )
    )
    assert found.transaction_code is not None
    said = found.transaction_code.description
    assert said.startswith("Send it xxx")
    assert len(said) == offer.MOST_DESCRIPTION


def test_names_of_documents_and_authorities_are_plain() -> None:
    display = [{"name": "\u202eNMA\u200b" + "x" * 999}]
    documents = issuer_metadata._documents(
        {
            "credential_configurations_supported": {
                "one": {"format": "dc+sd-jwt", "credential_metadata": {"display": display}},
                "two\u202e": {"format": "dc+sd-jwt"},
            }
        }
    )
    assert documents["one"].startswith("NMAxxx")
    assert len(documents["one"]) == issuer_metadata.MOST_NAME
    assert documents["two\u202e"] == "two"


def test_what_is_quoted_for_support_is_plain() -> None:
    assert PickUpError(Trouble.REFUSED, "NO-1\u202e\n: x").detail == "NO-1 : x"
