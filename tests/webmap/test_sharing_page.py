"""Decisions on what crosses between municipality and police: made, seen, ended, and in the journal."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.sharings import sharings_in_force
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.registry import Registration
from geodata.tables.sharing import Sharing
from geodata.vocabulary import Kind, Owner
from tests import factories
from tests.webmap.application import COORDINATOR, ELSEWHERE, OFFICER, PLANNER, post
from webmap.access import Role, Viewer
from webmap.services import sharing
from webmap.services.actors import Actor
from webmap.services.sharing import GROUNDS, SharingDraft
from webmap.services.sight import sight_of

BY = Actor(None, "coordinator")
CRIMES = SharingDraft(Owner.POLICE, frozenset({Kind.CRIME_REPORT}), 250, GROUNDS[2])
CHOSEN = {"kinds": "walk_finding", "precision_m": "250", "ground": "1", "municipality": "1470"}


@pytest.fixture
def there(engine):
    with writing(engine) as session:
        return factories.municipality(session)


def in_force(engine, there):
    with reading(engine) as session:
        return sharings_in_force(session, there.id)


def journal(engine, prefix="sharing."):
    with reading(engine) as session:
        rows = session.execute(select(JournalEntry.action, JournalEntry.object_id).order_by(JournalEntry.seq))
        return [(action, told) for action, told in rows if action.startswith(prefix)]


class TestActs:
    def test_it_lasts_from_its_beginning_to_its_end(self, engine, there):
        uid = sharing.begin(engine, there, CRIMES, BY)
        assert [(each.uid, each.precision_m) for each in in_force(engine, there)] == [(uid, 250)]
        sharing.end(engine, there, uid, [Owner.POLICE], BY)
        assert in_force(engine, there) == ()
        assert journal(engine) == [("sharing.begin", f"{uid}"), ("sharing.end", f"{uid}")]
        with reading(engine) as session:
            assert verify(session).is_whole
            assert session.scalars(select(Registration.object_id)).all() == [f"{uid}"]
        known = sharing.all_of(engine, there)
        assert [(each.shared.uid, each.is_in_force) for each in known] == [(uid, False)]

    def test_the_same_is_not_shared_twice(self, engine, there):
        sharing.begin(engine, there, CRIMES, BY)
        with pytest.raises(Conflict, match="sharing.already"):
            sharing.begin(engine, there, CRIMES, BY)

    def test_only_its_own_authority_ends_it_and_once(self, engine, there):
        uid = sharing.begin(engine, there, CRIMES, BY)
        with pytest.raises(NotFound):
            sharing.end(engine, there, uid, [Owner.MUNICIPALITY], BY)
        sharing.end(engine, there, uid, [Owner.POLICE], BY)
        with pytest.raises(Conflict, match="sharing.ended"):
            sharing.end(engine, there, uid, [Owner.POLICE], BY)

    @pytest.mark.parametrize(
        ("kinds", "precision_m", "ground", "code"),
        [
            ((), 0, "x", "sharing.no_kinds"),
            (Kind, 100, "x", "sharing.precision"),
            (Kind, 0, "  ", "sharing.no_ground"),
            (Kind, 0, "x" * 201, "text.too_long"),
        ],
    )
    def test_what_is_not_whole_is_refused(self, engine, there, kinds, precision_m, ground, code):
        with pytest.raises(InvalidValue, match=code):
            sharing.begin(
                engine, there, SharingDraft(Owner.POLICE, frozenset(kinds), precision_m, ground), BY
            )

    def test_the_sight_of_a_role_is_its_own_and_what_is_shared(self, engine, there):
        sharing.begin(engine, there, CRIMES, BY)
        sight = {role: sight_of(engine, Viewer(1, "", {"1470": frozenset({role})}), "1470") for role in Role}
        crimes, told = (Owner.POLICE, Kind.CRIME_REPORT), (Owner.MUNICIPALITY, Kind.PERCEPTION)
        expected = {
            Role.COORDINATOR: (250, 0),
            Role.WALK_LEADER: (250, 250),
            Role.POLICE_PLANNER: (0, None),
            Role.POLICE_OFFICER: (0, None),
        }
        for role in Role:
            seen = sight[role].precision(*crimes), sight[role].precision(*told)
            assert seen == expected.get(role, (None, None)), role


class TestPage:
    def test_a_coordinator_shares_what_is_the_municipalitys_and_ends_it(self, app, logged_in):
        client, engine = logged_in(COORDINATOR), app.extensions["works"].engine
        answer = post(client, "/staff/sharing", **CHOSEN)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/sharing?municipality=1470")
        text = client.get("/staff/sharing").text
        assert "Fynd från vandringar" in text
        assert GROUNDS[0] in text
        with reading(engine) as session:
            made = session.scalars(select(Sharing).order_by(Sharing.id.desc())).first()
        assert (made.owner, made.kinds, made.precision_m) == (Owner.MUNICIPALITY, "walk_finding", 250)
        assert made.ground == GROUNDS[0]
        path = f"/staff/sharing/{made.uid}/end"
        assert post(logged_in(PLANNER), path, municipality="1470").status_code == 404
        assert post(client, path, municipality="1470").status_code == 303
        again = post(client, path, municipality="1470")
        assert again.status_code == 409
        assert "Någon har redan avslutat den delningen." in again.text

    def test_a_planner_decides_over_the_polices(self, app, logged_in):
        assert post(logged_in(PLANNER), "/staff/sharing", **CHOSEN).status_code == 303
        with reading(app.extensions["works"].engine) as session:
            made = session.scalars(select(Sharing).order_by(Sharing.id.desc())).first()
        assert made.owner == Owner.POLICE
        assert post(logged_in(PLANNER), "/staff/sharing", **CHOSEN, owner="municipality").status_code == 422

    def test_a_refused_form_says_why_and_keeps_what_was_typed(self, logged_in):
        said = {"municipality": "1470", "precision_m": "500", "ground": "own", "own_ground": "Avtal <2026>"}
        answer = post(logged_in(COORDINATOR), "/staff/sharing", **said)
        assert answer.status_code == 422
        assert "<title>Fel:" in answer.text
        assert "Välj minst ett slag." in answer.text
        assert 'value="Avtal &lt;2026&gt;"' in answer.text
        assert 'name="precision_m" value="500" checked' in answer.text

    def test_it_is_told_as_a_file_too(self, logged_in):
        answer = logged_in(PLANNER).get("/staff/sharing.csv")
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
        assert rows[0][:3] == ["Vad", "Slag", "Läge på kartan"]
        assert len(rows) == 3
        assert answer.mimetype == "text/csv"

    def test_in_english_too(self, logged_in):
        text = logged_in(COORDINATOR).get("/staff/sharing?lang=en").text
        assert "Sharing between municipality and police" in text
        assert "Delning" not in text

    def test_others_have_no_such_page(self, logged_in):
        assert logged_in(OFFICER).get("/staff/sharing").status_code == 403
        assert logged_in(ELSEWHERE).get("/staff/sharing?municipality=1470").status_code == 404
