"""Small maps as pictures, for pages that show several beside each other."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from geodata import crs
from geodata.analysis.grid import Bounds
from geodata.queries.window import Box, Window
from webmap.access import Permission
from webmap.api.heat import heat_asked
from webmap.api.pictures import picture_answer
from webmap.gate import needs
from webmap.maps.panel import WIDTHS_PX, Panel, draw_panel
from webmap.maps.tiles import theme_named
from webmap.services.heat import Heat, opening_view

bp = Blueprint("panels", __name__)


@bp.get("/heat/staff/picture.png")
@needs(Permission.SEE_MAP)
def picture() -> ResponseReturnValue:
    theme = theme_named(request.args.get("theme", "light")).name
    width = request.args.get("width", WIDTHS_PX[0], type=int)
    asked = Window.parse({"bbox": request.args.get("ground", "")}).bbox
    heat = heat_asked()
    panel = Panel(heat.field, heat.limits, heat.home, _ground(heat, asked))
    key = f"{heat.token}/panel/{theme}/{width}/{panel.box}"
    return picture_answer(key, lambda: draw_panel(panel, width, theme))


def _ground(heat: Heat, asked: Box | None) -> Bounds:
    box = asked or opening_view(heat)
    if box is None:
        return Bounds(*heat.home.boundary.bounds)
    west, south, east, north = box
    x, y = crs.to_metres_xy([west, east], [south, north])
    return Bounds(float(x[0]), float(y[0]), float(x[1]), float(y[1]))
