"""The pages every public service owes its readers: on personal data, and on accessibility."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from geodata.queries.municipalities import Home
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.services import reception
from webmap.services.statements import Accessibility, Privacy, accessibility_of, privacy_of

bp = Blueprint("statements", __name__)


@bp.get("/about/privacy")
@needs(Permission.SEE_PUBLIC)
def privacy() -> ResponseReturnValue:
    home = reception.first_home(works().engine, request.args.get("municipality", ""))
    if home is None:
        return render_template("home/empty.html")
    return _page("statements/privacy.html", home, privacy_of(works().engine, home, words()))


@bp.get("/about/accessibility")
@needs(Permission.SEE_PUBLIC)
def accessibility() -> ResponseReturnValue:
    home = reception.first_home(works().engine, request.args.get("municipality", ""))
    if home is None:
        return render_template("home/empty.html")
    return _page("statements/accessibility.html", home, accessibility_of(works().engine, home, words()))


def _page(template: str, home: Home, told: Privacy | Accessibility) -> str:
    return render_template(
        template,
        told=told,
        municipality_name=words().municipality(home.name),
        municipality_code=home.code,
    )
