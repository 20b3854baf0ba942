"""Fifty send the same report at once, twenty reports at a time, to a server of two processes."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from geodata.migrations import check
from geodata.tables import JournalEntry, Receipt, Report
from geodata.tables.engine import make_engine, writing
from tests import factories
from tests.browser.site import House, serving
from tests.webmap.test_report_door import feature

pytestmark = [pytest.mark.faults, pytest.mark.load]

REPORTS, TIMES = 20, 50
SENDERS = 50


@dataclass(frozen=True)
class NamedHouse(House):
    """A house whose database is named by its URL."""

    url: str = ""

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "TRYGGKARTA_DATABASE_URL": self.url,
            "TRYGGKARTA_RATE_LIMITS": "off",
        }


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[str]:
    engine = make_engine(database_url)
    with writing(engine) as session:
        factories.municipality(session)
    engine.dispose()
    with serving(NamedHouse(tmp_path, tmp_path / "unused", database_url), workers=2) as address:
        yield address


def send(address: str, uid: UUID, body: dict[str, Any]) -> tuple[int, str, float]:
    """Status, echo and seconds."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=120)
    began_s = time.perf_counter()
    try:
        headers = {"Content-Type": "application/geo+json"}
        connection.request("PUT", f"/api/v1/reports/{uid}", json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), time.perf_counter() - began_s
    finally:
        connection.close()


def test_each_is_stored_once_and_everybody_told_the_same(site: str, database_url: str) -> None:
    sent = {uuid4(): feature(text=f"Mörkt vid port {number}") for number in range(REPORTS)}
    turns = [uid for uid in sent for _ in range(TIMES)]
    random.Random(1).shuffle(turns)
    began_s = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        told = list(pool.map(lambda uid: send(site, uid, sent[uid]), turns))
    took_s = time.perf_counter() - began_s
    other = [send(site, uid, feature(text="Annat"))[0] for uid in sent]
    statuses, slowest_s = Counter(status for status, _, _ in told), sorted(took for _, _, took in told)
    engine = make_engine(database_url)
    counted = factories.rows(engine, Report, Receipt, JournalEntry)
    print(  # noqa: T201 - the figures are the result; -s shows them
        f"\n{REPORTS} reports x {TIMES} by {SENDERS} at once on {engine.dialect.name}: {dict(statuses)},"
        f" {counted['report']} rows, other content {dict(Counter(other))}, {len(told) / took_s:.0f} a second,"
        f" p50 {slowest_s[len(told) // 2]:.2f} s, slowest {slowest_s[-1]:.2f} s"
    )
    assert statuses == {201: REPORTS, 200: REPORTS * (TIMES - 1)}
    assert len({echo for _, echo, _ in told}) == REPORTS
    assert other == [409] * REPORTS
    assert counted["report"] == counted["receipt"] == REPORTS
    assert check(engine) == []
    engine.dispose()
