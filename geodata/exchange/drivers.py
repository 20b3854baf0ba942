"""What GDAL may open: OpenStreetMap extracts and nothing else. Every other format is read here without it.

GDAL takes its list of drivers to leave out from its process's environment, before it is loaded.
"""

from __future__ import annotations

ALLOWED = frozenset({"OSM"})

_OTHERS = """
ADBC AIVector AVCBin AVCE00 AmigoCloud CSV CSW Carto DGN DXF EDIGEO EEDA ESRIJSON Elasticsearch FlatGeobuf
GDALG GML GPKG GPSBabel GPX GTFS GeoJSON GeoJSONSeq GeoRSS HTTP Idrisi JML JSONFG KML LIBKML LVBAG MBTiles MEM
MVT MapML MiraMonVector NGW OAPIF ODS OGCAPI OGR_GMT OGR_PDS OGR_VRT OpenFileGDB PCIDSK PDF PDS4 PGDUMP
PLSCENES PMTiles S57 SQLite SXF Selafin TopoJSON VDV VFK VICAR WAsP WFS XLSX
"""
LEFT_OUT = ",".join((*_OTHERS.split(), "ESRI Shapefile", "MapInfo File"))
"""GDAL_SKIP of a confined process."""
