"""Memphis robberies laid out in Vara: imported, and a surface that is the exact kernel sum at every cell."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from geodata.analysis.exact import exact_density
from geodata.analysis.kernels import Kernel
from geodata.tables.engine import make_engine, reading
from geodata.tables.reports import Report
from webmap.cli import main

HOME = ("--municipality", "1470")
SAID = ("--origin", "statistics", "--kind", "crime_report", "--category", "disorder")
SURFACE = ("--kinds", "crime_report", "--bandwidth", "300", "--cell", "50", "--per", "total")


@pytest.fixture(scope="module")
def surface(shared, tmp_path_factory, migrated_file):
    """What the two commands make of the file, and where the stored reports lie."""
    folder = tmp_path_factory.mktemp("robberies")
    url = f"sqlite:///{folder / 'own.gpkg'}"
    (folder / "own.gpkg").write_bytes(migrated_file.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRYGGKARTA_DATABASE_URL", url)
        run("import", shared("data/robberies.csv"), *HOME, *SAID)
        run("heat", *HOME, *SURFACE, "--out", folder / "s.json")
    engine = make_engine(url)
    with reading(engine) as session:
        points = session.execute(select(Report.east, Report.north).where(Report.east.is_not(None))).all()
    engine.dispose()
    return json.loads((folder / "s.json").read_text(encoding="utf-8")), np.array(
        [tuple(row) for row in points]
    )


def run(*words):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.stderr


class TestRobberies:
    def test_every_cell_is_within_a_hundredth_of_the_peak_of_the_exact_sum(self, surface):
        said, points = surface
        rows, columns = said["shape"]
        east = said["origin"][0] + (np.arange(columns) + 0.5) * said["cell_m"]
        north = said["origin"][1] + (np.arange(rows) + 0.5) * said["cell_m"]
        places = np.column_stack([axis.ravel() for axis in np.meshgrid(east, north)])
        exact = exact_density(points, np.ones(len(points)), places, Kernel("quartic", 300.0))
        assert np.abs(np.ravel(said["values"]) - exact).max() <= 0.01 * exact.max()

    def test_it_adds_up_to_the_count(self, surface):
        said, points = surface
        assert np.sum(said["values"]) * said["cell_m"] ** 2 / 1e6 == pytest.approx(len(points), rel=0.01)
        assert said["n"] == said["reports"] == len(points)

    def test_the_raster_covers_every_report_and_its_radius(self, surface):
        said, points = surface
        low = np.array(said["origin"])
        high = low + np.array(said["shape"][::-1]) * said["cell_m"]
        assert (points - 300 >= low).all()
        assert (points + 300 <= high).all()
