"""Waypoints from a GPS."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from geodata import hours
from geodata.errors import Fault
from geodata.exchange.reader import read
from tests.geodata.exchange.files import order
from tests.geodata.exchange.packed import gpx, waypoint

TRACK = '<trk><trkseg><trkpt lat="58.26" lon="12.95"/></trkseg></trk>'


def test_a_waypoint_is_a_report_at_its_hour() -> None:
    words = "<name>12</name><desc>Mörk gångtunnel &amp; glas</desc><type>tunnel</type>"
    said = f"<time>2025-07-01T20:15:00Z</time>{words}"
    (draft,) = read(gpx(waypoint(said)), "file.gpx", order()).drafts
    assert (draft.text, draft.categories) == ("Mörk gångtunnel & glas", {"tunnel"})
    assert (draft.day, draft.hours) == (date(2025, 7, 1), hours.exact(datetime(2025, 7, 1, 22)))


@pytest.mark.parametrize("version", ["1/0", "1/1"])
def test_the_name_is_the_text_where_nothing_else_is(version: str) -> None:
    reading = read(gpx(waypoint("<name>Bron</name>"), version=version), "file.gpx", order())
    assert (reading.drafts[0].text, reading.system) == ("Bron", "EPSG:4326")


def test_what_a_maker_adds_is_passed_over() -> None:
    inside = '<name>Bron<x xmlns="urn:a"/></name><extensions><a:name xmlns:a="urn:a">b</a:name></extensions>'
    reading = read(gpx(waypoint("<name>Bron</name>" + inside[inside.index("<ext") :])), "file.gpx", order())
    assert reading.drafts[0].text == "Bron"


def test_faults_stand_at_the_line_of_the_waypoint() -> None:
    data = gpx(
        waypoint(), waypoint(latitude="NaN"), "", waypoint("<time>nyss</time>"), waypoint(longitude=18)
    )
    found = [(each.line, each.column, each.code) for each in read(data, "file.gpx", order()).faults]
    assert found == [
        (4, "geometry", "geometry.not_readable"),
        (6, "time", "time.not_a_time"),
        (7, "geometry", "geometry.outside"),
    ]


def test_tracks_are_not_places() -> None:
    assert read(gpx(waypoint(), TRACK), "file.gpx", order()).notes[0].code == "note.tracks_left_out"
    with pytest.raises(Fault) as caught:
        read(gpx(TRACK), "file.gpx", order())
    assert caught.value.code == "gpx.only_tracks"


def test_columns_can_be_told() -> None:
    data = gpx(waypoint("<name>a</name><desc>b</desc><type>user</type>"))
    (draft,) = read(data, "file.gpx", order(columns={"name": "text", "type": ""})).drafts
    assert (draft.text, draft.categories) == ("a", frozenset())
