"""A check's reason in another language: each part by its own template, what is quoted as it is."""

from datetime import date

from verifier.verdict import Check, Headline, Outcome
from verifier.wording import Joined, Said, of, said, text

GERMAN = {
    "{}, and a newer list exists": "{}, und es gibt eine neuere Liste",
    "its status is {} days old": "ihr Status ist {} Tage alt",
    "{} rests on {}, which is {}": "{} beruht auf {}, und das ist {}",
    "REVOKED": "WIDERRUFEN",
    "": "Project-Id-Version: the catalogue's head",
}


def say(message: str) -> str:
    return GERMAN.get(message, message)


def check(template: str, *values: object) -> Check:
    return Check("P2", Outcome.REMARK, template, values)


def test_a_part_is_said_by_its_own_template() -> None:
    old = check("its status is {} days old", 9)
    both = check("{}, and a newer list exists", of(old))
    assert both.reason == "its status is 9 days old, and a newer list exists"
    assert said(both, say) == "ihr Status ist 9 Tage alt, und es gibt eine neuere Liste"


def test_a_headline_is_said_and_what_a_credential_says_is_quoted() -> None:
    rests = check("{} rests on {}, which is {}", "DK-1", "its status is {} days old", Headline.REVOKED)
    spoken = said(rests, say, lambda quoted: f"«{quoted}»")
    assert spoken == "«DK-1» beruht auf «its status is {} days old», und das ist WIDERRUFEN"


def test_joined_parts_are_said_one_after_another_and_none_twice() -> None:
    part = text("its status is {} days old", 9)
    joined = check("{}", Joined((part, part, text("as of {}", date(2026, 11, 1)))))
    assert joined.reason == "its status is 9 days old; as of 2026-11-01"
    assert said(joined, say) == "ihr Status ist 9 Tage alt; as of 2026-11-01"


def test_braces_in_what_is_quoted_are_never_filled() -> None:
    assert str(Said("it says: {}", ("{0.__class__}",))) == "it says: {0.__class__}"


def test_nothing_is_said_of_nothing() -> None:
    assert said(check(""), say) == ""
    assert said(check("{}", Joined(())), say) == ""
