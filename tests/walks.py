"""Walks for tests: what a test does not say is an ordinary evening walk of today in Vara."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from shapely.geometry import LineString, Point
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.hours import local, to_day_number
from geodata.queries.municipalities import Home, home
from geodata.queries.walks import KnownDevice, KnownStop, KnownWalk, devices_of, stops_of, walk_by_id
from geodata.tables.changes import next_change
from geodata.tables.engine import reading, writing
from geodata.tables.walks import Walk, WalkDevice, WalkStop
from geodata.vocabulary import Light, RouteSource, Theme, WalkRole, WalkState
from tests.places import LATITUDE, LONGITUDE, place_at

SPOTS_M = ((0, 0), (150, 0), (150, 200), (0, 200))
_numbers = count(1)


def walk(engine: Engine, code: str = "1470", **said: Any) -> KnownWalk:
    """A walk that is open, with four stops a hundred metres or two apart and a route through them."""
    with writing(engine) as session:
        walk_id = put(session, home(session, code), **said).id
    with reading(engine) as session:
        made = walk_by_id(session, walk_id)
    assert made is not None
    return made


def put(session: Session, there: Home, **said: Any) -> Walk:
    """The same in a transaction of its caller's."""
    places = [place_at(east, north) for east, north in SPOTS_M]
    row = Walk(**_ordinary(places) | {"municipality_id": there.id} | said)
    row.change_seq = next_change(session, there.id)
    session.add(row)
    session.flush()
    for order, place in enumerate(places, start=1):
        stop = {"uid": uuid4(), "number": order, "name": f"Stopp {order}", "note": ""}
        session.add(WalkStop(walk_id=row.id, geometry=place, **stop))
    return row


def _ordinary(places: Sequence[Point]) -> dict[str, Any]:
    number, now = next(_numbers), datetime.now(UTC)
    return {
        "uid": uuid4(),
        "geometry": LineString(places),
        "route_source": RouteSource.STRAIGHT,
        "title": f"Vandring {number}",
        "locality": "Vara",
        "day": to_day_number(local(now).date()),
        "starts_minute": 18 * 60 + 30,
        "meeting_place": "Stora torget",
        "meeting_east": places[0].x,
        "meeting_north": places[0].y,
        "light": Light.DARK,
        "state": WalkState.OPEN,
        "code": join_code(number),
        "invited": ",".join((WalkRole.RESIDENT, WalkRole.OFFICIAL)),
        "themes": ",".join((Theme.LIGHTING, Theme.GREENERY)),
        "group_count": 1,
        "follow_up_place": "",
        "summary": "",
        "finding_seq": 0,
        "safe_seq": 0,
        "version": 1,
        "created_at": now,
    }


def join_code(number: int) -> str:
    """A code of six signs that no other walk of the test has."""
    signs = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    return "W" + "".join(signs[number // 31**place % 31] for place in range(4, -1, -1))


def stops(engine: Engine, of: KnownWalk) -> list[KnownStop]:
    with reading(engine) as session:
        return stops_of(session, of.id)


def device(engine: Engine, of: KnownWalk, token: str = "", **said: Any) -> str:
    """A phone that has joined; the token it shows."""
    token = token or uuid4().hex + uuid4().hex
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "uid": uuid4(),
        "group_number": 1,
        "unsent_entries": 0,
        "unsent_photos": 0,
        "created_at": now,
        "expires_at": now + timedelta(days=7),
    }
    digest = hashlib.sha256(token.encode()).hexdigest()
    with writing(engine) as session:
        session.add(WalkDevice(walk_id=of.id, token_digest=digest, **values | said))
    return token


def phone(engine: Engine, of: KnownWalk, **said: Any) -> KnownDevice:
    """A phone that has joined, as it is known."""
    device(engine, of, **said)
    with reading(engine) as session:
        return devices_of(session, of.id)[-1]


def finding(
    of: KnownWalk, uid: UUID | None = None, photos: Sequence[UUID] = (), **said: Any
) -> dict[str, Any]:
    """What a phone sends of a finding, before it is written as bytes."""
    number = next(_numbers)
    east, north = 0.0001 * (number % 7), 0.0001 * (number % 5)
    position = {"lon": LONGITUDE + east, "lat": LATITUDE + north, "accuracy_m": 14.0, "fix_age_s": 2.0}
    return {
        "schema": 1,
        "kind": "finding",
        "id": str(uid or uuid4()),
        "walk": str(of.uid),
        "device_seq": number,
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "clock_offset_s": 0.0,
        "polarity": "unsafe",
        "categories": ["lighting"],
        "stop": None,
        "position": position | {"source": "gps"},
        "place_text": "",
        "text": f"Lampan är trasig {number}",
        "severity": None,
        "photos": [str(each) for each in photos],
    } | said


def as_sent(body: dict[str, Any]) -> bytes:
    """Canonical JSON, as the phone hashes and sends it."""
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def sha256(sent: bytes) -> str:
    return hashlib.sha256(sent).hexdigest()
