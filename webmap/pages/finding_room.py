"""What the rooms of a walk's findings share: whose walk it is, and who acts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webmap.access import Permission, Role
from webmap.gate import may_here, viewer, words, works
from webmap.services.actors import Actor
from webmap.services.finding_desk import FindingDesk, desk_of


def desk(uid: UUID, permission: Permission = Permission.SEE_WALKS) -> FindingDesk:
    """The walk, in any of the municipalities where the viewer may do this. Raises NotFound."""
    return desk_of(works().engine, uid, viewer().municipalities_for(permission))


def actor() -> Actor:
    """The viewer as the journal writes them: those who follow up are coordinators."""
    return Actor(viewer().user_id, Role.COORDINATOR)


def may_follow_up(of: FindingDesk) -> bool:
    """Whether the viewer may review and decide here."""
    return may_here(Permission.FOLLOW_UP_WALKS, of.walk.code)


def room(of: FindingDesk, chosen: str) -> dict[str, Any]:
    """What every page of these needs: the walk, the ways between them, and whose it is."""
    return {
        "desk": of,
        "walk": of.walk,
        "code": of.walk.code,
        "ways": _ways(of, chosen),
        "may_follow_up": may_follow_up(of),
        "municipality_name": words().municipality(of.home.name),
    }


def _ways(of: FindingDesk, chosen: str) -> list[tuple[str, str, bool, int]]:
    """Address, word, whether one is there, and how much waits there."""
    say, uid = words(), of.walk.uid
    ways = [("findings", say("Iakttagelser"), len(of.new))]
    if may_follow_up(of):
        ways += [
            ("follow-up", say("Uppföljning"), len(of.undecided)),
            ("aside", say("Vid sidan"), of.aside),
        ]
    ways.append(("compare", say("Jämför"), 0))
    return [(f"/staff/walks/{uid}/{name}", word, name == chosen, count) for name, word, count in ways]
