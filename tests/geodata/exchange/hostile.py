"""Files made to hurt: each with the fault that must answer it.

Every one that can name something names the bait: a file nobody may open and a port nobody may call.
"""

from __future__ import annotations

import io
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import xlsxwriter
from shapely import LineString, Point, Polygon

from tests.geodata.exchange.files import EAST, HERE, NORTH, collection, point
from tests.geodata.exchange.packed import changed, entries, gpx, shapefile, waypoint, workbook, zipped

Bait = tuple[Path, int]
"""The file and the port."""
ROWS = [["Text", "Öst", "Nord"], ["Mörkt", EAST, NORTH]]
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"


@dataclass(frozen=True)
class Hostile:
    """A file. code: of the fault of the file or of its first faulty row; "" where it is read as mere words.

    line: of the row at fault, 0 where the whole file is refused. order: what the one who imports has said.
    """

    name: str
    make: Callable[[Bait], bytes]
    code: str
    line: int = 0
    order: dict[str, str] = field(default_factory=dict)


def corpus() -> list[Hostile]:
    """All of them."""
    made = [
        *_packed(),
        *_shapes(),
        *_books(),
        *_json(),
        *_text(),
        *_xml(),
        *_databases(),
        *_refused_by_name(),
    ]
    return [each if each.order else _with_system(each) for each in made]


def _with_system(each: Hostile) -> Hostile:
    needs = Path(each.name).suffix in (".csv", ".xlsx")
    return replace(each, order={"system": "EPSG:3006"}) if needs else each


def _vrt(bait: Bait) -> bytes:
    path, port = bait
    layers = "".join(
        f'<OGRVRTLayer name="a{place}"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
        for place, source in enumerate((path, f"/vsicurl/http://127.0.0.1:{port}/a.geojson"))
    )
    return f"<OGRVRTDataSource>{layers}</OGRVRTDataSource>".encode()


def _definitions(bait: Bait, root: str) -> str:
    path, port = bait
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    return (
        f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file://{path}"><!ENTITY y SYSTEM "http://127.0.0.1:{port}/">'
        f'<!ENTITY l0 "ha">{laughs}]>'
    )


# --- Zip files ---


def _packed() -> Iterator[Hostile]:
    good = shapefile({"text": ["Mörkt"]}, [Point(EAST, NORTH)])
    yield Hostile("flat-bomb.zip", lambda _: zipped({"a.shp": bytes(250_000_000)}), "zip.too_dense")
    yield Hostile("overlap-bomb.zip", lambda _: _overlapping(1_500), "zip.too_large")
    yield Hostile("nested.zip", lambda _: zipped({"a.zip": good}), "zip.nested")
    yield Hostile("nested-in-disguise.zip", lambda _: zipped({"a.shp": good}), "shp.broken")
    yield Hostile("100000-entries.zip", lambda _: _crowded(100_000), "zip.too_many")
    yield Hostile("lying-directory.zip", lambda _: _with_directory_bytes(_crowded(100_000), 46), "zip.broken")
    for name, entry in {
        "slip": "../../../../tmp/a.shp",
        "absolute": "/etc/a.shp",
        "drive": "C:/a.shp",
        "backslash": "..\\..\\a.shp",
    }.items():
        yield Hostile(
            f"{name}.zip", lambda _, entry=entry: zipped({entry: b"x", **entries(good)}), "zip.bad_name"
        )
    yield Hostile("symlink.zip", lambda bait: zipped({_link("a.shp"): str(bait[0]).encode()}), "zip.bad_name")
    yield Hostile("twins.zip", lambda _: _twins(), "zip.bad_name")
    yield Hostile("locked.zip", lambda _: _flagged(good), "zip.locked")
    yield Hostile("patch.zip", lambda _: _flagged(good, 0x20), "zip.broken")
    yield Hostile("lzma.zip", lambda _: _packed_by(zipfile.ZIP_LZMA), "zip.broken")
    yield Hostile(
        "lying-size.zip", lambda _: _with_size(zipped({"a.shp": bytes(900_000)}), 200), "zip.broken"
    )
    yield Hostile("flipped.zip", lambda _: _with_sum(zipped({"a.shp": b"x"}), 7), "zip.broken")
    yield Hostile("short.zip", lambda _: good[: len(good) // 2], "zip.broken")
    yield Hostile("vrt-as-shp.zip", lambda bait: zipped({"a.shp": _vrt(bait)}), "shp.broken")
    yield Hostile("vrt.zip", lambda bait: zipped({"a.vrt": _vrt(bait)}), "zip.no_shapefile")
    yield Hostile("not-a-zip.zip", _vrt, "file.not_what_it_says")


def _overlapping(count: int) -> bytes:
    """Many entries in the directory that all unfold the same bytes."""
    one = zipped({"a": b"0123456789" * 99_000})
    first = one.index(b"PK\x01\x02")
    entry = one[first : one.rindex(b"PK\x05\x06")][:46]
    many = b"".join(entry[:28] + struct.pack("<H", 5) + entry[30:46] + b"%05d" % n for n in range(count))
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(many), first, 0)
    return one[:first] + many + end


def _crowded(count: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.shp", b"")
    return target.getvalue()


def _with_directory_bytes(data: bytes, size: int) -> bytes:
    """With so many entries the directory's size stands before the end."""
    return _patched(data, data.rindex(b"PK\x06\x06") + 40, "<Q", size)


def _link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry


def _twins() -> bytes:
    data = zipped({"a.shp": b"x", "b.shp": b"y"})
    return data.replace(b"b.shp", b"a.shp")


def _flagged(data: bytes, flag: int = 1) -> bytes:
    return _patched(data, data.index(b"PK\x01\x02") + 8, "<H", flag)


def _packed_by(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("a.shp", bytes(1000))
    return target.getvalue()


def _with_sum(data: bytes, checksum: int) -> bytes:
    return _patched(data, data.index(b"PK\x01\x02") + 16, "<I", checksum)


def _with_size(data: bytes, size: int) -> bytes:
    return _patched(data, data.index(b"PK\x01\x02") + 24, "<I", size)


# --- Shapefiles ---


def _shapes() -> Iterator[Hostile]:
    good = shapefile({"text": ["Mörkt", "Ljust"]}, [Point(EAST, NORTH), Point(EAST + 5, NORTH)])
    parts = {str(name).rpartition(".")[2]: data for name, data in entries(good).items()}
    shp, dbf = parts["shp"], parts["dbf"]
    wkt = parts["prj"].decode()
    yield Hostile("no-prj.zip", lambda _: changed(good, prj=None), "crs.needed")
    yield Hostile(
        "init-prj.zip", lambda bait: changed(good, prj=f"+init={bait[0]}:a".encode()), "crs.unknown"
    )
    grids = 'PROJCS["a",GEOGCS["a",DATUM["a",SPHEROID["a",1,2],EXTENSION["PROJ4_GRIDS","{}"]]]]'
    yield Hostile(
        "grid-prj.zip", lambda bait: changed(good, prj=grids.format(bait[0]).encode()), "crs.unknown"
    )
    yield Hostile("british.zip", lambda _: changed(good, prj=_british()), "crs.not_accepted")
    wrong = wkt.replace("SWEREF99_TM", "SWEREF99_12_00").replace("15.0", "12.0").replace("0.9996", "1.0")
    yield Hostile("wrong-zone.zip", lambda _: changed(good, prj=wrong.encode()), "crs.not_accepted")
    yield Hostile("short-shp.zip", lambda _: changed(good, shp=shp[:-9]), "shp.broken")
    yield Hostile(
        "endless-record.zip", lambda _: changed(good, shp=_patched(shp, 104, ">i", 2**31 - 1)), "shp.broken"
    )
    yield Hostile(
        "nan-shp.zip", lambda _: changed(good, shp=_patched(shp, 112, "<d", np.nan)), "geometry.not_finite", 1
    )
    yield Hostile(
        "inf-shp.zip", lambda _: changed(good, shp=_patched(shp, 120, "<d", np.inf)), "geometry.not_finite", 1
    )
    yield Hostile(
        "odd-type.zip", lambda _: changed(good, shp=_patched(shp, 108, "<i", 99)), "geometry.not_readable", 1
    )
    yield Hostile("many-points.zip", lambda _: _lined(points=2**31 - 1), "geometry.not_readable", 1)
    yield Hostile("many-parts.zip", lambda _: _lined(parts=2**30), "geometry.not_readable", 1)
    yield Hostile(
        "million-vertices.zip",
        lambda _: shapefile({"a": [1]}, [_walk(1_000_000)]),
        "geometry.too_many_vertices",
        1,
    )
    yield Hostile("crossing.zip", lambda _: shapefile({"a": [1]}, [_bow()]), "geometry.crosses_itself", 1)
    yield Hostile("unequal.zip", lambda _: changed(good, dbf=_patched(dbf, 4, "<I", 1)), "shp.unequal")
    yield Hostile(
        "many-rows.zip", lambda _: changed(good, dbf=_patched(dbf, 4, "<I", 2**32 - 1)), "shp.broken"
    )
    yield Hostile("zero-width.zip", lambda _: changed(good, dbf=_patched(dbf, 10, "<H", 0)), "shp.broken")
    mixed = dbf.replace("Mörkt ".encode(), b"M\xf6rkt  ")
    yield Hostile("mixed-letters.zip", lambda _: changed(good, dbf=mixed), "row.encoding", 1)
    twins = shapefile({"text": ["a"], "Textb": ["b"]}, [Point(EAST, NORTH)])
    renamed = entries(twins)["platser.dbf"].replace(b"Textb", b"TEXT\0")
    yield Hostile("twin-columns.zip", lambda _: changed(twins, dbf=renamed), "columns.duplicate")


def _british() -> bytes:
    return str(geopandas.GeoSeries([], crs="EPSG:27700").crs.to_wkt("WKT1_ESRI")).encode()


def _patched(data: bytes, at: int, form: str, value: float) -> bytes:
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def _lined(parts: int = 1, points: int = 2) -> bytes:
    data = shapefile({"a": [1]}, [LineString([(EAST, NORTH), (EAST + 5, NORTH)])])
    shp = _patched(_patched(entries(data)["platser.shp"], 144, "<i", parts), 148, "<i", points)
    return changed(data, shp=shp)


def _walk(count: int) -> LineString:
    step = np.arange(count) % 500
    return LineString(np.column_stack((EAST + step, NORTH + step % 7)))


def _bow() -> Polygon:
    return Polygon([(EAST, NORTH), (EAST + 9, NORTH + 9), (EAST + 9, NORTH), (EAST, NORTH + 9)])


# --- Workbooks ---


def _books() -> Iterator[Hostile]:
    good = workbook(ROWS)
    parts = {str(name): data for name, data in entries(good).items()}

    def book(**said: bytes) -> bytes:
        names = {
            "sheet": _SHEET,
            "strings": _STRINGS,
            "book": "xl/workbook.xml",
            "rels": "xl/_rels/workbook.xml.rels",
        }
        return zipped({**parts, **{names[name]: data for name, data in said.items()}})

    def defined(name: str, root: str) -> Callable[[Bait], bytes]:
        xml = parts[name].decode()
        split = xml.index("?>") + 2
        return lambda bait: zipped(
            {**parts, name: (xml[:split] + _definitions(bait, root) + xml[split:]).encode()}
        )

    yield Hostile("strings-xxe.xlsx", defined(_STRINGS, "sst"), "xml.definitions")
    yield Hostile("sheet-laughs.xlsx", defined(_SHEET, "worksheet"), "xml.definitions")
    yield Hostile("book-xxe.xlsx", defined("xl/workbook.xml", "workbook"), "xml.definitions")
    yield Hostile("styles-xxe.xlsx", defined("xl/styles.xml", "styleSheet"), "xml.definitions")
    relations = parts["xl/_rels/workbook.xml.rels"]
    yield Hostile(
        "outside-sheet.xlsx",
        lambda bait: book(rels=relations.replace(b"worksheets/sheet1.xml", f"file://{bait[0]}".encode())),
        "excel.no_sheet",
    )
    yield Hostile(
        "slip-sheet.xlsx",
        lambda bait: book(rels=relations.replace(b"worksheets/", b"../../../../../tmp/worksheets/")),
        "excel.no_sheet",
    )
    yield Hostile("sheet-bomb.xlsx", lambda _: book(sheet=b" " * 150_000_000), "zip.too_dense")
    yield Hostile("deep-sheet.xlsx", lambda _: book(sheet=b"<worksheet>" + b"<a>" * 200_000), "file.empty")
    yield Hostile("deep-book.xlsx", lambda _: book(book=b"<a>" * 200_000), "excel.broken")
    yield Hostile(
        "far-cell.xlsx",
        lambda _: book(sheet=_sheet('<c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c>')),
        "excel.too_wide",
    )
    rows = "<row/>" * 40_000 + "<row>" + "<c><v>1</v></c>" * 2_000 + "</row>"
    yield Hostile("no-references.xlsx", lambda _: book(sheet=_sheet(rows, "")), "excel.too_wide")
    cells = '<c r="A1" t="s"><v>99999999</v></c><c r="B1"><v>1</v></c>'
    yield Hostile("no-such-string.xlsx", lambda _: book(sheet=_sheet(cells)), "excel.broken")
    yield Hostile("nan-number.xlsx", lambda _: _numbered("NaN"), "number.not_a_number", 2)
    yield Hostile("endless-number.xlsx", lambda _: _numbered("1e999"), "number.not_a_number", 2)
    yield Hostile("error-cell.xlsx", lambda _: _formula("=1/0", "#DIV/0!"), "excel.error_cell", 2)
    yield Hostile(
        "web-formula.xlsx", lambda bait: _formula(f'=WEBSERVICE("http://127.0.0.1:{bait[1]}/")', "x"), ""
    )
    yield Hostile("words-as-formula.xlsx", lambda _: workbook([["Text", "Id"], ["=cmd|'/c calc'!A1", 1]]), "")
    yield Hostile(
        "twin-columns.xlsx", lambda _: workbook([["Text", "text"], ["a", "b"]]), "columns.duplicate"
    )
    yield Hostile(
        "many-columns.xlsx", lambda _: workbook([[f"k{n}" for n in range(16_000)]]), "columns.too_many"
    )
    yield Hostile("short.xlsx", lambda _: good[: len(good) // 2], "zip.broken")
    yield Hostile("other-zip.xlsx", lambda _: zipped({"word/document.xml": b"<a/>"}), "file.not_what_it_says")
    yield Hostile("slip.xlsx", lambda _: zipped({**parts, "../../xl/a.xml": b"<a/>"}), "zip.bad_name")
    yield Hostile(
        "nul-sheet.xlsx",
        lambda _: book(sheet=_sheet('<c r="XFD1048576"/>').decode().encode("utf-16")),
        "excel.broken",
    )


def _sheet(inside: str, row: str = '<row r="1">') -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    end = "</row>" if row else ""
    return f'<worksheet xmlns="{space}"><sheetData>{row}{inside}{end}</sheetData></worksheet>'.encode()


def _numbered(number: str) -> bytes:
    data = {
        str(name): part for name, part in entries(workbook([["Öst", "Nord"], [123454321, NORTH]])).items()
    }
    data[_SHEET] = data[_SHEET].replace(b"<v>123454321</v>", f"<v>{number}</v>".encode())
    return zipped(dict(data))


def _formula(formula: str, value: str) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Text", "Id"])
        sheet.write_formula(1, 0, formula, None, value)
        sheet.write(1, 1, 7)
    return target.getvalue()


# --- GeoJSON ---


def _json() -> Iterator[Hostile]:
    def shaped(geometry: Any, **members: Any) -> Callable[[Bait], bytes]:
        return lambda _: collection(point(*HERE), geometry, **members)

    def in_place(number: str) -> Callable[[Bait], bytes]:
        return lambda _: collection(point(*HERE), point(12345.25, 58)).replace(b"12345.25", number.encode())

    yield Hostile("vrt.geojson", _vrt, "file.not_what_it_says")
    yield Hostile("vrt-spaced.json", lambda bait: b"\xef\xbb\xbf \n" + _vrt(bait), "file.not_what_it_says")
    for number in ("NaN", "-Infinity", "1e999", "1" + "0" * 400):
        yield Hostile(f"number{number[:9]}.geojson", in_place(number), "geometry.not_finite", 2)
    yield Hostile("deep.geojson", lambda _: b'{"features":' + b"[" * 100_000, "json.too_deep")
    yield Hostile("deep-shape.geojson", lambda _: _deep_shape(), "geometry.badly_nested", 1)
    yield Hostile("deep-collection.geojson", lambda _: _deep_collection(), "json.too_deep")
    vertices = [[12.9 + n / 1e8, 58.26] for n in range(1_000_000)]
    yield Hostile(
        "million-vertices.geojson",
        shaped({"type": "LineString", "coordinates": vertices}),
        "geometry.too_many_vertices",
        2,
    )
    bow = [[[12.95, 58.26], [12.96, 58.27], [12.96, 58.26], [12.95, 58.27], [12.95, 58.26]]]
    yield Hostile(
        "crossing.geojson", shaped({"type": "Polygon", "coordinates": bow}), "geometry.crosses_itself", 2
    )
    yield Hostile(
        "valid-bomb.geojson",
        shaped({"type": "Polygon", "coordinates": [_comb()]}),
        "geometry.crosses_itself",
        2,
    )
    around = [[[179, 58], [-179, 58], [-179, 59], [179, 59], [179, 58]]]
    yield Hostile(
        "antimeridian.geojson", shaped({"type": "Polygon", "coordinates": around}), "geometry.outside", 2
    )
    yield Hostile("metres.geojson", shaped(point(EAST, NORTH)), "geometry.metres_in_degrees", 2)
    yield Hostile("swapped.geojson", shaped(point(HERE[1], HERE[0])), "geometry.axes_swapped", 2)
    yield Hostile("words.geojson", shaped("POINT (1 2)"), "geometry.not_geojson", 2)
    yield Hostile("half.geojson", shaped(point(12.9)), "geometry.badly_nested", 2)
    yield Hostile(
        "unclosed.geojson",
        shaped({"type": "Polygon", "coordinates": [[[12, 58]]]}),
        "geometry.ring_open",
        2,
    )
    yield Hostile(
        "two.geojson", shaped({"type": "MultiPoint", "coordinates": [HERE, HERE]}), "geometry.wrong_type", 2
    )
    for name, system in {"init": "+init={}:a", "grids": "+proj=longlat +nadgrids={}", "file": "{}"}.items():
        yield Hostile(
            f"crs-{name}.geojson",
            lambda bait, said=system: collection(crs=_named(said.format(bait[0]))),
            "crs.unknown" if name != "grids" else "crs.not_accepted",
        )
    yield Hostile("british.geojson", lambda _: collection(crs=_named("EPSG:27700")), "crs.not_accepted")
    yield Hostile("twin-keys.geojson", lambda _: b'{"type":"Feature","type":"Feature"}', "json.duplicate_key")
    yield Hostile("short.geojson", lambda _: collection(point(*HERE))[:-20], "json.broken")
    yield Hostile("long-number.geojson", lambda _: b'{"a":' + b"9" * 100_000 + b"}", "json.broken")
    yield Hostile("latin.geojson", lambda _: b'{"type":"FeatureCollection","name":"\xe5"}', "file.encoding")


def _named(name: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


def _deep_shape() -> bytes:
    inside = b"[" * 800 + b"]" * 800
    return collection(point(1.5, 58)).replace(b"[1.5, 58]", inside).replace(b'"Point"', b'"Polygon"')


def _deep_collection() -> bytes:
    inside = b'{"type":"GeometryCollection","geometries":[' * 50_000
    return b'{"type":"Feature","properties":{},"geometry":' + inside


def _comb() -> list[list[float]]:
    """Few vertices, a million crossings: mending it takes minutes."""
    teeth = [[12.95 + (n % 2) / 100, 58.26 + n / 1e5] for n in range(950)]
    weft = [[12.95 + n / 1e5, 58.26 + (n % 2) / 100] for n in range(950)]
    return [*teeth, *weft, teeth[0]]


# --- Words ---


def _text() -> Iterator[Hostile]:
    def rows(*lines: str) -> Callable[[Bait], bytes]:
        return lambda _: "\n".join(("text;öst;nord", *lines)).encode()

    here = f"{EAST};{NORTH}"
    yield Hostile("vrt.csv", _vrt, "file.not_what_it_says")
    yield Hostile("gzip.csv", lambda _: b"\x1f\x8b" + bytes(99), "file.not_what_it_says")
    yield Hostile(
        "mixed-letters.csv", lambda _: "text\nå\n".encode() + "å\n".encode("cp1252"), "file.mixed_encodings"
    )
    yield Hostile("nul.csv", lambda _: b"text\n" + b"a" * 5_000 + b"\0", "file.not_text")
    yield Hostile("twin-columns.csv", lambda _: b"text;Text\na;b\n", "columns.duplicate")
    yield Hostile("open-quote.csv", lambda _: b'text\n"' + b"x\n" * 10_000_000, "rows.too_many")
    yield Hostile("one-line.csv", lambda _: b"text\n" + b"x" * 30_000_000, "csv.cell_too_long", 2)
    yield Hostile("ragged.csv", rows(f"a;{here}", "b;1;2;3;4"), "row.ragged", 3)
    yield Hostile("nan.csv", rows(f"a;nan;{NORTH}"), "number.not_a_number", 2)
    yield Hostile("endless.csv", rows(f"a;1e999;{NORTH}"), "number.not_a_number", 2)
    yield Hostile("slow-number.csv", rows(f"a;{'1.111' * 15_000}x;{NORTH}"), "number.not_a_number", 2)
    yield Hostile("slow-date.csv", lambda _: b"text;datum\na;" + b"1 " * 40_000, "date.not_a_date", 2)
    yield Hostile("no-day.csv", lambda _: b"text;datum\na;2025-02-30\n", "date.no_such_date", 2)
    yield Hostile("half.csv", rows(f"a;{EAST};"), "position.half", 2)
    yield Hostile("degrees.csv", rows("a;12,95;58,26"), "geometry.degrees_in_metres", 2)
    yield Hostile("wkt-bomb.csv", lambda _: _own("GEOMETRYCOLLECTION(" * 3_000), "geometry.not_readable", 2)
    yield Hostile("formulas.csv", rows(f"=cmd|'/c calc'!A1;{here}", f"@SUM(1);{here}"), "")


def _own(wkt: str) -> bytes:
    return f"uid;hours;wkt\n6f1d3a52-7f0e-5c55-9a43-0c6f3f9b1470;any;{wkt}\n".encode()


# --- XML ---


def _xml() -> Iterator[Hostile]:
    said = waypoint("<name>&x;&y;&l9;</name>")
    yield Hostile("xxe.gpx", lambda bait: gpx(said, before=_definitions(bait, "gpx")), "xml.definitions")
    outer = '<!DOCTYPE gpx SYSTEM "http://127.0.0.1:{}/gpx.dtd">'
    yield Hostile("dtd.gpx", lambda bait: gpx(waypoint(), before=outer.format(bait[1])), "xml.definitions")
    yield Hostile(
        "include.gpx",
        lambda bait: gpx(
            f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{bait[0]}"/>',
            waypoint(latitude="NaN"),
        ),
        "geometry.not_readable",
        4,
    )
    yield Hostile("undefined.gpx", lambda _: gpx(waypoint("<name>&x;</name>")), "xml.broken")
    yield Hostile("vrt.gpx", _vrt, "file.not_what_it_says")
    yield Hostile("kml.gpx", lambda _: b"<kml><NetworkLink/></kml>", "file.not_what_it_says")
    yield Hostile(
        "gml.gpx",
        lambda _: b'<a:FeatureCollection xmlns:a="http://www.opengis.net/gml"/>',
        "file.not_what_it_says",
    )
    yield Hostile("deep.gpx", lambda _: gpx("<a>" * 1_000_000), "xml.too_deep")
    yield Hostile("short.gpx", lambda _: gpx(waypoint())[:-9], "xml.broken")
    yield Hostile(
        "odd-letters.gpx",
        lambda _: gpx(waypoint()).replace(b'"1.0"?', b'"1.0" encoding="UTF-7"?', 1),
        "xml.broken",
    )
    yield Hostile(
        "long-word.gpx", lambda _: gpx(waypoint(longitude="1" * 20_000_000)), "geometry.not_readable", 3
    )
    yield Hostile("tracks.gpx", lambda _: gpx("<trk/>"), "gpx.only_tracks")


# --- Databases ---


def _databases() -> Iterator[Hostile]:
    yield Hostile("short.gpkg", lambda _: _database()[:9_000], "gpkg.broken")
    yield Hostile("vrt.gpkg", _vrt, "file.not_what_it_says")
    hidden = "ALTER TABLE reports RENAME TO hidden"
    view = "CREATE VIEW reports AS SELECT fid, geom, {} AS text FROM hidden"
    for name, word in {"readfile": "readfile('{}')", "extension": "load_extension('{}')"}.items():
        yield Hostile(
            f"view-{name}.gpkg",
            lambda bait, word=word: _database(hidden, view.format(word.format(bait[0]))),
            "gpkg.not_a_table",
        )
    counting = "WITH RECURSIVE a(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a) SELECT n FROM a"
    endless = f"CREATE VIEW reports AS {counting}"
    yield Hostile("view-endless.gpkg", lambda _: _database(hidden, endless), "gpkg.not_a_table")
    yield Hostile(
        "virtual.gpkg",
        lambda _: _database(hidden, "CREATE VIRTUAL TABLE reports USING fts5(geom, text)"),
        "gpkg.not_a_table",
    )
    yield Hostile(
        "virtual-file.gpkg",
        lambda bait: _database(
            hidden, *_forged(f"CREATE VIRTUAL TABLE reports USING csv(filename='{bait[0]}')")
        ),
        "gpkg.not_a_table",
    )
    yield Hostile(
        "trigger.gpkg",
        lambda bait: _database(
            f"CREATE TRIGGER t AFTER INSERT ON reports BEGIN SELECT load_extension('{bait[0]}'); END"
        ),
        "",
    )
    yield Hostile(
        "huge-column.gpkg",
        lambda _: _database("ALTER TABLE reports ADD COLUMN a AS (hex(zeroblob(900000000)))"),
        "gpkg.broken",
    )
    yield Hostile(
        "file-column.gpkg",
        lambda _: _database("ALTER TABLE reports ADD COLUMN a AS (printf('%900000000d', 1))"),
        "",
    )
    yield Hostile(
        "attach.gpkg",
        lambda bait: _database(_renamed(f"reports\"; ATTACH '{bait[0]}' AS x; --")),
        "gpkg.not_a_table",
    )
    yield Hostile("no-layer.gpkg", lambda _: _database("DELETE FROM gpkg_geometry_columns"), "gpkg.no_layer")
    yield Hostile(
        "british.gpkg",
        lambda _: _database("UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 27700"),
        "crs.not_accepted",
    )
    odd = "UPDATE gpkg_spatial_ref_sys SET organization = '+init={}'"
    yield Hostile("crs-init.gpkg", lambda bait: _database(odd.format(bait[0])), "crs.unknown")
    for name, blob in _blobs().items():
        code = "geometry.not_finite" if name == "nan" else "geometry.not_readable"
        yield Hostile(
            f"blob-{name}.gpkg",
            lambda _, blob=blob: _database(("UPDATE reports SET geom = ?", (blob,))),
            code,
            1,
        )


Statement = tuple[str, tuple[Any, ...]]


def _database(*statements: str | Statement) -> bytes:
    """A GeoPackage with one report, changed by these statements."""
    database = sqlite3.connect(":memory:")
    database.deserialize(sound_database())
    for statement in statements:
        sql, values = (statement, ()) if isinstance(statement, str) else statement
        database.execute(sql, values)
    database.commit()
    data = database.serialize()
    database.close()
    return data


@cache
def sound_database() -> bytes:
    """A GeoPackage with one report, as it should be."""
    frame = geopandas.GeoDataFrame({"text": ["Mörkt"]}, geometry=[Point(EAST, NORTH)], crs="EPSG:3006")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        pyogrio.write_dataframe(frame, path, layer="reports", driver="GPKG", SPATIAL_INDEX="NO")
        database = sqlite3.connect(path)
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.close()
        return path.read_bytes()


def _renamed(name: str) -> Statement:
    return "UPDATE gpkg_geometry_columns SET table_name = ?", (name,)


def _forged(sql: str) -> tuple[Statement, ...]:
    """A row of the schema that no statement would be allowed to make."""
    row = "INSERT INTO sqlite_master VALUES ('table', 'reports', 'reports', 0, ?)"
    return ("PRAGMA writable_schema = ON", ()), (row, (sql,))


def _blobs() -> dict[str, bytes]:
    head = b"GP\0\1" + struct.pack("<i", 3006)
    nest = struct.pack("<BII", 1, 7, 1)
    return {
        "nan": head + struct.pack("<BIdd", 1, 1, np.nan, NORTH),
        "short": head + struct.pack("<BId", 1, 1, EAST),
        "many": head + struct.pack("<BII", 1, 2, 2**32 - 1),
        "nested": head + nest * 200_000 + struct.pack("<BIdd", 1, 1, EAST, NORTH),
        "box": b"GP\0\x0f" + bytes(40),
        "words": b"POINT (1 2)",
    }


# --- What is not read at all ---


def _refused_by_name() -> Iterator[Hostile]:
    for suffix in ("vrt", "kml", "gml", "osm"):
        yield Hostile(
            f"a.{suffix}", lambda bait: _definitions(bait, "a").encode() + _vrt(bait), "file.format_unknown"
        )
    yield Hostile("a.shp", _vrt, "shp.not_zipped")
    yield Hostile("a.xls", lambda _: b"\xd0\xcf\x11\xe0" + bytes(99), "excel.locked")
    yield Hostile("empty.csv", lambda _: b"", "file.empty")
