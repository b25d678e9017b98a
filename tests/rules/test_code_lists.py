"""Every code that law, policies and scenarios use is named in every language; a slip in a list is told."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.every_rule import named, rules
from support.scenarios import scenarios

from issuer.adapters import law_files
from issuer.rules.facts import Channel, Facts, Kind, Reporter
from issuer.rules.reading.code_lists import code_lists_of
from issuer.rules.reading.entry import LawError
from verifier.credential import codelists

LISTS = law_files.code_lists()
LANGUAGES = law_files.languages()
OF_SERVICE = ("department", "rank", "use", "ship_type", "propulsion", "area", "flag")
HEAD = "list: rank\nnames: {en: Posts}\ncodes: "
LISTED_KINDS = {kind.value for kind in Kind if kind is not Kind.SERVICE}


def of_facts(facts: Facts) -> Iterator[tuple[str, str]]:
    for service in facts.services:
        yield from ((name, value) for name in OF_SERVICE if (value := getattr(service, name)) is not None)
        yield from (("mark", mark) for mark in service.marks)
    for record in facts.records:
        yield record.kind.value, record.code
        yield from (("mark", mark) for mark in record.marks)
    yield from (("discretion", one.code) for one in facts.decided)


def unnamed(used: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted({one for one in used if not LISTS.knows(*one)})


def test_every_code_of_an_act_has_a_name() -> None:
    assert unnamed(one for rule in rules() for one in named(rule)) == []


def test_every_code_of_a_scenario_has_a_name() -> None:
    facts = [one.facts for one in scenarios()]
    made_up = {code for _, code in unnamed(one for each in facts for one in of_facts(each))}
    assert made_up == set()


def test_every_word_of_a_policy_and_a_record_has_a_name() -> None:
    assert LISTS.lists["reporter"].codes.keys() == set(Reporter)
    assert LISTS.lists["channel"].codes.keys() == set(Channel)
    assert LISTS.lists.keys() >= LISTED_KINDS


@pytest.mark.parametrize("name", sorted(LISTS.lists))
def test_a_list_and_its_codes_are_named_in_every_language(name: str) -> None:
    found = LISTS.lists[name]
    assert found.names.keys() == LANGUAGES
    lacking = {code: sorted(LANGUAGES - one.names.keys()) for code, one in found.codes.items()}
    assert {code: languages for code, languages in lacking.items() if languages} == {}


def test_names_of_rules_are_those_of_their_act() -> None:
    newest = {rule.id: rule for rule in rules()}
    differing = [
        (rule.id, language)
        for rule in newest.values()
        for language, name in rule.names.items()
        if LISTS.name("holding", rule.id, language) != name
    ]
    assert differing == []


@pytest.mark.parametrize("name", sorted(LISTS.lists.keys() - {"discretion", "alternative"}))
def test_no_two_codes_of_a_list_are_called_the_same_by_their_own_law(name: str) -> None:
    own = Counter((one.own, one.names[one.own]) for one in LISTS.lists[name].codes.values() if one.own)
    assert [called for called, times in own.items() if times > 1] == []


def test_only_the_laws_own_name_is_verified() -> None:
    master = LISTS.lists["rank"].codes["befalhavare"]
    assert [language for language in sorted(LANGUAGES) if master.is_verified(language)] == ["sv"]


def test_a_laws_own_name_stands_in_its_text(shared_sources: Path) -> None:
    """Hyphens aside: the prints break words at the ends of lines."""
    spoken = {"sv": ("002_*.txt", "SFS_*.md"), "da": ("003_*.txt", "004_*.txt"), "nb": ("000_*.txt",)}
    texts = {
        language: "".join(_plain(one.read_text()) for each in patterns for one in shared_sources.glob(each))
        for language, patterns in spoken.items()
    }
    made_up = [
        (name, one.names[one.own])
        for name, found in LISTS.lists.items()
        for one in found.codes.values()
        if one.own and _plain(one.names[one.own]) not in texts[one.own]
    ]
    assert made_up == []


def _plain(text: str) -> str:
    return " ".join(re.sub(r"-\s*\n\s*", "", text).lower().replace("-", "").split())


def test_languages_are_those_of_the_apps() -> None:
    assert codelists.languages().keys() == LANGUAGES


def test_an_unknown_code_is_known_to_be_unknown() -> None:
    assert not LISTS.knows("rank", "admiral")
    assert LISTS.name("rank", "admiral", "sv") == "admiral"
    with pytest.raises(KeyError):
        LISTS.knows("ranks", "befalhavare")


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("{a: {en: A, swe: A}}", "a.yaml:3: codes.a.swe: swe is no language's code"),
        ("{a: {own: sv, en: A}}", "a.yaml:3: codes.a: it has no name in sv"),
        ("{a: {own: sv}}", "codes.a: a name is expected"),
        ("{a: {en: A}, a: {en: B}}", "codes.a: stands here twice"),
        ("{a: A}", "codes.a: names and values are expected"),
        ("[a]", "codes: names and values are expected"),
    ],
)
def test_a_slip_in_a_list_is_named(codes: str, said: str) -> None:
    with pytest.raises(LawError) as refused:
        code_lists_of([((HEAD + codes).encode(), "a.yaml")])
    assert said in str(refused.value)


def test_two_files_of_one_list_are_refused() -> None:
    text = (HEAD + "{a: {en: A}}").encode()
    with pytest.raises(LawError, match="another file already"):
        code_lists_of([(text, "a.yaml"), (text, "b.yaml")])


def test_lists_are_plain_text() -> None:
    everything = json.dumps([one.names for each in LISTS.lists.values() for one in each.codes.values()])
    assert not {"<", ">", "&"} & set(everything)
