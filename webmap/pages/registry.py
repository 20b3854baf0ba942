"""The register of public records: which number each has, and a file for the municipality's own system."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import InvalidValue
from geodata.hours import today
from geodata.queries.municipalities import Home
from geodata.queries.register import RegisterFilter
from geodata.vocabulary import RecordType
from webmap.access import Permission
from webmap.gate import allowed_municipality, needs, note, viewer, words, works
from webmap.services import reception
from webmap.services.register_table import as_csv, page_of
from webmap.words.disclosure_labels import RECORDS

bp = Blueprint("registry", __name__)

ROWS_A_PAGE = 100
_MOST_PAGES = 10_000
_NUMBER = re.compile(r"(?:TK\s*)?(?:(\d{4})-)?0*(\d{1,9})", re.IGNORECASE | re.ASCII)


@bp.get("/staff/registry")
@needs(Permission.DISCLOSE)
def show() -> ResponseReturnValue:
    code, say = allowed_municipality(Permission.DISCLOSE, request.args.get("municipality", "")), words()
    try:
        chosen, problems = _chosen(), {}
    except InvalidValue as fault:
        chosen, problems = RegisterFilter(), {fault.field: say.fault(fault)}
    at = min(max(request.args.get("page", 1, type=int), 1), _MOST_PAGES)
    found = page_of(works().engine, code, chosen, (ROWS_A_PAGE, (at - 1) * ROWS_A_PAGE), say)
    said = _said(code)
    home = next(each for each in _homes() if each.code == code)
    page = render_template(
        "registry/list.html",
        found=found,
        code=code,
        homes=_homes(),
        municipality_name=say.municipality(home.name),
        chosen=chosen,
        typed=request.args.get("number", "")[:40],
        types=[("", say("Alla"))] + [(each.value, say(RECORDS[each])) for each in RecordType],
        problems=problems,
        csv_link=f"/staff/registry.csv?{urlencode(said)}",
        older_link=f"/staff/registry?{urlencode(said | {'page': at + 1})}" if found.has_more else "",
        newer_link=f"/staff/registry?{urlencode(said | {'page': at - 1})}" if at > 1 else "",
    )
    return page, 422 if problems else 200


@bp.get("/staff/registry.csv")
@needs(Permission.DISCLOSE)
def as_file() -> Response:
    code = allowed_municipality(Permission.DISCLOSE, request.args.get("municipality", ""))
    content = as_csv(works().engine, code, _chosen(), words())
    note(code, "register.export", "register", code)
    answer = Response(content, mimetype="text/csv")
    name = f"diarium-{code}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _chosen() -> RegisterFilter:
    """The filter as it is asked for. Raises InvalidValue for a number that is none."""
    given = request.args.get("number", "").strip()[:40]
    found = _NUMBER.fullmatch(given) if given else None
    if given and found is None:
        raise InvalidValue("register.number", "number")
    year = request.args.get("year", 0, type=int)
    kind = request.args.get("type", "")
    return RegisterFilter(
        int(found[1]) if found and found[1] else (year if 1900 < year < 2200 else 0),
        kind if kind in list(RecordType) else "",
        int(found[2]) if found else 0,
    )


def _said(code: str) -> dict[str, str | int]:
    given: dict[str, str | int] = {
        name: request.args.get(name, "")[:40] for name in ("year", "type", "number")
    }
    return {"municipality": code} | {name: value for name, value in given.items() if value}


def _homes() -> list[Home]:
    return reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.DISCLOSE))
