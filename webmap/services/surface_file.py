"""The surface as numbers in a file, with all that is needed to read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from geodata import crs
from geodata.analysis.grid import Grid
from geodata.exchange.geotiff import write_geotiff
from webmap.services.heat import Heat

_DECIMALS = 6


@dataclass(frozen=True)
class SurfaceFile:
    """A surface on a grid over all of it. is_total: values over the whole period, not per year."""

    heat: Heat
    is_total: bool = False

    @cached_property
    def grid(self) -> Grid:
        """Every counted point and the kernel's reach; one cell where there is nothing."""
        grid = self.heat.field.covering_grid()
        if grid is not None:
            return grid
        west, south = self.heat.home.boundary.bounds[:2]
        cell = float(self.heat.look.cell_m)
        return Grid(west // cell * cell, south // cell * cell, cell, 1, 1)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """(rows, columns), row 0 southernmost; 0 where there is nothing."""
        self.heat.field.compute_all()
        density = self.heat.field.raster(self.grid).density
        return np.asarray(density * (self.heat.period.years if self.is_total else 1.0), dtype=np.float64)

    @property
    def description(self) -> dict[str, Any]:
        """What the values are, in the keys others rely on."""
        heat, grid = self.heat, self.grid
        return {
            "crs": crs.METRES,
            "origin": [grid.east_m, grid.north_m],
            "cell_m": grid.cell_m,
            "shape": [grid.rows, grid.columns],
            "kernel": heat.look.kernel.name,
            "bandwidth_m": heat.look.kernel.bandwidth_m,
            "unit": "reports/km2" if self.is_total else heat.unit,
            "n": heat.selection.n,
            "reports": heat.selection.reports,
            "voices": heat.selection.voices,
            "period": [heat.period.since.isoformat(), heat.period.until.isoformat()],
            "filter": {"municipality": heat.home.code, **heat.window.as_words()},
        }

    def write_tif(self, out: Path | BinaryIO) -> None:
        """As GeoTIFF, described in its own header."""
        said = json.dumps(self.description, ensure_ascii=True)
        corner = (self.grid.east_m, self.grid.north_m)
        write_geotiff(out, self.values, corner, self.grid.cell_m, said)

    def write_json(self, out: Path) -> None:
        """As one JSON document."""
        rows = [[round(value, _DECIMALS) for value in row] for row in self.values.tolist()]
        out.write_text(json.dumps({**self.description, "values": rows}, ensure_ascii=False), encoding="utf-8")
