"""A flag that has left, on a device that held its keys and lists."""

from datetime import timedelta

from support.simulator import DAY
from support.tuf_repository import Repository

from keys.trust import client
from keys.trust.directory import Environment
from verifier import intake, pack
from verifier.intake import Held, Intake

PIN = "1.root.json"
SAID = "NO: has left the directory; its certificates count for nothing"


def take_in(ashore: Repository, held: Held, *, update: bool = False) -> Intake:
    files = client.needed(ashore.files, root=ashore.files[PIN], at=ashore.at)
    lists = [ashore.authorities[flag].status_list().encode() for flag in ashore.authorities if flag != "NO"]
    if not update and "gone" not in ashore.root_extension:
        lists.append(ashore.authorities["NO"].status_list().encode())
    data = pack.build(files, lists, base=pack.ANY if update else None)
    return intake.take_in(data, held, at=ashore.at + timedelta(hours=1))


def test_a_flag_that_has_left_is_said_once_and_its_list_dropped() -> None:
    ashore = Repository("NO", "DK", environment=Environment.TEST)
    held = take_in(ashore, Held(root=ashore.files[PIN])).held()
    assert len(held.lists) == 2
    ashore.root_extension["gone"] = ["NO"]
    ashore.publish("root", "targets", at=ashore.at + DAY)
    for update in (False, True):
        taken = take_in(ashore, held, update=update)
        assert SAID in taken.changes
        assert len(taken.lists) == 1
        assert "https://no.example" not in taken.directory.authorities
        again = take_in(ashore, taken.held())
        assert SAID not in again.changes
