"""What a phone wrote into a file comes in as by network, on either database: no edit clashes with its own
predecessor, no photo is lost because its finding waits, and one odd body stops nobody.
"""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from geodata.queries.findings import findings_of
from geodata.queries.walk_aside import waiting_aside
from geodata.tables.engine import reading, writing
from geodata.tables.findings import FindingRevision, Quarantine
from geodata.tables.photos import Photo
from geodata.vocabulary import RevisionState
from tests import factories, walks
from tests.geodata.exchange.pictures import picture, told
from webmap.services import aside_desk, clash_settling
from webmap.services.actors import Actor
from webmap.services.clash_settling import PHONE, Settlement
from webmap.services.outbox_import import Fate, take_in_file
from webmap.services.receiving import PUBLIC

JPEG = told(picture())
STAFF = Actor(None, "coordinator")


@pytest.fixture
def town(engine, tmp_path):
    with writing(engine) as session:
        there = factories.municipality(session)
    walk = walks.walk(engine)
    phone = walks.phone(engine, walk)
    return SimpleNamespace(
        engine=engine, home=there, walk=walk, folder=tmp_path / "photos", phone=str(phone.uid)
    )


def written(body, *changes):
    """An entry as the app writes it. changes: each with its base."""
    raw = body if isinstance(body, str) else walks.as_sent(body).decode()
    said = [
        {"id": change["revision"], "base": base, "body": walks.as_sent(change).decode(), "state": "saved"}
        | {"sha256": walks.sha256(walks.as_sent(change))}
        for change, base in changes
    ]
    uid = str(uuid4()) if isinstance(body, str) else body["id"]
    return {
        "id": uid,
        "kind": "finding",
        "body": raw,
        "sha256": walks.sha256(raw.encode()),
        "revisions": said,
    }


def take(town, *entries, photos=(), device=None):
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        said = {"schema": 1, "walk": str(town.walk.uid), "device": device, "entries": entries}
        file.writestr("outbox.json", json.dumps(said))
        for uid in photos:
            file.writestr(f"photos/{uid}.jpg", JPEG)
    return take_in_file(town.engine, town.home, town.walk.uid, (made.getvalue(), town.folder), PUBLIC)


def change_of(town, body, **said):
    return walks.finding(town.walk, UUID(body["id"]), **{"revision": str(uuid4())} | said)


def stored(town):
    with reading(town.engine) as session:
        return findings_of(session, town.walk.id)


def photos_of(town):
    return [each.uid for finding in stored(town) for each in finding.photos if each.has_come]


class TestEdits:
    @pytest.mark.parametrize("bases", [(1, 1), (1, 2)])
    def test_two_of_one_finding_do_not_clash_with_each_other(self, town, bases):
        body = walks.finding(town.walk, text="Först")
        edits = [(change_of(town, body, text=text), base) for text, base in zip("AB", bases, strict=True)]
        result = take(town, written(body, *edits), device=town.phone)
        assert (result.entries, result.changes) == ({Fate.NEW: 1}, {Fate.NEW: 2})
        assert [each.private_text for each in stored(town)] == ["B"]

    def test_nor_do_those_of_a_finding_that_was_there_already(self, town):
        body = walks.finding(town.walk, text="Först")
        take(town, written(body), device=town.phone)
        edits = [(change_of(town, body, text=text), 1) for text in "AB"]
        assert take(town, written(body, *edits), device=town.phone).changes == {Fate.NEW: 2}
        again = take(town, written(body, *edits), device=town.phone)
        assert (again.changes, [each.private_text for each in stored(town)]) == ({Fate.ALREADY: 2}, ["B"])

    def test_nor_does_taking_it_back(self, town):
        body = walks.finding(town.walk)
        edits = [(change_of(town, body, text="A"), 1), (change_of(town, body, withdrawn=True), 1)]
        assert take(town, written(body, *edits), device=town.phone).changes == {Fate.NEW: 2}
        assert stored(town) == []

    def test_one_that_somebody_came_before_clashes(self, town):
        body = walks.finding(town.walk, text="Först")
        take(town, written(body, (change_of(town, body, text="A"), 1)), device=town.phone)
        late = take(town, written(body, (change_of(town, body, text="B"), 1)), device=town.phone)
        assert (late.changes, [each.private_text for each in stored(town)]) == ({Fate.CLASH: 1}, ["A"])


class TestPhotos:
    def test_one_of_a_finding_that_waits_aside_is_kept_and_comes_in_with_it(self, town):
        photo = uuid4()
        odd = walks.finding(town.walk, photos=[photo], mood="x")
        assert take(town, written(odd), photos=[photo]).photos == {Fate.NEW: 1, Fate.NOBODYS: 0}
        with reading(town.engine) as session:
            (item,) = waiting_aside(session, town.walk.id, 9)
        aside_desk.take_in(town.engine, town.home, town.walk.uid, item.id, STAFF)
        assert photos_of(town) == [photo]

    def test_so_is_one_that_only_a_waiting_change_names(self, town):
        body, photo = walks.finding(town.walk), uuid4()
        edit = change_of(town, body, photos=[str(photo)])
        result = take(town, written(body, (edit, 1)), photos=[photo])
        assert (result.changes, result.photos[Fate.NEW]) == ({Fate.ASIDE: 1}, 1)

    def test_and_one_that_a_clash_names(self, town):
        body, photo = walks.finding(town.walk), uuid4()
        take(town, written(body, (change_of(town, body), 1)), device=town.phone)
        edit = change_of(town, body, photos=[str(photo)])
        assert take(town, written(body, (edit, 1)), photos=[photo], device=town.phone).photos[Fate.NEW] == 1
        with reading(town.engine) as session:
            asked = select(FindingRevision.uid).where(FindingRevision.state == RevisionState.CONFLICT)
            clash = session.scalars(asked).one()
        clash_settling.settle(town.engine, town.home, town.walk.uid, Settlement(clash, 2, PHONE), STAFF)
        assert photos_of(town) == [photo]

    def test_one_that_nothing_speaks_of_is_not_kept_and_is_counted(self, town):
        result = take(town, written(walks.finding(town.walk)), photos=[uuid4()])
        assert result.photos == {Fate.NOBODYS: 1}
        assert factories.rows(town.engine, Photo) == {"photo": 0}


class TestTakenInFromAside:
    def test_of_a_list_what_can_be_used_is_kept(self, town):
        photos = [uuid4() for _ in range(4)]
        odd = walks.finding(town.walk, mood="x", categories=["lighting", "dragons", "litter"])
        take(town, written(odd | {"photos": ["x", *map(str, photos)]}))
        with reading(town.engine) as session:
            (item,) = waiting_aside(session, town.walk.id, 9)
        aside_desk.take_in(town.engine, town.home, town.walk.uid, item.id, STAFF)
        (known,) = stored(town)
        assert [each.uid for each in known.photos] == photos[:3]
        assert set(known.categories) == {"lighting", "litter"}


class TestOddBody:
    def test_one_with_a_nul_waits_aside_and_stops_nobody(self, town):
        raw = walks.as_sent(walks.finding(town.walk, text="Mörkt")).decode().replace("Mörkt", "M\0rkt")
        result = take(town, written(raw), written(walks.finding(town.walk)))
        assert result.entries == {Fate.ASIDE: 1, Fate.NEW: 1}
        with reading(town.engine) as session:
            assert "\N{REPLACEMENT CHARACTER}rkt" in session.scalars(select(Quarantine.body)).one()

    def test_a_change_that_is_none_is_counted(self, town):
        entry = written(walks.finding(town.walk))
        assert take(town, entry | {"revisions": [None, {"id": "x"}]}).unread == 2
