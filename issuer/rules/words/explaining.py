"""An outcome explained to a person: what may be granted, what is met, what is missing, by which law."""

from collections.abc import Iterable, Iterator
from typing import Final

from issuer.rules.conditions import Case, Held
from issuer.rules.evidence import EvidencePolicy
from issuer.rules.facts import Facts, Kind, Reporter
from issuer.rules.finding import Standing
from issuer.rules.law import Rule
from issuer.rules.outcome import Outcome, Way, Why
from issuer.rules.service import ServiceOf
from issuer.rules.words.asked import which
from issuer.rules.words.catalogue import Words, sentence
from issuer.rules.words.explanation import Explanation, Line, Part
from issuer.rules.words.records import Records
from issuer.rules.words.telling import Telling

_SHOWN: Final = 12  # of the version of the law's file
_HOW: Final = {Way.AUTO: "automatic", Way.MANUAL: "person", Way.INCOMPLETE: "incomplete"}
_OF_RECORDS: Final = (Why.UNVERIFIED, Why.CONTRADICTED, Why.UPLOAD, Why.CREDIT)


def explain(
    outcome: Outcome,
    rule: Rule,
    words: Words,
    *,
    facts: Facts | None = None,
    by_person: bool = False,
    beforehand: bool = False,
    policy: EvidencePolicy | None = None,
) -> Explanation:
    """Tell an outcome of `rule`; with the facts that it was made of, records are described, else named.

    `by_person`: a person decides or decided, whatever the rules alone came to, as in a spot check;
    `beforehand`: nothing is applied for yet. With the policy it is told who reports what is missing.
    """
    records = Records(facts, words, rule.act.scales)
    telling = Telling(words, rule.act.scales, outcome.on, records, facts)
    missing, met = telling.missing(outcome.finding), telling.met(outcome.finding)
    parts: tuple[tuple[str, Iterable[Line]], ...] = (
        ("way", _way(outcome, rule, words)),
        ("limitation", _limitation(outcome, rule, words)),
        ("unlimited", _unlimited(outcome, rule, telling)),
        ("why", _why(outcome, rule, words, records)),
        ("missing", missing),
        ("nearer", _nearer(outcome, words, telling)),
        ("expected", _expected(outcome, rule, words, policy)),
        ("otherwise", _otherwise(outcome, words)),
        ("met", met),
        ("not-counted", telling.not_counted(outcome.finding, (*missing, *met))),
        ("law", _law(outcome, rule, words)),
    )
    said = [(topic, tuple(found)) for topic, found in parts]
    told = (Part(topic, words.say(f"title.{topic}"), lines) for topic, lines in said if lines)
    how = "beforehand" if beforehand else "person" if by_person else _HOW[outcome.way]
    return Explanation(
        language=words.language,
        headline=words.say(f"headline.{outcome.way.value}", sentence(rule_name(rule, words))),
        ref=rule.ref,
        parts=(*told, _notice(how, words)),
    )


def notice(words: Words, automatic: bool) -> Part:
    """How it was assessed, and how to have a person look at it (GDPR article 22)."""
    return _notice("automatic" if automatic else "person", words)


def _notice(how: str, words: Words) -> Part:
    text = words.say(f"notice.{how}")
    return Part("notice", words.say("title.notice"), (Line(text),))


def rule_name(rule: Rule, words: Words) -> str:
    """What a rule grants or decides, in the language."""
    return rule.names.get(words.language) or words.name("holding", rule.id)


def _way(outcome: Outcome, rule: Rule, words: Words) -> Iterator[Line]:
    """Another way than the rule's own, where that was taken."""
    if taken := outcome.alternative:
        ref = next((one.ref for one in rule.variants if one.name == taken), "")
        yield Line(words.say("alternative", words.name("alternative", taken)), ref)


def _limitation(outcome: Outcome, rule: Rule, words: Words) -> Iterator[Line]:
    if code := outcome.limitation:
        ref = next((one.ref for one in rule.variants if one.limitation == code), "")
        yield Line(words.say("limitation", words.name("limitation", code)), ref)


def _nearer(outcome: Outcome, words: Words, telling: Telling) -> Iterator[Line]:
    """A limited form that is less far away than the whole, and what it lacks."""
    if near := outcome.nearer:
        said = words.say("nearer", words.name("limitation", near.limitation))
        yield Line(said, near.ref, tuple(telling.missing(near.finding)))


def _unlimited(outcome: Outcome, rule: Rule, telling: Telling) -> Iterable[Line]:
    """What whoever is granted a limited form lacks for the whole."""
    if outcome.limitation is None or telling.facts is None:
        return ()
    return telling.missing(rule.requires.judge(Case.of(telling.facts, outcome.on, rule.act.counting)))


def _why(outcome: Outcome, rule: Rule, words: Words, records: Records) -> Iterator[Line]:
    """Why a person must look at it."""
    for why, listed in outcome.why.items():
        key = f"why.{why.value}"
        if why in _OF_RECORDS:
            credited = dict.fromkeys(one.ref for one in rule.act.credited if why is Why.CREDIT)
            those = tuple(Line(records.described(one), records=(one,)) for one in listed)
            yield Line(words.say(key), "; ".join(credited), those)
        elif why is Why.DISCRETION:
            for one in outcome.finding.decisive():
                if one.kind == "discretion" and one.standing is Standing.OPEN:
                    yield Line(words.say(key, words.name("discretion", one.code)), one.ref)
        else:
            yield Line(words.say(key, words.both(listed)))


def _expected(outcome: Outcome, rule: Rule, words: Words, policy: EvidencePolicy | None) -> tuple[Line, ...]:
    """Whose report of what is missing counts by itself; what is to be held first nobody reports."""
    if policy is None:
        return ()
    said: dict[str, None] = {}
    for one in outcome.shortfalls:
        if isinstance(one.condition, ServiceOf):
            kind, what = Kind.SERVICE, words.say("expected.service")
        elif isinstance(one.condition, Held) and one.condition.kind is not Kind.HOLDING:
            kind = one.condition.kind
            what = which(one.condition, words, rule.act.scales) or words.say(f"held.{kind.value}", "")
        else:
            continue
        accepted = {reporter for reporter, _ in policy.accepts.get(kind, ())}
        who = words.either(words.name("reporter", each.value) for each in Reporter if each in accepted)
        if who:
            said[words.say("expected.line", sentence(what), who)] = None
    lines = tuple(map(Line, said))
    return (*lines, Line(words.say("expected.then"))) if lines else ()


def _otherwise(outcome: Outcome, words: Words) -> Iterator[Line]:
    """The rule to look at where this one is not met."""
    if other := outcome.otherwise:
        yield Line(words.say("otherwise", words.name("holding", other)))


def _law(outcome: Outcome, rule: Rule, words: Words) -> Iterator[Line]:
    """Which act, by which date, and what else follows from dates."""
    name = rule.act.names.get(words.language) or next(iter(rule.act.names.values()))
    yield Line(words.say("law.act", name, words.day(outcome.law_of)))
    yield Line(words.say("law.on", words.day(outcome.on)))
    if rule.validity is not None and outcome.way is not Way.INCOMPLETE:
        period = rule.validity.period
        length = words.say("law.until-further-notice") if period is None else words.period(period)
        yield Line(words.say("law.validity", length), rule.validity.ref)
    if outcome.decide_by is not None:
        yield Line(words.say("law.decide-by", words.day(outcome.decide_by)))
    if outcome.valid_until is not None:
        yield Line(words.say("law.valid-until", words.day(outcome.valid_until)))
    yield Line(words.say("law.version", outcome.version[:_SHOWN]))
