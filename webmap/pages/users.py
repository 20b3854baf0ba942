"""Accounts, for those who give the municipality's people their roles."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, InvalidValue, NotAllowed
from geodata.hours import today
from geodata.queries.municipalities import Home
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, needs, note, viewer, words, works
from webmap.services import reception, staff_accounts
from webmap.services.actors import Actor
from webmap.services.staff_accounts import Desk, Invited
from webmap.services.staff_table import StaffRow, as_csv, row_of

bp = Blueprint("users", __name__)


@bp.get("/admin/users")
@needs(Permission.MANAGE_USERS)
def show() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    return render_template(
        "admin/users.html",
        rows=_rows(home),
        code=home.code,
        homes=_homes(),
        municipality_name=words().municipality(home.name),
    )


@bp.get("/admin/users.csv")
@needs(Permission.MANAGE_USERS)
def as_file() -> Response:
    home = _home(request.args.get("municipality", ""))
    note(home.code, "user.export", "users", "csv")
    answer = Response(as_csv(_rows(home), words()), mimetype="text/csv")
    name = f"tryggkarta-konton-{home.code}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.get("/admin/users/new")
@needs(Permission.MANAGE_USERS)
def begin() -> ResponseReturnValue:
    return _new_page(_home(request.args.get("municipality", "")), "", "", {})


@bp.post("/admin/users/new")
@needs(Permission.MANAGE_USERS)
def invite() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    email, role = request.form.get("email", "").strip()[:254], request.form.get("role", "")
    if not role:
        return _new_page(home, email, role, {"role": words()("Välj en roll.")}), 422
    try:
        invited = staff_accounts.invite(_desk(), home, email, role)
    except (InvalidValue, Conflict) as fault:
        return _new_page(home, email, role, {fault.field: words().fault(fault)}), 422
    return _told_once(home, invited)


@bp.get("/admin/users/<int:user_id>")
@needs(Permission.MANAGE_USERS)
def look(user_id: int) -> ResponseReturnValue:
    return _page(_home(request.args.get("municipality", "")), user_id)


@bp.post("/admin/users/<int:user_id>/give")
@needs(Permission.MANAGE_USERS)
def give(user_id: int) -> ResponseReturnValue:
    return _done(user_id, lambda desk, home: staff_accounts.give(desk, home, user_id, _role()))


@bp.post("/admin/users/<int:user_id>/take")
@needs(Permission.MANAGE_USERS)
def take(user_id: int) -> ResponseReturnValue:
    return _done(user_id, lambda desk, home: staff_accounts.take(desk, home, user_id, _role()))


@bp.post("/admin/users/<int:user_id>/shut")
@needs(Permission.MANAGE_USERS)
def shut(user_id: int) -> ResponseReturnValue:
    return _done(user_id, lambda desk, home: staff_accounts.shut(desk, home, user_id))


@bp.post("/admin/users/<int:user_id>/open")
@needs(Permission.MANAGE_USERS)
def open_again(user_id: int) -> ResponseReturnValue:
    return _done(user_id, lambda desk, home: staff_accounts.open_again(desk, home, user_id))


@bp.post("/admin/users/<int:user_id>/phone")
@needs(Permission.MANAGE_USERS)
def new_phone(user_id: int) -> ResponseReturnValue:
    return _done(user_id, lambda desk, home: staff_accounts.new_phone(desk, home, user_id))


@bp.post("/admin/users/<int:user_id>/password")
@needs(Permission.MANAGE_USERS)
def new_password(user_id: int) -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    known = staff_accounts.one(works().engine, home.code, user_id)
    try:
        password = staff_accounts.new_password(_desk(), home, user_id)
    except NotAllowed as fault:
        return _page(home, user_id, fault), 422
    return _told_once(home, Invited(user_id, known.email, password))


def _done(user_id: int, act: Callable[[Desk, Home], None]) -> ResponseReturnValue:
    """Do it and show the account again, with why not where it was refused."""
    home = _home(request.form.get("municipality", ""))
    try:
        act(_desk(), home)
    except Conflict as fault:
        return _page(home, user_id, fault), 409
    except (NotAllowed, InvalidValue) as fault:
        return _page(home, user_id, fault), 422
    if any(each.id == user_id for each in staff_accounts.listed(works().engine, home.code)):
        return redirect(f"/admin/users/{user_id}?municipality={home.code}", 303)
    return redirect(f"/admin/users?municipality={home.code}", 303)  # the last role here was taken


def _role() -> str:
    return request.form.get("role", "")[:40]


def _desk() -> Desk:
    codes = viewer().municipalities_for(Permission.MANAGE_USERS)
    return Desk(works().engine, Actor(viewer().user_id, Role.ADMIN), frozenset(codes))


def _home(asked: str) -> Home:
    code = allowed_municipality(Permission.MANAGE_USERS, asked)
    return next(home for home in _homes() if home.code == code)


def _homes() -> list[Home]:
    return reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.MANAGE_USERS))


def _rows(home: Home) -> list[StaffRow]:
    return [row_of(each, words()) for each in staff_accounts.listed(works().engine, home.code)]


def _roles() -> list[tuple[str, str]]:
    return [(role.value, words().label(role)) for role in Role]


def _new_page(home: Home, email: str, role: str, problems: dict[str, str]) -> str:
    return render_template(
        "admin/new_user.html",
        code=home.code,
        municipality_name=words().municipality(home.name),
        email=email,
        chosen=role,
        roles=_roles(),
        problems=problems,
    )


def _page(home: Home, user_id: int, fault: Fault | None = None) -> str:
    known = staff_accounts.one(works().engine, home.code, user_id)
    return render_template(
        "admin/user.html",
        row=row_of(known, words()),
        code=home.code,
        municipality_name=words().municipality(home.name),
        held=[each for each in _roles() if each[0] in known.roles],
        offered=[each for each in _roles() if each[0] not in known.roles],
        is_own=known.id == viewer().user_id,
        problems={"": words().fault(fault)} if fault else {},
    )


def _told_once(home: Home, invited: Invited) -> ResponseReturnValue:
    """The password that is kept nowhere: this is its only page."""
    page = render_template(
        "admin/invited.html",
        code=home.code,
        municipality_name=words().municipality(home.name),
        invited=invited,
    )
    answer = make_response(page)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
