"""Explanations of an outcome, in the languages that have a catalogue beside this module. Pure."""

from issuer.rules.words.catalogue import Words, words_of
from issuer.rules.words.explaining import explain, notice, rule_name
from issuer.rules.words.explanation import Explanation, Line, Part, as_json, plain

__all__ = [
    "Explanation", "Line", "Part", "Words", "as_json", "explain", "notice", "plain", "rule_name", "words_of",
]  # fmt: skip
