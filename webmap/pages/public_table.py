"""The public map as a table that can be sorted, taken home and printed; and how to read the map."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import NotFound
from geodata.queries.municipalities import Home
from geodata.vocabulary import ChoiceKey
from webmap.access import Permission
from webmap.gate import needs, say, words, works
from webmap.pages.public_view import PublicView, asked_home, earlier_editions, public_view
from webmap.services import measures
from webmap.services.choices import municipality_choices
from webmap.services.public_table import COLUMNS, as_csv, ordered

bp = Blueprint("public_table", __name__)

_FALLING_FIRST = ("class",)


@dataclass(frozen=True)
class Heading:
    """A heading that sorts. order: as ARIA says it, or "" where another column sorts."""

    column: str
    label: str
    href: str
    order: str


@bp.get("/table")
@needs(Permission.SEE_PUBLIC)
def show() -> ResponseReturnValue:
    home, shown = _asked()
    column = request.args.get("sort", "class")
    is_falling = request.args.get("order", "falling" if column in _FALLING_FIRST else "rising") == "falling"
    if shown is None:
        return render_template("public/table.html", shown=None, **_of(home))
    return render_template(
        "public/table.html",
        shown=shown,
        rows=ordered(shown.places, column, is_falling),
        headings=[_heading(each, shown, column, is_falling) for each in COLUMNS],
        csv_link=f"/table.csv?{_query(shown)}",
        earlier=earlier_editions(home, shown.published.number, words()) if home else [],
        **_of(home),
    )


@bp.get("/table.csv")
@needs(Permission.SEE_PUBLIC)
def as_file() -> ResponseReturnValue:
    home, shown = _asked()
    if home is None or shown is None:
        raise NotFound("edition.none", "edition")
    answer = Response(as_csv(shown.places, words()), mimetype="text/csv")
    name = f"tryggkarta-{home.code}-{shown.published.number}-{shown.view.replace(':', '-')}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/about/map")
@needs(Permission.SEE_PUBLIC)
def explain() -> ResponseReturnValue:
    home, shown = _asked()
    chosen = municipality_choices(works().engine, home)
    return render_template(
        "public/about_map.html",
        shown=shown,
        k=shown.published.edition.k if shown else int(chosen[ChoiceKey.PUBLISH_K]),
        fine_m=int(chosen[ChoiceKey.PUBLISH_FINE_M]),
        coarse_km=int(chosen[ChoiceKey.PUBLISH_COARSE_M]) // 1_000,
        days=int(chosen[ChoiceKey.PUBLISH_DAYS_BETWEEN]),
        **_of(home),
    )


def _asked() -> tuple[Home | None, PublicView | None]:
    home = asked_home()
    if home is None:
        return None, None
    return home, public_view(home, measures.published(works().engine, home.code))


def _of(home: Home | None) -> dict[str, str]:
    return {"municipality_name": words().municipality(home.name)} if home else {}


def _query(shown: PublicView, **more: str) -> str:
    return "&".join(part for part in (shown.query, urlencode({"view": shown.view} | more)) if part)


def _heading(column: str, shown: PublicView, sorted_by: str, is_falling: bool) -> Heading:
    is_own = column == sorted_by
    falls_next = not is_falling if is_own else column in _FALLING_FIRST
    href = f"/table?{_query(shown, sort=column, order='falling' if falls_next else 'rising')}"
    order = ("descending" if is_falling else "ascending") if is_own else ""
    return Heading(column, say(COLUMNS[column]), href, order)
