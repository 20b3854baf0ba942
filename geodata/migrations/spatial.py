"""What makes an SQLite file a GeoPackage, and its R*Trees; as migrations set them up.

Source: OGC GeoPackage 1.3, annexes C and F.3. The triggers follow a row of the table into the index and
out of it; GDAL and QGIS know them by these names and these functions.
"""

from __future__ import annotations

from pyproj import CRS
from sqlalchemy import Connection, text

from geodata.crs import SRID_DEGREES, SRID_METRES
from geodata.tables.geopackage import APPLICATION_ID, USER_VERSION

_TABLES = (
    "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,"
    " organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,"
    " description TEXT)",
    "CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,"
    " identifier TEXT UNIQUE, description TEXT DEFAULT '',"
    " last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),"
    " min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,"
    " CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,"
    " geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,"
    " CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),"
    " CONSTRAINT uk_gc_table_name UNIQUE (table_name),"
    " CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),"
    " CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))",
    "CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,"
    " definition TEXT NOT NULL, scope TEXT NOT NULL,"
    " CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))",
)
_REGISTERS = ("gpkg_extensions", "gpkg_geometry_columns", "gpkg_contents")
_EXTENSION = "http://www.geopackage.org/spec120/#extension_rtree"


def make_geopackage(connection: Connection) -> None:
    """Turn an empty SQLite database into a GeoPackage without layers."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")
    for statement in _TABLES:
        connection.exec_driver_sql(statement)
    system = text("INSERT INTO gpkg_spatial_ref_sys VALUES (:name, :id, :by, :id, :definition, NULL)")
    for srid in (SRID_METRES, SRID_DEGREES):
        crs = CRS.from_epsg(srid)
        said = {"name": crs.name, "id": srid, "by": "EPSG", "definition": crs.to_wkt("WKT1_GDAL")}
        connection.execute(system, said)
    for srid, name in ((-1, "Undefined cartesian SRS"), (0, "Undefined geographic SRS")):
        said = {"name": name, "id": srid, "by": "NONE", "definition": "undefined"}
        connection.execute(system, said)


def unmake_geopackage(connection: Connection) -> None:
    """Take the registers away again, once the last layer is gone."""
    for table in (*_REGISTERS, "gpkg_spatial_ref_sys"):
        connection.exec_driver_sql(f"DROP TABLE {table}")


def add_layer(connection: Connection, table: str, column: str) -> None:
    """Register an SQLite table as a layer and give it an R*Tree with its triggers."""
    named = {"table": table, "column": column, "srid": SRID_METRES, "extension": _EXTENSION}
    for statement in (
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
        " VALUES (:table, 'features', :table, :srid)",
        "INSERT INTO gpkg_geometry_columns VALUES (:table, :column, 'GEOMETRY', :srid, 0, 0)",
        "INSERT INTO gpkg_extensions VALUES (:table, :column, 'gpkg_rtree_index', :extension, 'write-only')",
    ):
        connection.execute(text(statement), named)
    tree = f"rtree_{table}_{column}"
    connection.exec_driver_sql(f'CREATE VIRTUAL TABLE "{tree}" USING rtree(id, minx, maxx, miny, maxy)')
    for trigger in triggers(table, column).values():
        connection.exec_driver_sql(trigger)


def drop_layer(connection: Connection, table: str, column: str) -> None:
    """Take a layer's index and its registration away; the table itself is dropped afterwards."""
    for name in triggers(table, column):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    connection.exec_driver_sql(f'DROP TABLE "rtree_{table}_{column}"')
    for register in _REGISTERS:
        forget = f"DELETE FROM {register} WHERE table_name = :table"  # noqa: S608 - a name of this module's own
        connection.execute(text(forget), {"table": table})


def triggers(table: str, column: str) -> dict[str, str]:
    """The seven standard triggers of a layer whose key is `id`: name and statement."""
    tree = f"rtree_{table}_{column}"
    sides = [f"ST_{side}(NEW.{column})" for side in ("MinX", "MaxX", "MinY", "MaxY")]
    box = ", ".join(["NEW.id", *sides])
    names = ("minx", "maxx", "miny", "maxy")
    moved = ", ".join(f"{name} = {side}" for name, side in zip(names, sides, strict=True))
    has = f"(NEW.{column} NOT NULL AND NOT ST_IsEmpty(NEW.{column}))"
    had = f"(OLD.{column} NOT NULL AND NOT ST_IsEmpty(OLD.{column}))"
    add = f'INSERT OR REPLACE INTO "{tree}" VALUES ({box})'  # noqa: S608 - names of the program's own
    forget = f'DELETE FROM "{tree}" WHERE id'  # noqa: S608 - the same
    of_column, any_update = f"UPDATE OF {column}", "UPDATE"
    bodies = {
        "insert": ("INSERT", has, add),
        "update2": (of_column, f"OLD.id = NEW.id AND NOT {has}", f"{forget} = OLD.id"),
        "update4": (any_update, f"OLD.id != NEW.id AND NOT {has}", f"{forget} IN (OLD.id, NEW.id)"),
        "update5": (any_update, f"OLD.id != NEW.id AND {has}", f"{forget} = OLD.id; {add}"),
        "update6": (
            of_column,
            f"OLD.id = NEW.id AND {has} AND {had}",
            f'UPDATE "{tree}" SET {moved} WHERE id = NEW.id',  # noqa: S608 - the same
        ),
        "update7": (of_column, f"OLD.id = NEW.id AND {has} AND NOT {had}", add),
        "delete": ("DELETE", f"OLD.{column} NOT NULL", f"{forget} = OLD.id"),
    }
    return {
        f"{tree}_{name}": f'CREATE TRIGGER "{tree}_{name}" AFTER {event} ON "{table}"'
        f" WHEN {when} BEGIN {body}; END"
        for name, (event, when, body) in bodies.items()
    }


def mend(connection: Connection) -> None:
    """Put back what a rebuilt table has lost: SQLite drops the triggers together with the old table."""
    present = set(connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars())
    if "gpkg_geometry_columns" not in present:
        return
    layers = connection.exec_driver_sql("SELECT table_name, column_name FROM gpkg_geometry_columns").all()
    for table, column in layers:
        for name, statement in triggers(table, column).items():
            if name not in present:
                connection.exec_driver_sql(statement)
