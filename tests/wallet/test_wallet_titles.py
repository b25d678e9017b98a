"""What a certificate is called in the seafarer's own language."""

import gettext
from pathlib import Path

import pytest
from support.scenario import competency, medical
from support.simulator import NOW
from support.wallet import wallet_of

from verifier.credential import codelists
from verifier.credential.model import CapacityGrant, Limitations
from verifier.ui.words import LANGUAGES, Words
from wallet_app.core import form, names, views


class Catalogue(gettext.NullTranslations):
    """One whose texts are still English: titles are data, and no part of it."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def info(self) -> dict[str, str]:
        return {"language": self._language}


NORWEGIAN = Words(Catalogue("nb"))


def test_a_certificate_its_capacity_and_its_country_are_named_in_norwegian(tmp_path: Path) -> None:
    limits = Limitations(areas=("inre-fart",))
    wallet = wallet_of(tmp_path, competency(capacities=(CapacityGrant("master", limits),)))
    [held] = wallet.held
    wallet.close()
    state = views.certificate_state(held, at=NOW, say=NORWEGIAN)
    assert state.title == "Skipsfører"
    assert state.kind.startswith("Kompetansesertifikat")
    fields = {field.label: field.value for part in form.sections(held, NORWEGIAN) for field in part.fields}
    assert "Norge (NO)" in fields.values()
    assert codelists.trade_areas()["inre-fart"].title("nb") in fields["Skipsfører"]


def test_a_certificate_is_found_by_its_norwegian_name(tmp_path: Path) -> None:
    wallet = wallet_of(tmp_path, competency())
    found = views.list_state(wallet.held, at=NOW, query="skipsforer norge", say=NORWEGIAN)
    wallet.close()
    assert [card.title for card in found.cards] == ["Skipsfører"]


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Medical certificate"), ("nb", "Helseerklæring"), ("sv", "Läkarintyg"), ("da", "Sundhedsbevis")],
)
def test_a_document_is_named_in_each_language(language: str, title: str) -> None:
    assert names.title(medical(), Words(Catalogue(language))) == title


def test_words_without_a_catalogue_are_english_and_every_flag_has_a_name_in_each_language() -> None:
    assert Words().language == "en"
    for flag in codelists.flags().values():
        assert set(flag.titles) == {*LANGUAGES}
        assert flag.titles["en"] == flag.name


def test_a_country_that_no_list_has_stays_as_it_is() -> None:
    assert names.country("ZZ", NORWEGIAN) == "ZZ"
