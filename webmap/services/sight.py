"""What a viewer sees of a municipality's reports: by role, and by what the other authority shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Engine

from geodata.queries.municipalities import standing
from geodata.queries.sharings import Shared, sharings_in_force
from geodata.queries.sight import NOTHING, Glimpse, Sight
from geodata.tables.engine import reading
from geodata.vocabulary import Kind, Owner
from webmap.access import OUTLOOK, Outlook, Role, Viewer


def sight_of(engine: Engine, viewer: Viewer, municipality: str) -> Sight:
    """What the viewer sees there now. Raises NotFound.

    Surfaces and points come from a room that has asked already; this is for other reads of reports.
    """
    with reading(engine) as session:
        key, _ = standing(session, municipality)
        return sight_given(viewer.roles.get(municipality, frozenset()), sharings_in_force(session, key))


def sight_given(roles: Iterable[Role], sharings: Iterable[Shared]) -> Sight:
    """What somebody with these roles sees where this is shared; of several views of the same, the finest."""
    outlooks, shared = [OUTLOOK[role] for role in roles if role in OUTLOOK], tuple(sharings)
    if not outlooks:
        return NOTHING
    finest: dict[tuple[Owner, Kind], int] = {}
    for each in (each for outlook in outlooks for each in _glimpses(outlook, shared)):
        key = each.owner, each.kind
        finest[key] = min(finest.get(key, each.precision_m), each.precision_m)
    own = frozenset(outlook.owner for outlook in outlooks)
    across = tuple(each for each in shared if each.owner not in own)
    return Sight(frozenset(Glimpse(*key, side) for key, side in finest.items()), own, across)


def _glimpses(outlook: Outlook, shared: tuple[Shared, ...]) -> Iterator[Glimpse]:
    for kind in Kind:
        yield Glimpse(outlook.owner, kind, outlook.precision_m)
    for each in shared:
        for kind in each.kinds if each.owner != outlook.owner else ():
            yield Glimpse(each.owner, kind, max(each.precision_m, outlook.precision_m))
