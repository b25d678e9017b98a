"""The list as a person sees it: words, order, counts, search, filters, and what it says when empty."""

from datetime import timedelta

import pytest
from kivy.metrics import dp
from support.phone import NotOnScreen, box
from support.scenario import TODAY, competency, medical
from support.simulator import DAY
from support.wallet import PhoneInHand

from verifier.credential.model import CapacityGrant, Certificate, CertificateType

pytestmark = pytest.mark.screen


def proficiency(number: str, code: str, **changes: object) -> Certificate:
    return competency(
        type=CertificateType.PROFICIENCY,
        document_number=number,
        stcw_code=(code,),
        capacities=(),
        functions=(),
        **changes,
    )


FIVE = (
    competency(),
    medical(TODAY + 27 * DAY),
    proficiency("NO-COP-1", "VI/3", expiry_date=TODAY - 22 * DAY),
    proficiency("NO-COP-2", "VI/4-1", expiry_date=None),
    proficiency("NO-COP-3", "VI/5", issue_date=TODAY + 10 * DAY),
)


def test_status_stands_in_words_with_its_date(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(*FIVE)
    for words in ("Expired", "on 30 Oct 2026", "27 days left", "expires 18 Dec 2026", "Not yet valid"):
        assert eyes.sees(words), eyes.texts()
    eyes.scroll_to("until further notice")


def test_worst_comes_first(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(*FIVE)
    order = ["Expired", "27 days left", "Not yet valid"]
    assert [text for text in eyes.texts() if text in order] == order
    eyes.scroll_to("until further notice")
    assert not eyes.sees("on 30 Oct 2026"), "what is valid stands below all that is not"


@pytest.mark.parametrize(
    ("days", "words"), [(0, "Last day today"), (1, "1 day left"), (2, "2 days left"), (-1, "Expired")]
)
def test_days_are_counted_to_the_end_of_the_last_day(phone: PhoneInHand, days: int, words: str) -> None:
    eyes = phone.open_wallet(medical(TODAY + days * DAY))
    assert eyes.sees(words), eyes.texts()


def test_counts_filter(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(*FIVE)
    assert [text for text in eyes.texts() if text.isdecimal()] == ["5", "2", "1", "2"]
    eyes.tap("Expiring")
    assert eyes.sees("Medical certificate")
    assert not eyes.sees("Advanced fire fighting")
    eyes.tap("Expiring")
    assert eyes.sees("Advanced fire fighting"), "tapping it again takes the filter away"


def test_empty_filter_says_so_and_leads_back(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency())
    eyes.tap("Expiring")
    assert eyes.sees("None of your certificates is in this group.")
    eyes.tap("Show all certificates")
    assert eyes.sees("Master")


@pytest.mark.parametrize(
    "query", ["SJØFARTS", "sjofarts", "master", "coc-0001", "II/2", "østergård", "osterg"]
)
def test_search_finds(phone: PhoneInHand, query: str) -> None:
    eyes = phone.open_wallet(*FIVE[:3])
    eyes.tap("Search certificates").type(query)
    assert eyes.sees("Master"), eyes.texts()


def test_search_tells_nordic_letters_apart_where_they_are_typed(phone: PhoneInHand) -> None:
    skaane = proficiency("SE-1", "VI/1", issuing_authority="Skånes Sjöfartsskola")
    eyes = phone.open_wallet(competency(), skaane)
    eyes.tap("Search certificates").type("SKÅNE")
    assert eyes.sees("Basic safety training")
    assert not eyes.sees("Master")


def test_search_without_result_says_so_and_is_cleared(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency())
    eyes.tap("Search certificates").type("helicopter")
    assert eyes.sees("No certificate has “helicopter”")
    eyes.tap("Clear the search")
    assert eyes.sees("Master")


def test_empty_wallet_says_how_certificates_come(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet()
    assert eyes.sees("No certificates yet")
    eyes.tap("Add certificates")
    assert eyes.sees("Paste the link")


def test_number_and_authority_are_on_every_card(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency(), medical())
    for number in ("NO-COC-0001", "NO-MED-0001"):
        assert eyes.sees(f"Sjøfartsdirektoratet  ·  {number}")


def test_one_tap_from_the_list_to_the_code(phone: PhoneInHand) -> None:
    eyes = phone.open_wallet(competency())
    eyes.tap("Show the code of Master")
    assert eyes.sees("New code in")
    eyes.press_back()
    assert eyes.sees("Search certificates"), "back leads to where one came from"


def test_two_hundred_certificates_are_all_reached(phone: PhoneInHand) -> None:
    many = [
        proficiency(f"NO-{n:03}", "VI/1", expiry_date=TODAY + timedelta(days=200 + n)) for n in range(200)
    ]
    eyes = phone.open_wallet(*many)
    assert not eyes.sees("NO-030")
    eyes.scroll_to("Sjøfartsdirektoratet  ·  NO-030")
    with pytest.raises(NotOnScreen):
        eyes.find("Sjøfartsdirektoratet  ·  NO-000")


def test_master_of_a_small_ship_is_told_from_a_master(phone: PhoneInHand) -> None:
    small = competency(document_number="NO-COC-2", capacities=(CapacityGrant("master-small"),))
    eyes = phone.open_wallet(competency(), small)
    assert eyes.sees("Master of a ship of less than 500 GT")


def test_search_after_scrolling_shows_what_it_finds_at_the_top(phone: PhoneInHand) -> None:
    many = [proficiency(f"NO-{n:03}", "VI/1", expiry_date=TODAY + timedelta(days=200 + n)) for n in range(30)]
    eyes = phone.open_wallet(*many, competency())
    eyes.swipe(600).swipe(600)
    eyes.tap("Search certificates").type("NO-COC")
    search, card = eyes.find("Search certificates"), eyes.find("Master")
    assert box(search)[1] - box(card)[3] < dp(40), "no gap between the field and what it found"
