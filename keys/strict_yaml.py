"""YAML that people write, read strictly: no key twice, no alias, no tag.

What plain words mean (numbers, dates, or text alone) is each kind of file's own to say.
"""

import re
from collections.abc import Hashable
from typing import ClassVar

import yaml


class StrictLoader(yaml.SafeLoader):
    """YAML's safe subset in which each key stands once and says itself what it is."""

    refusal: ClassVar[type[Exception]]  # the error of the kind of file that is read

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """The next node. Raises `refusal`."""
        if self.check_event(yaml.events.AliasEvent):
            raise self.refusal("aliases (*name) are not read here")
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call] # PyYAML's stubs lack it
        if getattr(event, "tag", None) is not None:  # a tag forces a type upon what is not of it
            raise self.refusal("tags (!name) are not read here")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        """A mapping, none of whose keys stands twice. Raises `refusal`."""
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise self.refusal(f"line {node.start_mark.line + 1}: a key stands twice")
        return mapping


class PlainLoader(StrictLoader):
    """In which instants and days are text, and NO is a flag: all but decimal numbers, `true` and `false`."""


PlainLoader.yaml_implicit_resolvers = {}
PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"(?:0|[1-9][0-9]{0,15})\Z", re.ASCII), list("0123456789")
)
PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf"))
