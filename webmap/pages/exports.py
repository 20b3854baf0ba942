"""What is shown on the map as files: its reports, its surface, and a sheet to print."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, redirect, request, send_file
from flask.typing import ResponseReturnValue

from geodata.hours import today
from geodata.queries.window import Window
from geodata.vocabulary import Kind
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, may_here, needs, note, viewer, words, works
from webmap.maps.picture import draw_picture
from webmap.maps.sheet import print_sheet
from webmap.pages.map_form import MapForm
from webmap.services import exporting
from webmap.services.actors import Actor
from webmap.services.captions import caption_of
from webmap.services.exporting import ExportOrder
from webmap.services.file_names import file_name
from webmap.services.heat import Heat
from webmap.services.reception import is_demo
from webmap.services.sheet_plan import Occasion, plan_sheet
from webmap.services.sheet_words import sheet_words
from webmap.services.surface_file import SurfaceFile
from webmap.words import Words

bp = Blueprint("exports", __name__)

_MEDIA = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".geojson": "application/geo+json",
    ".gpkg": "application/geopackage+sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".tif": "image/tiff",
    ".png": "image/png",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True)
class ExportChoice:
    """A file to take. is_framed: it shows the ground that the map shows."""

    href: str
    label: str
    hint: str
    is_framed: bool = False


def export_choices(form: MapForm, words: Words) -> list[ExportChoice]:
    """The files that the viewer may take of what a form shows."""
    query = form.query()
    reports = {
        "csv": ("CSV", words("Rapporterna, för Excel på svenska")),
        "xlsx": ("XLSX", words("Rapporterna, som arbetsbok")),
        "geojson": ("GeoJSON", words("Rapporterna, för webbkartor")),
        "gpkg": ("GeoPackage", words("Rapporterna, för QGIS och ArcGIS")),
        "parquet": ("Parquet", words("Rapporterna, för analys")),
    }
    printed = words("Kartan på A4, med de tio första platserna")
    sheet = ExportChoice(f"/staff/map/map.pdf?{query}", "PDF", printed, True)
    if not may_here(Permission.EXPORT_REPORTS, form.municipality):
        return [sheet]
    taken = [name for name in reports if name in exporting.formats()]
    return [
        sheet,
        ExportChoice(f"/staff/map/export/png?{query}", "PNG", words("Ytan som bild, med teckenförklaring")),
        ExportChoice(f"/staff/map/export/tif?{query}", "GeoTIFF", words("Ytans värden, för GIS")),
        *(ExportChoice(f"/staff/map/export/{name}?{query}", *reports[name]) for name in taken),
    ]


@bp.get("/staff/map/export/<format_name>")
@needs(Permission.EXPORT_REPORTS)
def reports(format_name: str) -> ResponseReturnValue:
    form, heat = _asked(Permission.EXPORT_REPORTS)
    if form.problems:
        return _back()
    suffix, actor = exporting.suffix_of(format_name), _actor(heat.home.code)

    def write(path: Path) -> None:
        sight, columns = works().room.sight(heat.home.code), heat.selection.columns
        order = ExportOrder(heat.home.code, heat.window, format_name, path, actor, columns, sight)
        exporting.run(works().engine, order)

    return _file(write, heat, suffix)


@bp.get("/staff/map/export/tif")
@needs(Permission.EXPORT_REPORTS)
def values() -> ResponseReturnValue:
    form, heat = _asked(Permission.EXPORT_REPORTS)
    if form.problems:
        return _back()
    note(heat.home.code, "map.export", "map", "tif")
    return _file(SurfaceFile(heat).write_tif, heat, ".tif")


@bp.get("/staff/map/export/png")
@needs(Permission.EXPORT_REPORTS)
def picture() -> ResponseReturnValue:
    form, heat = _asked(Permission.EXPORT_REPORTS)
    if form.problems:
        return _back()
    note(heat.home.code, "map.export", "map", "png")
    caption = caption_of(heat, words(), is_demo(works().engine))
    drawn = draw_picture(heat.field, SurfaceFile(heat).grid, heat.limits, caption)
    return _file(lambda path: _write(path, drawn), heat, ".png")


@bp.get("/staff/map/map.pdf")
@needs(Permission.SEE_MAP)
def sheet() -> ResponseReturnValue:
    form, heat = _asked(Permission.SEE_MAP)
    if form.problems:
        return _back()
    note(heat.home.code, "map.export", "map", "pdf")
    ground = works().ground.now(heat.home.code).shapes
    frame = Window.parse({"bbox": request.args.get("frame", "")}).bbox
    occasion = Occasion(today(), is_demo(works().engine), frame, ground)
    plan = plan_sheet(works().room, heat, form.display, occasion, words())
    return _file(lambda path: _write(path, print_sheet(plan, sheet_words(plan, words()))), heat, ".pdf")


def _asked(permission: Permission) -> tuple[MapForm, Heat]:
    """What the map shows of the same query."""
    code = allowed_municipality(permission, request.args.get("municipality", ""))
    form = MapForm.parse(request.args, code, words())
    return form, works().room.heat(code, form.window, form.look, Kind.PERCEPTION)


def _back() -> ResponseReturnValue:
    """To the map, which says what has to be mended."""
    return redirect(f"/staff/map?{request.query_string.decode('ascii', 'ignore')}", 303)


def _actor(code: str) -> Actor:
    held = viewer().roles.get(code, frozenset())
    return Actor(viewer().user_id, next(role for role in Role if role in held))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _file(write: Callable[[Path], None], heat: Heat, suffix: str) -> Response:
    """What `write` puts in a file, sent from a file that has no name any more when the first byte leaves."""
    with tempfile.TemporaryDirectory(prefix="tryggkarta-") as folder:
        path = Path(folder) / f"export{suffix}"
        write(path)
        content = path.open("rb")
    name = file_name(heat, today(), suffix, words())
    answer = send_file(content, _MEDIA[suffix], as_attachment=True, download_name=name, etag=False)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.content_length = os.fstat(content.fileno()).st_size
    return answer
