"""What the verifier's tests start from: an inspection in which everything is in order."""

import pytest
from support.scenario import Inspection


@pytest.fixture
def inspection() -> Inspection:
    return Inspection()
