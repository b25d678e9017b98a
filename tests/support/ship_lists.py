"""Status lists for ships: an authority's list publication by publication, and arrays with random places."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from support.simulator import DAY, NOW, Authority

from keys.signer import Signer
from verifier import ship_status_writing
from verifier.statement import Statement, sign

# Of 100 entries that are not valid: renewals and lost books make most, and suspensions are few.
MIX = (60, 15, 25)  # revoked, suspended, replaced


def random_states(size: int, count: int, *, mix: Sequence[int] = MIX, seed: int = 1) -> bytes:
    """An array of `size` entries of which `count` random ones are not valid."""
    random = Random(seed)
    return changed(bytes(size // 4), dict.fromkeys(random.sample(range(size), count)), mix=mix, seed=seed)


def changed(
    states: bytes, entries: dict[int, int | None], *, mix: Sequence[int] = MIX, seed: int = 1
) -> bytes:
    """The array with entries set to a state, or to one by chance where that is None."""
    random, array = Random(seed), bytearray(states)
    for idx, state in entries.items():
        chosen = random.choices((1, 2, 3), mix)[0] if state is None else state
        place = 2 * (idx & 3)
        array[idx >> 2] = array[idx >> 2] & ~(3 << place) | chosen << place
    return bytes(array)


class Series:
    """One list, published again and again: `states[n - 1]` and `statements[n - 1]` are those of number n."""

    name = "1"

    def __init__(self, authority: Authority, *arrays: bytes, signer: Signer | None = None) -> None:
        self.authority = authority
        self.signer = signer or authority.signers[authority.status_kid]
        self.states: list[bytes] = []
        self.statements: list[Statement] = []
        for states in arrays:
            self.publish(states)

    def publish(self, states: bytes, *, expires: bool = True) -> Statement:
        """Sign the next number, a minute after the last; the first is a day old."""
        number = len(self.states) + 1
        iat = NOW - DAY + number * timedelta(minutes=1)
        statement = sign(
            states,
            uri=self.authority.status_uri,
            number=number,
            iat=iat,
            exp=iat + 60 * DAY if expires else None,
            before=self.states[-1] if self.states else None,
            signer=self.signer,
        )
        self.states.append(states)
        self.statements.append(statement)
        return statement

    def snapshot(self, number: int = 1) -> bytes:
        """The whole list of a number."""
        return ship_status_writing.to_snapshot(
            self.statements[number - 1], self.states[number - 1], flag=self.authority.flag, name=self.name
        )

    def delta(self, since: int = 1, number: int = 2) -> bytes:
        """From one number to a later one."""
        return ship_status_writing.to_delta(
            self.statements[number - 1],
            self.states[number - 1],
            since=since,
            before_states=self.states[since - 1],
            flag=self.authority.flag,
            name=self.name,
        )
