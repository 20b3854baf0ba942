"""OF-12: the server goes back to an older copy: the phones have what it has lost, and send it again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.walk_town import WalkTown, assert_sound, history, stored, walk_town
from tests.faults.walkers import Phone

pytestmark = pytest.mark.faults

PHONES = 6
BEFORE, AFTER = 5, 7
"""Findings of each phone, before the copy and since."""


def test_what_came_after_the_copy_comes_again(durable_url: str, tmp_path: Path) -> None:
    with walk_town(tmp_path, durable_url) as town:
        early = town.phones(PHONES)
        _write_all(early, BEFORE)
        town.house.run("db", "backup", str(tmp_path / "copy"))
        phones = [*early, *town.phones(1)]  # one that the copy knows nothing of
        _write_all(phones, AFTER)
        there, safe = stored(town), PHONES * BEFORE
        told = [each for phone in phones for each in list(phone.told.values())[-AFTER:]]
        assert {each.safe_through for each in told} == {safe}
        assert {(phone.reconcile(), len(phone.kept)) for phone in phones} == {(0, AFTER)}
        _go_back(town, tmp_path / "copy")
        assert stored(town).uids == there.uids[:safe]
        phones[-1].join()
        lost = [phone.reconcile() for phone in phones]
        figures, kind = history(town, phones), town.engine.dialect.name
        print(f"\nOF-12 {kind}: safe_through {safe}, {sum(lost)} sent again: {figures.said()}")  # noqa: T201
        assert lost == [AFTER] * len(phones)
        assert set(stored(town).uids) == set(there.uids)
        assert_sound(town, figures)
        _assert_kept_until_safe(town, phones, tmp_path / "second")


def _assert_kept_until_safe(town: WalkTown, phones: list[Phone], copy: Path) -> None:
    """What came again stays on the phones until a copy holds that too."""
    assert {len(phone.kept) for phone in phones} == {AFTER}
    town.house.run("db", "backup", str(copy))
    assert {(phone.reconcile(), len(phone.kept)) for phone in phones} == {(0, 0)}


class TestNumberOfAnother:
    def test_a_phone_that_was_away_keeps_what_another_has_the_number_of(
        self, durable_url: str, tmp_path: Path
    ) -> None:
        with walk_town(tmp_path, durable_url) as town:
            away, other = town.phones(2)
            town.house.run("db", "backup", str(tmp_path / "copy"))
            lost = away.deliver(away.write())
            _go_back(town, tmp_path / "copy")
            taken = other.deliver(other.write())
            town.house.run("db", "backup", str(tmp_path / "second"))
            safe = away.deliver(away.write()).safe_through
            assert (taken.seq, safe >= lost.seq) == (lost.seq, True)
            assert (away.reconcile(), lost.uid in away.kept) == (1, True)
            assert_sound(town, history(town, [away, other]))


def _write_all(phones: list[Phone], count: int) -> None:
    with ThreadPoolExecutor(len(phones)) as pool:
        list(pool.map(lambda phone: [phone.deliver(phone.write()) for _ in range(count)], phones))


def _go_back(town: WalkTown, copy: Path) -> None:
    town.kill()
    town.house.run("db", "restore", str(copy))
    town.start()
