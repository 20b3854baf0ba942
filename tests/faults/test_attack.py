"""A thousand reports a minute from as many addresses: whoever really tells of a place is still served."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import uuid4

import pytest

from geodata.tables import Report
from geodata.tables.engine import make_engine, writing
from tests import factories
from tests.browser.site import House, serving
from tests.webmap.test_report_door import feature
from webmap.services.report_spool import ReportSpool

pytestmark = [pytest.mark.faults, pytest.mark.load]

PER_MINUTE, SECONDS, ATTACKERS = 1_000, 40, 6
SERVED_S = 3.0


@dataclass(frozen=True)
class CrowdedHouse(House):
    """A house behind a proxy, held to its limits: what the proxy says tells the attackers apart."""

    url: str = ""

    def environment(self) -> dict[str, str]:
        return super().environment() | {
            "TRYGGKARTA_DATABASE_URL": self.url,
            "TRYGGKARTA_RATE_LIMITS": "on",
            "TRYGGKARTA_BEHIND_PROXY": "1",
            "TRYGGKARTA_REPORTS_PER_MINUTE": "60",
        }


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[str]:
    engine = make_engine(database_url)
    with writing(engine) as session:
        factories.municipality(session)
    engine.dispose()
    with serving(CrowdedHouse(tmp_path, tmp_path / "unused", database_url), workers=2) as address:
        yield address


def send(site: str, number: int) -> int:
    connection = HTTPConnection(site.removeprefix("http://"), timeout=60)
    headers = {
        "Content-Type": "application/geo+json",
        "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }
    try:
        connection.request("PUT", f"/api/v1/reports/{uuid4()}", json.dumps(feature(text="Mörkt")), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def attack(site: str, share: int, until: float, told: Counter[int]) -> None:
    """One attacker's share: evenly, as many a minute as there are to be."""
    beat, number = 60.0 * ATTACKERS / PER_MINUTE, 0
    due = time.monotonic()
    while time.monotonic() < until:
        number += 1
        told[send(site, (share << 16) + number)] += 1
        due += beat
        time.sleep(max(0.0, due - time.monotonic()))


def test_whoever_really_tells_is_served_and_nothing_is_lost(
    site: str, database_url: str, tmp_path: Path
) -> None:
    until, tolds = time.monotonic() + SECONDS, [Counter[int]() for _ in range(ATTACKERS)]
    crowd = [threading.Thread(target=attack, args=(site, i, until, told)) for i, told in enumerate(tolds)]
    for each in crowd:
        each.start()
    took, statuses = [], Counter[int]()
    while time.monotonic() < until:
        began = time.perf_counter()
        statuses[send(site, 0xFF0000 + len(took))] += 1
        took.append(time.perf_counter() - began)
        time.sleep(0.5)
    for each in crowd:
        each.join(90)
    told = sum(tolds, Counter[int]())
    engine = make_engine(database_url)
    stored = factories.rows(engine, Report)["report"]
    waiting = len(ReportSpool(tmp_path).uids())
    print(  # noqa: T201 - the figures are the result; -s shows them
        f"\nattack of {told.total()} reports in {SECONDS} s on {engine.dialect.name}: {dict(told)};"
        f" {len(took)} really told: {dict(statuses)}, p50 {sorted(took)[len(took) // 2]:.2f} s,"
        f" slowest {max(took):.2f} s; {stored} stored, {waiting} wait"
    )
    engine.dispose()
    assert set(told) | set(statuses) <= {201, 202}
    assert max(took) <= SERVED_S
    assert stored + waiting >= told.total() + statuses.total()
