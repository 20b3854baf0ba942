"""OF-04: the server is killed again and again while phones send: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from tests.faults.walk_town import WalkTown, assert_sound, history, walk_town
from tests.faults.walkers import Phone

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("compiled_once")]

KILLS = 500 if os.environ.get("FULL") == "1" else 40
WHOLE_EVERY = 8
"""Of so many kills one takes the whole server; the others one process of it."""
CLIENTS = 8
_LONGEST_S = 20


def test_what_was_acknowledged_is_stored_once(durable_url: str, tmp_path: Path) -> None:
    with walk_town(tmp_path, durable_url) as town:
        phones, began_s = town.phones(CLIENTS), time.perf_counter()
        _send_while_killed(town, phones)
        took_s = time.perf_counter() - began_s
        figures = history(town, phones)
        kind = town.engine.dialect.name
        print(f"\nOF-04 {kind}: {KILLS} kills, {CLIENTS} phones, {took_s:.0f} s: {figures.said()}")  # noqa: T201
        assert_sound(town, figures)
        assert figures.acknowledged == figures.written > KILLS


def _send_while_killed(town: WalkTown, phones: Sequence[Phone]) -> None:
    stop = Event()
    with ThreadPoolExecutor(len(phones)) as pool:
        walking = [pool.submit(_walk, phone, stop) for phone in phones]
        try:
            _kill_again_and_again(town, phones)
        finally:
            stop.set()
        for each in walking:
            each.result()


def _walk(phone: Phone, stop: Event) -> None:
    """Write and send, one after the other; what was begun is brought to its end."""
    while not stop.is_set():
        phone.deliver(phone.write())


def _kill_again_and_again(town: WalkTown, phones: Sequence[Phone]) -> None:
    chance = random.Random(4)
    for number in range(1, KILLS + 1):
        _await_another(phones)
        time.sleep(chance.uniform(0.2, 0.6))
        if number % WHOLE_EVERY:
            town.kill_one(chance)
        else:
            town.kill()
            town.start()


def _await_another(phones: Sequence[Phone]) -> None:
    """Until something was stored since: a kill of a server that stands still says nothing."""
    told, deadline = sum(len(phone.told) for phone in phones), time.monotonic() + _LONGEST_S
    while sum(len(phone.told) for phone in phones) == told and time.monotonic() < deadline:
        time.sleep(0.01)
