"""When Python looks for garbage: never through all that is kept while somebody looks and taps.

A look through everything an app holds stops all threads for 100 ms and more with hundreds of certificates.
What dies young is found as always; the rest when the app is out of view.
"""

import gc
from typing import Final

_NEVER: Final = 1_000_000  # times that the middle generation is looked through before the oldest one is


class Memory:
    """Of a process that is the app's own; in any other, such as a test's, it changes nothing."""

    def __init__(self, *, is_ours: bool) -> None:
        """Nothing is changed yet."""
        self._is_ours = is_ours

    def begin(self) -> None:
        """From now on the oldest generation is looked through by `tidy` alone."""
        if self._is_ours:
            young, middle, _ = gc.get_threshold()
            gc.set_threshold(young, middle, _NEVER)

    def settle(self) -> None:
        """What is held now stays: it need not be looked through again."""
        if self._is_ours:
            gc.freeze()

    def unsettle(self) -> None:
        """What was held may go its way again."""
        if self._is_ours:
            gc.unfreeze()

    def tidy(self) -> None:
        """Nobody looks: a pause disturbs nobody."""
        if self._is_ours:
            gc.collect()
