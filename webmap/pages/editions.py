"""Editions of the public map for those who publish them: the list, what would be next, and publishing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.analysis.publication.edition import ALL, Edition
from geodata.errors import Conflict, Fault, InvalidValue, NotFound
from geodata.hours import today
from geodata.queries.municipalities import Home
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, needs, viewer, words, works
from webmap.maps.edition_picture import draw_edition
from webmap.services import editions, publishing, reception, timely_editions
from webmap.services.actors import Actor
from webmap.services.edition_figures import differences, lines_of
from webmap.services.edition_table import EditionRow, as_csv, rows_of
from webmap.services.edition_words import VIEW_NAMES, band_label, checked_view, view_name
from webmap.services.publishing import LONGEST_NOTE, Order

bp = Blueprint("editions", __name__)

ADDRESS = "/staff/editions"


@bp.get(ADDRESS)
@needs(Permission.PUBLISH)
def show() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    rows = _rows(home)
    return render_template(
        "editions/list.html",
        rows=rows,
        hidden=[row for row in rows if row.line.is_hidden],
        newest=next((row.line.number for row in rows if not row.line.is_hidden), None),
        csv_link=f"{ADDRESS}.csv?municipality={home.code}",
        by_itself=_by_itself(home),
        **_of(home),
    )


def _by_itself(home: Home) -> str:
    """The day the next one comes without anybody's doing, or ""."""
    day = timely_editions.next_by_itself(works().engine, home.code)
    return words().day(day) if day else ""


@bp.get(f"{ADDRESS}.csv")
@needs(Permission.PUBLISH)
def as_file() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    answer = Response(as_csv(_rows(home), words()), mimetype="text/csv")
    return _attached(answer, f"tryggkarta-utgavor-{home.code}-{today()}.csv")


@bp.get(f"{ADDRESS}/<int:number>.json")
@needs(Permission.PUBLISH)
def content(number: int) -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    found = editions.content_of(works().engine, home.code, number) if number < 10**8 else None
    if found is None:
        raise NotFound("edition.unknown", "edition")
    answer = Response(found, mimetype="application/json")
    return _attached(answer, f"tryggkarta-utgava-{home.code}-{number}.json")


@bp.get(f"{ADDRESS}/next")
@needs(Permission.PUBLISH)
def look() -> ResponseReturnValue:
    view = checked_view(request.args.get("view", ALL))
    return _next(_home(request.args.get("municipality", "")), view)


@bp.post(ADDRESS)
@needs(Permission.PUBLISH)
def publish() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    order = Order(request.form.get("note", ""), request.form.get("digest", "")[:64])
    if not order.digest:
        return _next(home, ALL, InvalidValue("edition.changed"), order.note), 422
    try:
        publishing.publish(works().engine, home.code, order, _actor())
    except InvalidValue as fault:
        return _next(home, ALL, fault, order.note), 422
    except Conflict as fault:
        return _next(home, ALL, fault, order.note), 409
    return redirect(f"{ADDRESS}?municipality={home.code}", 303)


@bp.post(f"{ADDRESS}/<int:number>/hide")
@needs(Permission.PUBLISH)
def hide(number: int) -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    publishing.hide(works().engine, home.code, number, _actor())
    return redirect(f"{ADDRESS}?municipality={home.code}", 303)


@bp.post(f"{ADDRESS}/show-again")
@needs(Permission.PUBLISH)
def show_again() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    publishing.show_again(works().engine, home.code, _actor())
    return redirect(f"{ADDRESS}?municipality={home.code}", 303)


def _next(home: Home, view: str, fault: Fault | None = None, note: str = "") -> str:
    made, say = publishing.preview(works().engine, home.code), words()
    address = f"{ADDRESS}/next?municipality={home.code}"
    return render_template(
        "editions/next.html",
        made=made,
        is_ready=made.is_due and made.audit.is_passed and bool(made.edition.squares),
        may_from=say.day(made.may_from),
        figures=lines_of(made, say),
        differences=differences(made, say),
        picture=draw_edition(home.boundary, made.edition, view),
        legend=_legend(made.edition),
        views=[(f"{address}&view={each}", view_name(each, say), each == view) for each in VIEW_NAMES],
        chosen=view_name(view, say),
        problems={fault.field: say.fault(fault)} if fault else {},
        note=note,
        longest_note=LONGEST_NOTE,
        **_of(home),
    )


def _legend(edition: Edition) -> list[tuple[int, str]]:
    return [(number, band_label(band)) for number, band in enumerate(edition.bands, 1)]


def _of(home: Home) -> dict[str, Any]:
    return {"code": home.code, "homes": _homes(), "municipality_name": words().municipality(home.name)}


def _rows(home: Home) -> list[EditionRow]:
    return rows_of(editions.all_of(works().engine, home.code), words())


def _home(asked: str) -> Home:
    code = allowed_municipality(Permission.PUBLISH, asked)
    return next(home for home in _homes() if home.code == code)


def _homes() -> list[Home]:
    return reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.PUBLISH))


def _actor() -> Actor:
    return Actor(viewer().user_id, Role.COORDINATOR)


def _attached(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
