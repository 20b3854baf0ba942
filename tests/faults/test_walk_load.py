"""Forty phones come out of the dark at once, with twenty findings each, to a server of two processes."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from geodata.tables.engine import reading
from geodata.tables.photos import Photo
from geodata.tables.reports import Report
from tests.faults.walk_town import WalkTown, assert_sound, history, walk_town
from tests.faults.walkers import Phone
from tests.geodata.exchange.pictures import picture, saved

pytestmark = [pytest.mark.faults, pytest.mark.load]

PHONES, FINDINGS = 40, 20
WITH_PHOTO = 10
P95_S = 1.0 if os.environ.get("FULL") == "1" else 5.0
"""A second, where the machine has nothing else to do."""
_SENT_PX = (1600, 1200)


def test_forty_phones_with_twenty_findings_each(durable_url: str, tmp_path: Path) -> None:
    with walk_town(tmp_path, durable_url) as town:
        phones, kind = town.phones(PHONES), town.engine.dialect.name
        photos = [phone.write([uuid4()]) for phone in phones[:WITH_PHOTO]]
        for phone in phones:
            for _ in range(FINDINGS - len(phone.kept)):
                phone.write()
        began_s = time.perf_counter()
        with ThreadPoolExecutor(PHONES) as pool:
            list(pool.map(Phone.deliver_all, phones))
        took_s = time.perf_counter() - began_s
        figures, seconds = history(town, phones), sorted(each for phone in phones for each in phone.seconds)
        p50, p95 = (seconds[int(len(seconds) * share)] for share in (0.5, 0.95))
        times = f"p50 {p50:.2f} s, p95 {p95:.2f} s, max {seconds[-1]:.2f} s"
        print(  # noqa: T201 - the figures are the result; -s shows them
            f"\n{PHONES} phones x {FINDINGS} findings at once on {kind}: {figures.said()},"
            f" {took_s:.1f} s, {len(seconds) / took_s:.0f} a second, {times}"
        )
        assert figures.acknowledged == figures.stored == PHONES * FINDINGS
        assert_sound(town, figures)
        _send_photos(town, phones[:WITH_PHOTO], photos)
        assert p95 < P95_S


def _send_photos(town: WalkTown, phones: list[Phone], findings: list[UUID]) -> None:
    raw, began_s = saved(picture(*_SENT_PX), "JPEG", quality=72), time.perf_counter()

    def send(phone: Phone, finding: UUID) -> int:
        (photo,) = phone.photos_of(finding)
        return phone.photograph(photo, finding, raw)

    with ThreadPoolExecutor(len(phones)) as pool:
        statuses = list(pool.map(send, phones, findings))
    took_s = time.perf_counter() - began_s
    print(f"{len(phones)} photos of {len(raw):,} bytes at once: {took_s:.1f} s")  # noqa: T201
    with reading(town.engine) as session:
        tied = {uid for (uid,) in session.query(Report.uid).join(Photo, Photo.report_id == Report.id)}
    assert (set(statuses) <= {200, 201}, tied) == (True, set(findings))
