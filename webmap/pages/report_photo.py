"""The question of photos: up to three, looked at by the one who sent them, and taken away again at will."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID, uuid5

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from geodata.errors import Fault, NotFound
from geodata.exchange.photo_kinds import MOST_BYTES
from webmap.access import Permission
from webmap.gate import needs, say, takes_files, words, works
from webmap.limits import limited
from webmap.pages import report_flow
from webmap.pages.photo_answer import photo_answer
from webmap.pages.report_answers import Answers, answers, keep
from webmap.services import photos
from webmap.services.photos import MOST_OF_A_REPORT
from webmap.uploads import keeps_off_disk

bp = Blueprint("report_photo", __name__)

ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"
"""What to ask a phone for: those that would give HEIC turn it into JPEG then."""
_FORM_BYTES = 4_000_000
_LONGEST_NAME = 40


@bp.get("/report/photo")
@needs(Permission.SEND_REPORT)
def ask() -> ResponseReturnValue:
    now = answers()
    return report_flow.missing(now, "photo") or _page(now, {})


@bp.post("/report/photo")
@keeps_off_disk
@limited("photo")
@takes_files(MOST_OF_A_REPORT * MOST_BYTES + _FORM_BYTES)
@needs(Permission.SEND_REPORT)
def take() -> ResponseReturnValue:
    now = answers()
    if elsewhere := report_flow.missing(now, "photo"):
        return elsewhere
    if removed := request.form.get("remove"):
        keep(_without(now, removed))
        return redirect(request.full_path.rstrip("?"), 303)
    now, problems = _with_sent(now, [each for each in request.files.getlist("photo") if each.filename])
    keep(now)
    if problems:
        return _page(now, problems)
    is_adding = request.form.get("do") == "add"
    return redirect(request.full_path.rstrip("?") if is_adding else report_flow.after("photo"), 303)


@bp.get("/report/photo/<uuid:uid>/<size>.jpg")
@needs(Permission.SEND_REPORT)
def preview(uid: UUID, size: str) -> ResponseReturnValue:
    if uid not in answers().photos:
        raise NotFound("photo.absent", "photo")
    path = photos.preview(works().engine, works().settings.photos_folder, uid, size)
    return photo_answer(path)


def _without(now: Answers, removed: str) -> Answers:
    """The answers without one of the photos, which goes; of others nothing happens."""
    gone = next((uid for uid in now.photos if str(uid) == removed), None)
    if gone is not None:
        photos.remove(works().engine, works().settings.photos_folder, gone)
    return replace(now, photos=tuple(uid for uid in now.photos if uid != gone))


def _with_sent(now: Answers, sent: list[FileStorage]) -> tuple[Answers, dict[str, str]]:
    """The answers with what could be taken in, and what is wrong with the rest."""
    problems: dict[str, str] = {}
    for file in sent:
        try:
            uid = _stored(now, file)
        except Fault as fault:
            name = (file.filename or "")[:_LONGEST_NAME]
            field = f"photo-{len(problems) + 1}" if problems else "photo"
            problems[field] = say("%(name)s: %(problem)s", name=name, problem=words().fault(fault))
        else:
            if uid is None:
                problems["photo-most"] = say(
                    "Högst %(most)s bilder går att skicka. Resten är inte med.", most=MOST_OF_A_REPORT
                )
                break
            now = replace(now, photos=tuple(dict.fromkeys((*now.photos, uid))))
    return now, problems


def _stored(now: Answers, file: FileStorage) -> UUID | None:
    """The id of a photo that is kept: the same photo again is the same one. None where there are enough."""
    raw = file.stream.read(MOST_BYTES + 1)
    uid = uuid5(now.uid, hashlib.sha256(raw).hexdigest())
    if uid not in now.photos and len(now.photos) >= MOST_OF_A_REPORT:
        return None
    return photos.store(works().engine, works().settings.photos_folder, uid, raw).uid


def _page(now: Answers, problems: dict[str, str]) -> ResponseReturnValue:
    return report_flow.show(
        "photo",
        problems,
        photos=photos.waiting(works().engine, now.photos),
        most=MOST_OF_A_REPORT,
        most_mb=MOST_BYTES // 1_000_000,
        accepted=ACCEPTED,
    )
