"""What the map shows, as files: opened again, they hold the same reports, the same figures and no more."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import geopandas
import numpy as np
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from geodata.hours import habit, interval
from geodata.queries.window import Window
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.vocabulary import Kind, Polarity, State
from tests import factories
from tests.places import place_at
from tests.webmap.application import COORDINATOR, PLANNER
from webmap.services import exporting
from webmap.services.heat import Look

NIGHT = "municipality=1470&weekdays=fri&hours=20-03"
FORMULA = '=HYPERLINK("http://example.org")'
ROWS = sorted(set(exporting.formats()))


@pytest.fixture
def varied(app):
    """Reports whose hours are partly in a Friday night, some without position, and some not to be in."""
    start = datetime(2025, 5, 2, 18, 30)
    drafts = [
        factories.draft(
            place_at(40 * number, 25 * number), hours=interval(start, start + timedelta(hours=number))
        )
        for number in range(1, 30)
    ]
    drafts += [factories.draft(hours=habit({4, 5}, 17, 1), day=None) for _ in range(7)]
    drafts += [factories.without_position() for _ in range(3)]
    drafts += [factories.draft(text=FORMULA), factories.draft(source_id="@SUM(A1)")]
    drafts += [factories.draft(kind=Kind.OBSERVATION), factories.draft(polarity=Polarity.SAFE)]
    drafts += [factories.draft(state=State.NEW, text="hemligt utkast")]
    with writing(app.extensions["works"].engine) as session:
        factories.store(session, factories.home_in(session), drafts)
    return app


def heat_of(app, query=NIGHT):
    given = {name: values[0] for name, values in parse_qs(query).items() if name != "municipality"}
    return app.extensions["works"].room.heat("1470", Window.parse(given), Look(), Kind.PERCEPTION)


def taken(client, format_name, query=NIGHT):
    answer = client.get(f"/staff/map/export/{format_name}?{query}")
    assert answer.status_code == 200, answer.text[:300]
    return answer


def from_csv(content, path):
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    return [(row["uid"], _number(row["share"])) for row in rows]


def _number(cell):
    return float(str(cell).replace(",", ".")) if cell not in ("", None) else math.nan


def from_xlsx(content, path):
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    head = next(place for place, row in enumerate(sheet) if "uid" in row)
    uid, share = sheet[head].index("uid"), sheet[head].index("share")
    return [(row[uid], _number(row[share])) for row in sheet[head + 1 :]]


def from_geojson(content, path):
    said = [feature["properties"] for feature in json.loads(content)["features"]]
    return [(each["uid"], math.nan if each["share"] is None else each["share"]) for each in said]


def from_gpkg(content, path):
    return _of_frame(pyogrio.read_dataframe(path))


def from_parquet(content, path):
    return _of_frame(geopandas.read_parquet(path))


def _of_frame(frame):
    return list(zip(frame["uid"], frame["share"].astype(float), strict=True))


OPENED = {
    "csv": from_csv,
    "xlsx": from_xlsx,
    "geojson": from_geojson,
    "gpkg": from_gpkg,
    "parquet": from_parquet,
}


class TestReports:
    @pytest.mark.parametrize("format_name", ROWS)
    def test_the_shares_of_every_format_add_up_to_the_legends_n(
        self, varied, logged_in, tmp_path, format_name
    ):
        content = taken(logged_in(), format_name).data
        path = tmp_path / f"back.{format_name}"
        path.write_bytes(content)
        rows = OPENED[format_name](content, path)
        heat = heat_of(varied)
        placed = [share for _, share in rows if not math.isnan(share)]
        assert math.isclose(math.fsum(placed), heat.selection.n, rel_tol=1e-12)
        assert (len(placed), len(rows)) == (heat.selection.reports, heat.selection.reports + 3)
        assert len({uid for uid, _ in rows}) == len(rows)

    def test_every_format_holds_the_same_reports(self, varied, logged_in, tmp_path):
        found = set()
        for format_name in ROWS:
            content = taken(logged_in(), format_name).data
            path = tmp_path / f"back.{format_name}"
            path.write_bytes(content)
            found.add(tuple(sorted(uid for uid, _ in OPENED[format_name](content, path))))
        assert len(found) == 1

    def test_only_what_the_surface_counts_is_in(self, varied, logged_in):
        text = taken(logged_in(), "csv").data.decode("utf-8-sig")
        assert "hemligt utkast" not in text
        assert not {"observation", "safe", "new"} & set(re.split("[;\r\n]", text))

    def test_the_file_says_its_filter_its_n_and_what_is_not_in_it(self, varied, logged_in):
        said = json.loads(taken(logged_in(), "geojson").data)["filter"]
        expected = {"municipality": "1470", "weekdays": "fri", "hours": "20-03", "kinds": "perception"}
        assert {name: said[name] for name in expected} == expected
        assert (said["polarity"], said["states"], said["without_position"]) == ("unsafe", "accepted", "3")
        assert float(said["n"]) == pytest.approx(heat_of(varied).selection.n, rel=1e-9)

    def test_nothing_that_was_written_can_run_in_a_spreadsheet(self, varied, logged_in):
        text = taken(logged_in(), "csv").data.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=";") for cell in row]
        assert {f"'{FORMULA}", "'@SUM(A1)"} <= set(cells)
        assert [cell for cell in cells if cell[:1] in "=@+\t" and cell] == []

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        days=st.sets(st.sampled_from(["mon", "fri", "sat", "sun"])),
        hours=st.sampled_from(["", "20-03", "06-18", "23-24"]),
        light=st.sampled_from(["", "dark", "light"]),
        since=st.sampled_from(["", "2024-06-01"]),
    )
    def test_any_filter_adds_up(self, varied, logged_in, days, hours, light, since):
        said = {"weekdays": ",".join(sorted(days)), "hours": hours, "light": light, "since": since}
        query = "&".join(["municipality=1470", *(f"{name}={value}" for name, value in said.items() if value)])
        exporting.MOST_EXPORTS, kept = 10**6, exporting.MOST_EXPORTS
        try:
            rows = from_csv(taken(logged_in(), "csv", query).data, None)
        finally:
            exporting.MOST_EXPORTS = kept
        n = math.fsum(share for _, share in rows if not math.isnan(share))
        assert n == pytest.approx(heat_of(varied, query).selection.n, abs=1e-9)


class TestSurface:
    def test_the_values_are_those_of_the_surface(self, app, logged_in):
        heat = heat_of(app, "municipality=1470")
        with Image.open(io.BytesIO(taken(logged_in(), "tif", "municipality=1470").data)) as raster:
            said = json.loads(raster.tag_v2[270])
            values = np.flipud(np.asarray(raster))
        grid = heat.field.covering_grid()
        assert said["n"] == heat.selection.n
        assert np.array_equal(values, heat.field.raster(grid).density.astype(np.float32))

    def test_the_picture_is_one_of_light_paper(self, app, logged_in):
        answer = taken(logged_in(), "png", NIGHT)
        with Image.open(io.BytesIO(answer.data)) as drawn:
            assert drawn.convert("RGB").getpixel((2, 2)) == (0xFB, 0xFA, 0xF7)
        assert answer.mimetype == "image/png"


class TestAnswer:
    @pytest.mark.parametrize("format_name", [*ROWS, "tif", "png"])
    def test_it_is_a_file_with_a_name_of_our_own_words(self, app, logged_in, format_name):
        answer = taken(logged_in(), format_name, "municipality=1470&area=Levene")
        told = answer.headers["Content-Disposition"]
        assert re.fullmatch(
            rf"attachment; filename=tryggkarta-vara-upplevd-otrygghet-\d{{4}}-\d\d-\d\d\.{format_name}", told
        )
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_nothing_is_left_on_the_disk(self, app, logged_in, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
        (tmp_path / "scratch").mkdir()
        taken(logged_in(), "gpkg")
        assert list((tmp_path / "scratch").iterdir()) == []

    def test_a_filter_that_cannot_be_read_leads_back_to_where_it_is_mended(self, logged_in):
        answer = logged_in().get("/staff/map/export/csv?municipality=1470&since=i-går")
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/staff/map")

    @pytest.mark.parametrize("format_name", ["shp", "exe", "..", "csv.exe", "CSV"])
    def test_a_format_there_is_not_is_not_there(self, logged_in, format_name):
        assert logged_in().get(f"/staff/map/export/{format_name}?municipality=1470").status_code == 404


class TestJournal:
    def entries(self, app):
        with reading(app.extensions["works"].engine) as session:
            asked = select(JournalEntry).where(JournalEntry.action == exporting.ACTION)
            return session.scalars(asked.order_by(JournalEntry.seq)).all()

    def test_who_took_out_rows_is_written_with_the_filter_and_how_many(self, varied, logged_in):
        rows = len(from_csv(taken(logged_in(PLANNER), "csv").data, None))
        entry = self.entries(varied)[-1]
        expected = "csv?weekdays=fri&hours=20-03&kinds=perception&polarity=unsafe&states=accepted"
        assert (entry.role, entry.municipality, entry.object_rev) == ("police_planner", "1470", rows)
        assert (entry.object_type, entry.object_id) == ("reports", expected)
        assert entry.actor_id is not None

    def test_a_surface_is_not_rows(self, app, logged_in):
        taken(logged_in(), "png")
        taken(logged_in(), "tif")
        assert self.entries(app) == []

    def test_whoever_takes_very_many_has_to_wait(self, app, logged_in, monkeypatch):
        monkeypatch.setattr(exporting, "MOST_EXPORTS", 3)
        client = logged_in()
        asked = [client.get(f"/staff/map/export/csv?{NIGHT}").status_code for _ in range(4)]
        assert asked == [200, 200, 200, 429]
        assert logged_in(PLANNER).get(f"/staff/map/export/csv?{NIGHT}").status_code == 200


class TestChoices:
    def test_they_are_on_the_page_for_those_who_may(self, app, logged_in):
        for email in (COORDINATOR, PLANNER):
            page = logged_in(email).get("/staff/map?municipality=1470&weekdays=fri").text
            for name in ("export/csv", "export/xlsx", "export/gpkg", "export/png", "export/tif", "map.pdf"):
                assert f"/staff/map/{name}?municipality=1470" in page, name
