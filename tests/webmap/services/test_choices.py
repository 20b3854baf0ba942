"""A municipality chooses for itself, within limits that keep people unknown."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from geodata.errors import Conflict
from geodata.queries.municipalities import Home
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import CHOICES, ChoiceKey
from tests import factories
from webmap.services import choices
from webmap.services.actors import Actor
from webmap.services.sayings import Refused

ADMIN = Actor(None, "admin")


@pytest.fixture
def home(engine: Engine) -> Home:
    with writing(engine) as session:
        return factories.municipality(session)


def choose(engine: Engine, home: Home, **said: str) -> list[ChoiceKey]:
    with writing(engine) as session:
        return choices.choose(session, home, {ChoiceKey(key): text for key, text in said.items()}, ADMIN)


def chosen(engine: Engine, home: Home) -> dict[ChoiceKey, str]:
    with reading(engine) as session:
        return choices.all_of(session, home)


class TestChoosing:
    def test_what_nobody_chose_is_the_default(self, engine: Engine, home: Home) -> None:
        assert chosen(engine, home) == {key: rule.default for key, rule in CHOICES.items()}

    def test_a_choice_holds_until_it_is_taken_back(self, engine: Engine, home: Home) -> None:
        assert choose(engine, home, publish_k="8", contact_email=" trygg@vara.example ") == [
            ChoiceKey.CONTACT_EMAIL,
            ChoiceKey.PUBLISH_K,
        ]
        assert chosen(engine, home)[ChoiceKey.CONTACT_EMAIL] == "trygg@vara.example"
        assert choose(engine, home, publish_k="") == [ChoiceKey.PUBLISH_K]
        assert chosen(engine, home)[ChoiceKey.PUBLISH_K] == "5"

    def test_one_municipality_does_not_choose_for_another(self, engine: Engine, home: Home) -> None:
        with writing(engine) as session:
            other = factories.municipality(session, "1446", "Karlsborg")
        choose(engine, home, publish_k="8")
        assert chosen(engine, other)[ChoiceKey.PUBLISH_K] == "5"

    def test_the_journal_names_the_choice_and_not_its_value(self, engine: Engine, home: Home) -> None:
        choose(engine, home, data_officer_email="dso@vara.example")
        with reading(engine) as session:
            row = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
        assert row is not None
        assert (row.action, row.object_id) == ("choice.make", "data_officer_email")
        assert "dso@" not in str(vars(row))


class TestChangingWhatWasLookedAt:
    def test_whoever_comes_second_is_told_and_changes_nothing(self, engine: Engine, home: Home) -> None:
        said = {ChoiceKey.PUBLISH_K: "8"}
        seen = choices.version_of({ChoiceKey.PUBLISH_K: "5"})
        assert choices.change(engine, home, said, seen, ADMIN) == [ChoiceKey.PUBLISH_K]
        with pytest.raises(Conflict):
            choices.change(engine, home, {ChoiceKey.PUBLISH_K: "9"}, seen, ADMIN)
        assert chosen(engine, home)[ChoiceKey.PUBLISH_K] == "8"

    def test_what_another_has_changed_elsewhere_in_the_form_is_no_matter_of_ours(
        self, engine: Engine, home: Home
    ) -> None:
        seen = choices.version_of({ChoiceKey.PUBLISH_K: "5"})
        choose(engine, home, contact_phone="0512-310 00")
        assert choices.change(engine, home, {ChoiceKey.PUBLISH_K: "8"}, seen, ADMIN)


class TestLimits:
    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("publish_k", "3"),
            ("publish_k", "fem"),
            ("publish_fine_m", "100"),
            ("publish_fine_m", "300"),
            ("publish_coarse_m", "500"),
            ("publish_days_between", "7"),
            ("contact_email", "trygg"),
            ("feedback_url", "http://vara.example"),
            ("feedback_url", "javascript:alert(1)"),
            ("accessibility_reviewed_on", "i går"),
            ("controller_name", "x" * 201),
            ("controller_name", "rad\nrad"),
        ],
    )
    def test_what_goes_below_them_is_refused_and_nothing_is_kept(
        self, engine: Engine, home: Home, key: str, text: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            choose(engine, home, organisation_number="212000-1637", **{key: text})
        assert [fault.field for fault in refused.value.faults] == [key]
        assert chosen(engine, home)[ChoiceKey.ORGANISATION_NUMBER] == ""
