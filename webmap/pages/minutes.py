"""Minutes of walks for everybody: all of them, what they led to, and each as page, sheet, file and map."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import NotFound
from geodata.exchange.photos import SIZES
from geodata.hours import today
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.minutes_view import MinutesView
from webmap.pages.photo_answer import photo_answer
from webmap.pages.public_view import asked_home
from webmap.services import walk_results
from webmap.services.minutes import photo_in, public_minutes, published_minutes
from webmap.services.minutes_counts import sum_words
from webmap.services.minutes_words import item_words, when_words
from webmap.services.photo_files import PhotoFiles
from webmap.services.walk_areas import WalkAreas
from webmap.services.walk_results import Result

bp = Blueprint("minutes", __name__)

_ROOT = "/walks/<uuid:uid>"
_MOST_SHOWN = 12


@bp.get("/walks")
@needs(Permission.SEE_PUBLIC)
def show_all() -> ResponseReturnValue:
    home = asked_home()
    if home is None:
        return render_template("home/empty.html")
    every = published_minutes(works().engine, home)
    known = WalkAreas(home)
    areas, asked = walk_results.areas_of(every, known), request.args.get("area", "")
    area = known.named(asked)
    if area and area not in areas:
        raise NotFound("walk.area_unknown", "area", given=asked[:80])
    chosen, day = walk_results.in_area(every, area, known), today()
    say = words()
    return render_template(
        "walks/minutes_list.html",
        municipality_name=say.municipality(home.name),
        municipality_code=home.code,
        areas=areas,
        area=area,
        sums=sum_words(walk_results.sums(chosen, day), say),
        done=[_told(each) for each in walk_results.done_in(chosen)[:_MOST_SHOWN]],
        late=[_told(each) for each in walk_results.late_in(chosen, day)],
        years=[
            (year, [_line(MinutesView(home, each)) for each in those])
            for year, those in walk_results.by_year(chosen)
        ],
    )


@bp.get(_ROOT)
@needs(Permission.SEE_PUBLIC)
def show(uid: UUID) -> ResponseReturnValue:
    view = _view(uid)
    return render_template(
        "walks/minutes.html",
        said=view.said,
        walk=view.minutes.walk,
        root=f"/walks/{uid}",
        municipality_name=words().municipality(view.home.name),
        municipality_code=view.home.code,
    )


@bp.get(f"{_ROOT}/minutes.pdf")
@needs(Permission.SEE_PUBLIC)
def as_sheet(uid: UUID) -> Response:
    view = _view(uid)
    return _named(view.answer("pdf", view.pdf, "application/pdf"), view, "pdf")


@bp.get(f"{_ROOT}/minutes.csv")
@needs(Permission.SEE_PUBLIC)
def as_file(uid: UUID) -> Response:
    view = _view(uid)
    return _named(view.answer("csv", view.csv, "text/csv"), view, "csv")


@bp.get(f"{_ROOT}/map.png")
@needs(Permission.SEE_PUBLIC)
def as_map(uid: UUID) -> Response:
    view = _view(uid)
    return view.answer("png", view.png, "image/png")


@bp.get(f"{_ROOT}/photos/<address>/<size>.jpg")
@needs(Permission.SEE_PUBLIC)
def photo(uid: UUID, address: str, size: str) -> ResponseReturnValue:
    known = photo_in(_view(uid).minutes, address)
    path = PhotoFiles(works().settings.photos_folder).path(known, size) if size in SIZES else None
    if path is None:
        raise NotFound("photo.absent", "photo")
    return photo_answer(path)


def _view(uid: UUID) -> MinutesView:
    return MinutesView(*public_minutes(works().engine, uid))


def _named(answer: Response, view: MinutesView, ending: str) -> Response:
    name = f"protokoll-{view.home.code}-{view.minutes.walk.day}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _told(result: Result) -> dict[str, Any]:
    said = item_words(result.item, words(), today())
    return {
        "text": result.item.action or said.text or said.about,
        "status": said.status,
        "tone": said.tone,
        "walk": result.minutes.walk.title,
        "link": f"/walks/{result.minutes.walk.uid}#n{result.item.number}",
    }


def _line(view: MinutesView) -> dict[str, Any]:
    walk = view.minutes.walk
    sums = sum_words(view.minutes.sums(today()), words())
    return {
        "title": walk.title,
        "area": walk.locality,
        "when": when_words(view.minutes, words()),
        "sums": ", ".join(f"{count} {label}" for count, label, _ in sums),
        "link": f"/walks/{walk.uid}",
    }
