"""The staff map, its script and the act of making scales anew."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, viewer, words, works
from webmap.maps.canvas import Drawing
from webmap.pages.map_form import MapForm
from webmap.pages.map_view import draw_ground, map_view
from webmap.services import reception, scales
from webmap.services.actors import Actor

bp = Blueprint("staff_map", __name__)


@bp.get("/staff/map")
@needs(Permission.SEE_MAP)
def show() -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", ""))
    homes = reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.SEE_MAP))
    form = MapForm.parse(request.args, code, words())
    view = map_view(works(), homes, form, words())
    status = 422 if view.filter.problems else 200
    return render_template(
        "map/show.html", view=view, municipality_name=words().municipality(view.home.name)
    ), status


@bp.get("/map/<digest>.js")
@needs(Permission.SEE_MAP)
def script(digest: str) -> ResponseReturnValue:
    code = allowed_municipality(Permission.SEE_MAP, request.args.get("municipality", ""))
    home = reception.first_home(works().engine, code)
    drawing = draw_ground(home) if home else Drawing("", "", "")
    answer = Response(drawing.script, mimetype="text/javascript")
    if drawing.digest == digest:
        answer.cache_control.private, answer.cache_control.max_age = True, 31_536_000
        answer.cache_control.immutable = True
    return answer


@bp.post("/staff/map/scale")
@needs(Permission.REMAKE_SCALE)
def remake_scale() -> ResponseReturnValue:
    code = allowed_municipality(Permission.REMAKE_SCALE, request.form.get("municipality", ""))
    form = MapForm.parse(request.form, code, words())
    home = reception.first_home(works().engine, code)
    if home is not None and form.kind is not None:
        scales.remake(works().engine, home, form.kind, Actor(viewer().user_id, "coordinator"))
    return redirect(f"/staff/map?{form.query()}", 303)
