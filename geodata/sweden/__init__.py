"""What is known of Sweden without being told: municipalities by code, a few localities."""

from geodata.sweden.outlines import TOLERANCE_M, Known, codes, municipality, name_of
from geodata.sweden.places import RADIUS_M, Locality, localities

__all__ = [
    "RADIUS_M",
    "TOLERANCE_M",
    "Known",
    "Locality",
    "codes",
    "localities",
    "municipality",
    "name_of",
]
