"""Photos for those who review: the files themselves, letting them through, and blacking out."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, FileFault, InvalidValue
from geodata.vocabulary import PhotoState
from webmap.access import Permission, Role
from webmap.gate import needs, note, viewer, words, works
from webmap.pages.photo_answer import photo_answer
from webmap.pages.photo_boxes import BoxForm
from webmap.services import photo_review
from webmap.services.actors import Actor
from webmap.services.photo_review import PhotoSheet, Redaction, Reviewer

bp = Blueprint("staff_photos", __name__)


@bp.get("/staff/photos/<address>/<size>.jpg")
@needs(Permission.REVIEW_REPORTS)
def picture(address: str, size: str) -> ResponseReturnValue:
    engine = works().engine
    path = photo_review.file_at(engine, _folder(), (address, size), _codes())
    _note(photo_review.sheet_at(engine, address, _codes()))
    return photo_answer(path)


@bp.get("/staff/photos/<uuid:uid>")
@needs(Permission.REVIEW_REPORTS)
def show(uid: UUID) -> ResponseReturnValue:
    return _page(uid, BoxForm())


@bp.post("/staff/photos/<uuid:uid>")
@needs(Permission.REVIEW_REPORTS)
def redact(uid: UUID) -> ResponseReturnValue:
    form, engine = BoxForm.sent(request.form), works().engine
    photo_review.sheet(engine, uid, _codes())
    if not form.is_final:
        return _page(uid, form, form.problems(words()) if form.is_looked_at else None)
    if problems := form.problems(words(), is_final=True):
        return _page(uid, form, problems), 422
    try:
        photo_review.redact(engine, _folder(), Redaction(uid, _version(), form.boxes()), _reviewer())
    except Conflict as fault:
        return _page(uid, form, {"": words().fault(fault)}), 409
    except FileFault as fault:
        return _page(uid, form, {"": words().fault(fault)}), 422
    return redirect(f"/staff/photos/{uid}", 303)


@bp.post("/staff/photos/<uuid:uid>/state")
@needs(Permission.REVIEW_REPORTS)
def decide(uid: UUID) -> ResponseReturnValue:
    try:
        state = PhotoState(request.form.get("state", ""))
    except ValueError as fault:
        photo_review.sheet(works().engine, uid, _codes())
        raise InvalidValue("state.unknown", "state", given=request.form.get("state", "")[:40]) from fault
    try:
        sheet = photo_review.decide(works().engine, uid, _version(), state, _reviewer())
    except Conflict as fault:
        return _page(uid, BoxForm(), {"": words().fault(fault)}), 409
    back = f"/staff/photos/{uid}" if request.form.get("back") == "photo" else f"/staff/reports/{sheet.report}"
    return redirect(f"{back}#photos", 303)


def _note(sheet: PhotoSheet) -> None:
    note(sheet.municipality, "photo.read", "photo", str(sheet.photo.uid))


def _folder() -> Path:
    return works().settings.photos_folder


def _codes() -> list[str]:
    return viewer().municipalities_for(Permission.REVIEW_REPORTS)


def _reviewer() -> Reviewer:
    return Reviewer(Actor(viewer().user_id, Role.COORDINATOR), _codes())


def _version() -> int:
    said = request.form.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def _page(uid: UUID, form: BoxForm, problems: dict[str, str] | None = None) -> str:
    sheet = photo_review.sheet(works().engine, uid, _codes())
    _note(sheet)
    return render_template(
        "reviewing/photo.html",
        photo=sheet.photo,
        sheet=sheet,
        rows=form.shown_rows(),
        marks=form.marks(sheet.photo.width, sheet.photo.height),
        problems=problems or {},
    )
