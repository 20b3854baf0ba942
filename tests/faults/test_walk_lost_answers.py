"""OF-02: the answer is lost after the commit, two hundred times: two hundred stored, two hundred receipts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.browser.door import Answer, Passage, door_to
from tests.faults.walk_town import WalkTown, assert_sound, history, stored, walk_town
from tests.faults.walkers import Phone, Unanswered

pytestmark = pytest.mark.faults

LOST = 200
PHONES = 4
_FINDING = r"PUT /api/v1/walks/[^/]+/findings/[^/]+"


class LosesFirstAnswers:
    """Lets every finding through, and loses the first answer to each."""

    def __init__(self) -> None:
        self.lost: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, passage: Passage, ask: Callable[[], Answer]) -> Answer | None:
        answer = ask()
        with self._lock:
            is_first = passage.path not in self.lost
            self.lost.add(passage.path)
        return None if is_first else answer


def test_every_lost_answer_is_stored_once_and_told_again(durable_url: str, tmp_path: Path) -> None:
    with walk_town(tmp_path, durable_url) as town, door_to(town.port) as door:
        door.rules[_FINDING] = losing = LosesFirstAnswers()
        phones = town.phones(PHONES, door.address)
        with ThreadPoolExecutor(PHONES) as pool:
            list(pool.map(_lose, phones))
        assert len(stored(town).uids) == len(losing.lost) == LOST
        assert sum(len(phone.told) for phone in phones) == 0
        known = sum(len(phone.receipts(phone.kept)) for phone in phones)
        for phone in phones:
            phone.deliver_all()
        _show_and_check(town, phones, known)


def _lose(phone: Phone) -> None:
    for _ in range(LOST // PHONES):
        with pytest.raises(Unanswered):
            phone.send(phone.write())


def _show_and_check(town: WalkTown, phones: list[Phone], known: int) -> None:
    figures = history(town, phones)
    statuses = sum((phone.statuses for phone in phones), Counter[int]())
    kind = town.engine.dialect.name
    print(f"\nOF-02 {kind}: {LOST} answers lost, {known} receipts, {dict(statuses)}: {figures.said()}")  # noqa: T201
    assert_sound(town, figures)
    assert (known, figures.acknowledged, figures.stored, dict(statuses)) == (LOST, LOST, LOST, {200: LOST})
