"""What every staff page of a walk begins with: which walk it is, and who acts."""

from __future__ import annotations

from uuid import UUID

from flask import request

from geodata import crs
from geodata.errors import NotFound
from geodata.queries.municipalities import Home
from geodata.queries.walks import KnownWalk
from webmap.access import Permission, Role
from webmap.gate import viewer, works
from webmap.services import reception, walk_planning
from webmap.services.actors import Actor
from webmap.services.walk_leading import Leading


def walk_at(uid: UUID, permission: Permission = Permission.SEE_WALKS) -> tuple[Home, KnownWalk]:
    """The walk, where the viewer may do this in its municipality. Raises NotFound."""
    walk = walk_planning.one(works().engine, uid)
    found = reception.homes_by_code(works().engine, [walk.code])
    if walk.code not in viewer().municipalities_for(permission) or not found:
        raise NotFound("walk.unknown", "walk")
    return found[0], walk


def walker_in(code: str) -> Actor:
    """Whoever asks, as the coordinator or the walk leader they are there."""
    roles = viewer().roles.get(code, frozenset())
    role = Role.COORDINATOR if Role.COORDINATOR in roles else Role.WALK_LEADER
    return Actor(viewer().user_id, role)


def leading(home: Home, walk: KnownWalk) -> Leading:
    """Whoever asks, at the head of a walk; with the version their form was made from."""
    version = request.form.get("version", type=int)
    return Leading(home, walk.uid, walker_in(home.code), version)


def spot_of(walk: KnownWalk) -> tuple[float, float] | None:
    """Longitude and latitude of where one meets, if it is known."""
    if walk.meeting is None:
        return None
    lon, lat = crs.to_degrees_xy([walk.meeting[0]], [walk.meeting[1]])
    return round(float(lon[0]), 6), round(float(lat[0]), 6)


def join_address(walk: KnownWalk) -> str:
    """What a phone opens to join."""
    return (works().settings.public_url or request.host_url).rstrip("/") + f"/w/{walk.join_code}"
