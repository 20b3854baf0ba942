"""Two people at the same reports at the same time: every conflict is told, nothing is overwritten."""

from __future__ import annotations

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from geodata.errors import Conflict
from geodata.tables import Report, ReviewAct
from geodata.tables.chain import verify
from geodata.tables.engine import reading, writing
from geodata.vocabulary import Refusal, State
from tests import factories
from tests.webmap.reviews import reviewer
from webmap.services.actors import Actor
from webmap.services.review_moves import Action
from webmap.services.review_values import columns_in, read
from webmap.services.reviewing import Deed, Stale, act

ACTS = 250
REPORTS = 4


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def uids(engine, home):
    drafts = [factories.draft(state=State.NEW) for _ in range(REPORTS)]
    with writing(engine) as session:
        factories.store(session, home, drafts)
    return [draft.uid for draft in drafts]


def seen(engine: Engine, uid: UUID) -> int:
    with reading(engine) as session:
        return session.scalars(select(Report.version).where(Report.uid == uid)).one()


def any_deed(chance: random.Random, uid: UUID, version: int, text: str) -> Deed:
    """Mostly edits, for a decision says less about whose it was."""
    drawn = chance.random()
    if drawn < 0.7:
        return Deed(uid, version, Action.EDIT, changes={"public_text": text})
    if drawn < 0.85:
        return Deed(uid, version, Action.ACCEPT)
    return Deed(uid, version, Action.REJECT, chance.choice(list(Refusal)), text)


def work(engine: Engine, home, who: Actor, uids: list[UUID]) -> tuple[int, int, int]:
    """How many acts were stored, refused as stale, and refused as no move; each looked once, then acted."""
    chance = random.Random(who.user_id)
    known = {uid: seen(engine, uid) for uid in uids}
    stored = stale = moot = 0
    for number in range(ACTS):
        uid = chance.choice(uids)
        try:
            act(engine, home, who, any_deed(chance, uid, known[uid], f"{who.user_id}/{number}"))
        except Stale:
            stale, known[uid] = stale + 1, seen(engine, uid)
        except Conflict:
            moot += 1  # accepted already: nothing there to do
        else:
            stored, known[uid] = stored + 1, known[uid] + 1
    return stored, stale, moot


def histories(engine: Engine) -> dict[int, list[ReviewAct]]:
    found = defaultdict(list)
    with reading(engine) as session:
        for each in session.scalars(select(ReviewAct).order_by(ReviewAct.id)):
            found[each.report_id].append(each)
    return found


def overwritten(acts: list[ReviewAct]) -> int:
    """Acts that did not see what an act before them left."""
    now: dict[str, object] = {}
    count = 0
    for each in acts:
        before, after = columns_in(read(each.before)), columns_in(read(each.after))
        count += any(name in now and now[name] != value for name, value in before.items())
        now |= after
    return count


def test_five_hundred_acts_of_two_overwrite_nothing(engine, second_engine, home, uids):
    who = [reviewer(engine, f"{name}@vara.example") for name in ("anna", "bo")]
    with ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(work, at, home, one, uids)
            for at, one in zip((engine, second_engine()), who, strict=True)
        ]
        stored, stale, moot = (sum(counts) for counts in zip(*(run.result() for run in runs), strict=True))
    acts = histories(engine)
    silent = sum(overwritten(each) for each in acts.values())
    print(  # noqa: T201 - the figures are the result
        f"\n{engine.dialect.name}: {2 * ACTS} acts of two, {stored} stored, {stale} told of a conflict,"
        f" {moot} without a move, {silent} silent overwrites"
    )
    assert (stored + stale + moot, stored, silent) == (2 * ACTS, sum(map(len, acts.values())), 0)
    assert stale > 0, "they never met"
    for each in acts.values():
        assert [one.version for one in each] == list(range(2, len(each) + 2))
    check_last(engine, acts)


def check_last(engine: Engine, acts: dict[int, list[ReviewAct]]) -> None:
    """Every report is as its acts, in order, have left it."""
    with reading(engine) as session:
        for report_id, each in acts.items():
            left: dict[str, object] = {}
            for one in each:
                left |= columns_in(read(one.after))
            report = session.get_one(Report, report_id)
            assert {name: getattr(report, name) for name in left} == left
        assert verify(session).is_whole
