"""How many came is told roughly where they were few, and nothing that anybody may read tells it closer."""

from __future__ import annotations

import re
from itertools import product

import pytest
from sqlalchemy import select

from geodata.queries.walk_heads import head_sum
from geodata.tables.engine import reading, writing
from geodata.tables.walks import HeadCount
from geodata.vocabulary import State, WalkRole
from tests import findings, minutes
from tests.pdftext import pages_of
from webmap.services.minutes import earlier_minutes, public_minutes
from webmap.services.minutes_compared import compared_words
from webmap.services.minutes_counts import head_range, heads_words
from webmap.words import words_for

SV = words_for("sv")
THEN = {WalkRole.RESIDENT: 480, WalkRole.POLICE: 1, WalkRole.COUNCILLOR: 2}
NOW = {WalkRole.RESIDENT: 460, WalkRole.POLICE: 2, WalkRole.OTHER: 1}
OF_WALK = (
    "/walks/{0.uid}",
    "/walks/{0.uid}/minutes.pdf",
    "/walks/{0.uid}/minutes.csv",
    "/walks/{0.uid}/letters",
)
OF_CODE = ("/w/{0.join_code}", "/w/{0.join_code}/walk.json", "/w/{0.join_code}/before")
OF_ALL = ("/", "/walks", "/walks?area=Vara", "/table", "/about/map", "/api/v1/public/cells?municipality=1470")


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


@pytest.fixture
def both(engine):
    """A walk and the one that goes it again, both for everybody to read, with other heads."""
    then = minutes.publish(engine, minutes.walked(engine, title="Då", came=THEN))
    return then, minutes.publish(engine, minutes.walked(engine, title="Nu", came=NOW, repeat_of=then.id))


def read(client, path):
    """All that the answer says, without marks."""
    got = client.get(path)
    text = " ".join(pages_of(got.data)) if got.mimetype == "application/pdf" else got.get_data(as_text=True)
    return re.sub(r"<[^>]+>", " ", text).replace("\N{NO-BREAK SPACE}", " ")


def says(text, number):
    return re.search(rf"(?<![\w–.]){number}(?![\w–])", text) is not None


class TestHeads:
    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_no_answer_of_ours_has_the_exact_sum(self, client, engine, both, language):
        with reading(engine) as session:
            sums = [head_sum(session, each.id) for each in both]
        assert sums == [483, 463]
        client.get(f"/?lang={language}")
        paths = [path.format(each) for each in both for path in (*OF_WALK, *OF_CODE)]
        told = {path: read(client, path) for path in (*paths, *OF_ALL)}
        assert [path for path, text in told.items() if any(says(text, number) for number in sums)] == []

    def test_what_is_told_is_a_range_on_page_and_sheet(self, client, both):
        for of, told in zip(both, ("482–484", "462–464"), strict=True):
            for ending in ("", "/minutes.pdf"):
                assert told in read(client, f"/walks/{of.uid}{ending}")

    def test_that_more_came_once_is_told_without_numbers(self, client, both):
        page = read(client, f"/walks/{both[1].uid}")
        assert "Olika många gick med de två gångerna." in page
        assert "483" not in page

    def test_the_comparison_follows_what_is_told_and_not_what_is_so(self, app, engine):
        first = minutes.publish(engine, minutes.walked(engine))
        second = minutes.publish(engine, minutes.walked(engine, repeat_of=first.id))
        told = {}
        for police in product((1, 2), repeat=2):
            for of, count in zip((first, second), police, strict=True):
                set_police(engine, of, count)
            then, now = (public_minutes(engine, each.uid)[1] for each in (first, second))
            told[police] = (heads_words(then.heads, SV), compared_words(then, now, SV))
        assert len({repr(each) for each in told.values()}) == 1

    @pytest.mark.parametrize(
        ("heads", "told"),
        [({WalkRole.POLICE: 2}, (1, 2)), ({WalkRole.RESIDENT: 3}, (3, 3)), (THEN, (482, 484))],
    )
    def test_a_range_holds_all_that_it_could_have_been(self, heads, told):
        assert head_range(heads) == told


def set_police(engine, of, count):
    with writing(engine) as session:
        row = session.scalars(
            select(HeadCount).where(HeadCount.walk_id == of.id, HeadCount.role == WalkRole.POLICE)
        ).one()
        row.count = count


class TestCounts:
    def test_the_comparison_counts_what_the_minutes_tell_and_no_more(self, client, engine, both):
        findings.found(engine, both[1], state=State.ACCEPTED)
        findings.found(engine, both[1])
        page = read(client, f"/walks/{both[1].uid}")
        assert "Otryggt och förslag: 3 då, 3 nu, ingen säker skillnad." in page
        assert "inte granskad" not in page

    def test_what_was_destroyed_is_not_counted_as_never_said(self, client, engine, both):
        minutes.destroyed(engine, both[0], 1, 2)
        page = read(client, f"/walks/{both[1].uid}")
        assert "antalen går inte att jämföra" in page
        assert "färre nu" not in page

    def test_there_is_nothing_to_compare_with_until_both_are_public(self, engine):
        then = minutes.walked(engine)
        again = minutes.publish(engine, minutes.walked(engine, repeat_of=then.id))
        assert earlier_minutes(engine, again) is None
        minutes.publish(engine, then)
        assert earlier_minutes(engine, again).walk.uid == then.uid
