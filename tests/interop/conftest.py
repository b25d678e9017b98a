"""Skips, by name, what needs JavaScript libraries where set-up could not install them."""

import pytest
from support import node


@pytest.fixture(autouse=True)
def _node_libraries(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("node") and (reason := node.missing()):
        pytest.skip(reason)
