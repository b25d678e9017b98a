"""Which service counts, said to a person: every demand that a law's `where` may make. Pure."""

from collections.abc import Iterator
from typing import Final

from issuer.rules.where import ANY, AnyOf, Demands, Scales, Wanted
from issuer.rules.words.catalogue import Words

_NOUNS: Final = ("ship_type", "propulsion", "use")  # which kind of ship, the most telling first
_SIZES: Final = ("gt_min", "gt_max", "kw_min", "kw_max")
_REPLACES: Final = {  # a part's own demand stands for the one above it
    "rank": ("rank_min",), "rank_min": ("rank",), "area": ("area_min",), "area_min": ("area",),
}  # fmt: skip
_TELLING: Final = frozenset(("department", "rank", "rank_min"))  # which service it is, at sea or not
_ADDED: Final = ("marks", "without")


def beside(above: Demands, own: Demands) -> Demands:
    """The demands of a part with those above it, each said once."""
    replaced = {name for one in own for name in _REPLACES.get(one, ())}
    merged = {name: wanted for name, wanted in above.items() if name not in replaced}
    for name, wanted in own.items():
        if name in _ADDED and name in merged:
            merged[name] = tuple(dict.fromkeys((*codes(merged[name]), *codes(wanted))))
        else:
            merged[name] = wanted
    return merged


def codes(wanted: Wanted) -> tuple[str, ...]:
    """The codes that a demand names."""
    return wanted if isinstance(wanted, tuple) else (str(wanted),)


def in_words(demands: Demands, words: Words, scales: Scales) -> str:
    """`of deck service as chief mate or higher on ships of GT 3000 or more`."""
    said = of_a_part(demands, words, scales)
    several = demands.get(ANY)
    ways = several.ways if isinstance(several, AnyOf) else ()
    if _TELLING & demands.keys() or (ways and all(_TELLING & way.keys() for way in ways)):
        return said
    return " ".join(filter(None, (words.say("service.at-sea"), said)))


def of_a_part(demands: Demands, words: Words, scales: Scales) -> str:
    """The same, of service that is said already to be some."""
    said = " ".join(_where(demands, words, scales))
    return ", ".join(filter(None, (said, *_how(demands, words, scales))))


def _where(demands: Demands, words: Words, scales: Scales) -> Iterator[str]:
    if "department" in demands:
        yield words.say("service.department", names(words, "department", demands["department"]))
    if "rank" in demands:
        yield words.say("service.rank", names(words, "rank", demands["rank"]))
    if "rank_min" in demands:
        yield _at_least("rank", demands["rank_min"], words, scales)
    yield from _ships(demands, words)
    if "area" in demands:
        yield words.say("service.area", names(words, "area", demands["area"]))
    if "area_min" in demands:
        yield _at_least("area", demands["area_min"], words, scales)


def _how(demands: Demands, words: Words, scales: Scales) -> Iterator[str]:
    if "flag" in demands:
        yield words.say("service.flag", names(words, "flag", demands["flag"]))
    yield from _marks("with", "marks", demands, words)
    yield from _marks("without", "without", demands, words)
    if isinstance(several := demands.get(ANY), AnyOf):
        yield words.either(of_a_part(way, words, scales) for way in several.ways)


def _ships(demands: Demands, words: Words) -> Iterator[str]:
    nouns = [names(words, name, demands[name]) for name in _NOUNS if name in demands]
    sizes = [one for name in _SIZES if (one := _size(name, demands.get(name, 0), words))]
    if not nouns and not sizes:
        return
    noun, *further = nouns or [words.say("service.ship")]
    said = f"{noun} ({', '.join(further)})" if further else noun
    yield " ".join(filter(None, (words.say("service.ships", said), words.both(sizes))))


def _size(name: str, wanted: Wanted, words: Words) -> str:
    """Nothing for a least of 0: that takes a default away."""
    if not isinstance(wanted, int) or not wanted:
        return ""
    return words.say(f"service.{name.replace('_', '-')}", words.number(wanted))


def _at_least(field: str, wanted: Wanted, words: Words, scales: Scales) -> str:
    said = names(words, field, wanted)
    if is_highest(field, str(wanted), scales):
        return words.say(f"service.{field}", said)
    return words.say(f"service.{field}-min", said)


def is_highest(field: str, code: str, scales: Scales) -> bool:
    """Whether a code is the last of its scale, so that nothing is beyond it."""
    found = [scale for name, scale in scales.items() if name.partition("/")[0] == field and code in scale]
    return bool(found) and all(scale[-1] == code for scale in found)


def _marks(form: str, name: str, demands: Demands, words: Words) -> Iterator[str]:
    """Each mark in a phrase of its own, where the language has one for it."""
    wanted = codes(demands[name]) if name in demands else ()
    for mark in wanted:
        if words.has(f"mark.{form}.{mark}"):
            yield words.say(f"mark.{form}.{mark}")
    if others := [mark for mark in wanted if not words.has(f"mark.{form}.{mark}")]:
        yield words.say(f"service.{name}", words.both(words.name("mark", one) for one in others))


def names(words: Words, code_list: str, wanted: Wanted) -> str:
    """Names of the codes of which one will do."""
    return words.either(words.name(code_list, one) for one in codes(wanted))
