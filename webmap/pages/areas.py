"""Names and ground of a municipality: what there is, a file in, a layer out."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.crs import ACCEPTED
from geodata.errors import Fault, InvalidValue
from geodata.vocabulary import AreaKind
from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, takes_files, viewer, words, works
from webmap.pages.area_view import AreaResultView, result_view
from webmap.services import area_layers, reception
from webmap.services.actors import Actor
from webmap.services.area_layers import AreaOrder
from webmap.services.area_upload import LIMITS, MOST_BYTES, SUFFIXES, Uploads
from webmap.services.spool import Spool

bp = Blueprint("areas", __name__)

_FORM_BYTES = 64_000
_FIELDS = {
    "--kind": "kinds",
    "crs": "system",
    "--crs": "system",
    "--layer": "layer",
    "--name-column": "name_column",
}
_SHOWN_FIELDS = ("file", "kinds", "system", "layer", "name_column")
_TEXTS = ("name_column", "layer", "system", "source")
_LONGEST_TEXT = 120


@dataclass
class _Form:
    """What was asked for. kept: token of a file that is here already."""

    kinds: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    replaces: bool = False
    skips_invalid: bool = False
    kept: str = ""

    @classmethod
    def sent(cls) -> _Form:
        """From the request."""
        said = request.form
        return cls(
            kinds=said.getlist("kinds"),
            texts={name: said.get(name, "").strip()[:_LONGEST_TEXT] for name in _TEXTS},
            replaces=bool(said.get("replaces")),
            skips_invalid=bool(said.get("skips_invalid")),
            kept=said.get("kept", ""),
        )


@bp.get("/staff/areas")
@needs(Permission.IMPORT_AREAS)
def show() -> ResponseReturnValue:
    return _page(_code(request.args.get("municipality", "")), _Form())


@bp.post("/staff/areas")
@takes_files(MOST_BYTES + _FORM_BYTES)
@needs(Permission.IMPORT_AREAS)
def take() -> ResponseReturnValue:
    code, form = _code(request.form.get("municipality", "")), _Form.sent()
    is_dry_run = request.form.get("act") != "store"
    uploads = Uploads(Spool(works().settings.data_folder), viewer().user_id or 0, code)
    try:
        order = _order(code, form, uploads, is_dry_run=is_dry_run)
        result = area_layers.run(works().engine, order, actor=_actor(), limits=LIMITS)
    except Fault as fault:
        name = _FIELDS.get(fault.field, fault.field)
        problems = {name if name in _SHOWN_FIELDS else "file": words().fault(fault)}
        return _page(code, form, problems=problems), 422
    view = result_view(order, result, words())
    if view.is_stored:
        uploads.drop(form.kept)
        form = _Form()
    return _page(code, form, result=view), 422 if result.is_refused else 200


@bp.post("/staff/areas/<kind>/remove")
@needs(Permission.IMPORT_AREAS)
def remove(kind: str) -> ResponseReturnValue:
    code = _code(request.form.get("municipality", ""))
    area_layers.remove(works().engine, code, _kind(kind), _actor())
    return redirect(f"/staff/areas?municipality={code}", 303)


def _code(asked: str) -> str:
    return allowed_municipality(Permission.IMPORT_AREAS, asked)


def _actor() -> Actor:
    return Actor(viewer().user_id, "coordinator")


def _kind(word: str) -> AreaKind:
    try:
        return AreaKind(word)
    except ValueError as fault:
        raise InvalidValue("area.kind_unknown", "--kind", given=word[:40]) from fault


def _order(code: str, form: _Form, uploads: Uploads, *, is_dry_run: bool) -> AreaOrder:
    """What was sent as an order, its file kept. Raises Fault."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        uploads.drop(form.kept)
        form.kept = uploads.keep(sent.filename, sent.stream)
    path = uploads.path(form.kept)
    if path is None:
        form.kept = ""
        raise InvalidValue("area.no_file", "file")
    if not form.kinds:
        raise InvalidValue("area.no_kind", "--kind")
    if form.texts["system"] not in ("", *ACCEPTED):
        raise InvalidValue("crs.unknown", "crs", given=form.texts["system"])
    return AreaOrder(
        path,
        code,
        tuple(dict.fromkeys(_kind(kind) for kind in form.kinds)),
        replaces=form.replaces,
        skips_invalid=form.skips_invalid,
        is_dry_run=is_dry_run,
        **form.texts,
    )


def _page(
    code: str, form: _Form, problems: dict[str, str] | None = None, result: AreaResultView | None = None
) -> str:
    say = words()
    homes = reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.IMPORT_AREAS))
    return render_template(
        "areas/show.html",
        code=code,
        homes=homes,
        municipality_name=say.municipality(next(home.name for home in homes if home.code == code)),
        layers=area_layers.counts(works().engine, code),
        kinds=[(kind.value, say.label(kind)) for kind in AreaKind],
        label=say.label,
        number=say.number,
        form=form,
        problems=problems or {},
        result=result,
        systems=ACCEPTED,
        suffixes=",".join(SUFFIXES),
        most_mb=MOST_BYTES // 1_000_000,
    )
