"""The confined reader of OpenStreetMap extracts: the only process that loads GDAL.

Started by `cage`, never by hand.
"""

from __future__ import annotations

import sys

from geodata.exchange.layer_child import serve
from geodata.exchange.osm import read_extract

if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], read_extract)
