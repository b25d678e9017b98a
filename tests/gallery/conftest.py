"""What all scenes share."""

from collections.abc import Iterator

import pytest
from support.wallet import cheap_derivation


@pytest.fixture(scope="module", autouse=True)
def cheap() -> Iterator[None]:
    """No scene is about how long a PIN takes."""
    with pytest.MonkeyPatch.context() as patch:
        cheap_derivation(patch)
        yield
