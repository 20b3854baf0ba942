"""Reports from files: upload, look over, try, import, follow, and take back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from geodata.errors import Fault, FileFault, NotFound
from geodata.exchange.formats import FORMATS
from geodata.exchange.reading import RowFault
from geodata.vocabulary import Kind, Origin, Owner
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, needs, note, say, takes_files, viewer, words, works
from webmap.pages import import_lines, import_view
from webmap.pages.import_form import IN_FILE, clean, instructions
from webmap.services import import_history, import_jobs, jobs, reception
from webmap.services.actors import Actor
from webmap.services.jobs import NewJob, Ticket
from webmap.services.spool import Spool

bp = Blueprint("importing", __name__)

_OWN = Owner.MUNICIPALITY
"""What is brought in here is the municipality's; reports of the police come by the command line."""

LARGEST_FILE_BYTES = 60_000_000
_LATE = timedelta(seconds=30)
_SUFFIXES = tuple(suffix for each in FORMATS for suffix in each.suffixes)


def _spool() -> Spool:
    return Spool(works().settings.data_folder)


def _actor() -> Actor:
    return Actor(viewer().user_id, Role.COORDINATOR)


@bp.get("/staff/import")
@needs(Permission.IMPORT_FILES)
def start() -> ResponseReturnValue:
    code = allowed_municipality(Permission.IMPORT_FILES, request.args.get("municipality", ""))
    return _start(code, {}, {})


def _start(code: str, typed: dict[str, str], problems: dict[str, str]) -> str:
    engine, said = works().engine, words()
    homes = reception.homes_by_code(engine, viewer().municipalities_for(Permission.IMPORT_FILES))
    return render_template(
        "importing/start.html",
        code=code,
        homes=homes,
        municipality_name=next(said.municipality(home.name) for home in homes if home.code == code),
        kinds=import_view.kind_choices(typed.get("kind", Kind.PERCEPTION), said),
        origins=import_view.origin_choices(typed.get("origin", ""), said),
        source=typed.get("source", ""),
        problems=problems,
        most_mb=LARGEST_FILE_BYTES // 10**6,
        most_bytes=LARGEST_FILE_BYTES,
        suffixes=",".join(_SUFFIXES),
        jobs=[import_lines.job_line(each, said) for each in jobs.recent(engine, code) if not _is_left(each)],
        imports=[
            import_lines.import_line(each, said) for each in import_history.made_imports(engine, code, _OWN)
        ],
    )


def _is_left(ticket: Ticket) -> bool:
    """Whether nothing more can be done with a job."""
    return ticket.is_resting and _spool().file(ticket.uid) is None


@bp.post("/staff/import")
@takes_files(LARGEST_FILE_BYTES + 100_000)
@needs(Permission.IMPORT_FILES)
def take_in() -> ResponseReturnValue:
    code = allowed_municipality(Permission.IMPORT_FILES, request.form.get("municipality", ""))
    typed = {name: clean(request.form.get(name, "")) for name in ("kind", "origin", "source")}
    file = request.files.get("file")
    suffix = PurePath(file.filename or "").suffix.casefold() if file else ""
    if problems := _problems(typed, suffix, bool(file and file.filename)):
        return _start(code, typed, problems), 422
    uid, chosen = (
        uuid4(),
        {name: "" if typed[name] == IN_FILE else typed[name] for name in ("kind", "origin")},
    )
    _spool().keep(uid, suffix, file.stream)  # type: ignore[union-attr]  # a problem where there is none
    blank = import_jobs.blank(chosen["kind"], chosen["origin"], typed["source"])
    jobs.prepare(works().engine, NewJob(code, _actor(), words().language, blank), uid)
    return redirect(url_for("importing.show", uid=uid), 303)


def _problems(typed: dict[str, str], suffix: str, has_file: bool) -> dict[str, str]:
    found = {}
    if not has_file:
        found["file"] = words().fault(FileFault("file.none", "file"))
    elif suffix not in _SUFFIXES:
        known = ", ".join(each.suffixes[0] for each in FORMATS)
        found["file"] = words().fault(
            FileFault("file.format_unknown", "file", suffix=suffix[:20], known=known)
        )
    if typed["kind"] not in (*Kind, IN_FILE):
        found["kind"] = say("Välj vad raderna är.")
    if typed["origin"] not in (*Origin, IN_FILE):
        found["origin"] = say("Välj varifrån uppgifterna kommer.")
    return found


def _ticket(uid: UUID) -> Ticket:
    return jobs.ticket(works().engine, uid, viewer().municipalities_for(Permission.IMPORT_FILES))


@bp.get("/staff/import/<uuid:uid>")
@needs(Permission.IMPORT_FILES)
def show(uid: UUID) -> ResponseReturnValue:
    ticket = _ticket(uid)
    place = reception.first_home(works().engine, ticket.municipality)
    shown: dict[str, Any] = {
        "ticket": ticket,
        "municipality_name": words().municipality(place.name if place else ""),
    }
    if ticket.state == "draft":
        return _preview(ticket, shown)
    if not ticket.is_resting:
        said = import_lines.progress_said(ticket, _spool().live(uid), words())
        return render_template("importing/progress.html", said=said, is_late=_is_late(ticket), **shown)
    return _result(ticket, shown)


def _is_late(ticket: Ticket) -> bool:
    return ticket.state == "waiting" and datetime.now(UTC) - ticket.asked_at > _LATE


def _preview(ticket: Ticket, shown: dict[str, Any]) -> ResponseReturnValue:
    try:
        found = import_jobs.look(works().engine, _spool(), ticket)
    except Fault as fault:
        said = words().fault(import_jobs.on_pages(fault))
        return render_template("importing/unreadable.html", fault=said, code=fault.code, **shown), 422
    view = import_view.preview_view(found, words())
    return render_template("importing/preview.html", view=view, **shown)


def _result(ticket: Ticket, shown: dict[str, Any]) -> str:
    spool = _spool()
    made = None
    if ticket.import_id is not None:
        made = import_history.remains(works().engine, ticket.municipality, ticket.import_id).made
    faults = [RowFault(*each) for each in spool.faults(ticket.uid) or []]
    return render_template(
        "importing/result.html",
        outcome=ticket.outcome if ticket.state == "done" else None,
        failure=import_lines.failure(ticket, words()) if ticket.state == "failed" else "",
        made=import_lines.import_line(made, words()) if made else None,
        faults=import_lines.fault_lines(faults, words()),
        has_file=spool.file(ticket.uid) is not None,
        has_faulty=spool.faulty(ticket.uid).exists(),
        number=words().number,
        **shown,
    )


@bp.post("/staff/import/<uuid:uid>")
@needs(Permission.IMPORT_FILES)
def decide(uid: UUID) -> ResponseReturnValue:
    ticket, engine, wish = _ticket(uid), works().engine, request.form.get("do", "look")
    if wish == "cancel":
        return _cancel(ticket)
    if _spool().file(uid) is None:
        raise NotFound("file.gone")
    said = instructions(request.form, ticket.instructions)
    is_try = wish == "try" or (wish == "again" and said["is_dry_run"])
    keeps_good = wish == "keep_good" or (wish == "again" and said["skips_invalid"])
    said |= {"is_dry_run": is_try, "skips_invalid": keeps_good}
    is_asked = wish in ("try", "import", "keep_good", "again")
    jobs.instruct(engine, uid, said, jobs.JobState.WAITING if is_asked else jobs.JobState.DRAFT)
    return redirect(url_for("importing.show", uid=uid), 303)


def _cancel(ticket: Ticket) -> ResponseReturnValue:
    """At rest or waiting: over at once, and its file gone. Running: as soon as it notices."""
    if ticket.is_resting or jobs.withdraw(works().engine, ticket.uid):
        jobs.withdraw(works().engine, ticket.uid)
        _spool().drop(ticket.uid)
        return redirect(url_for("importing.start", municipality=ticket.municipality), 303)
    _spool().stop(ticket.uid)
    return redirect(url_for("importing.show", uid=ticket.uid), 303)


@bp.get("/staff/import/<uuid:uid>.json")
@needs(Permission.IMPORT_FILES)
def progress(uid: UUID) -> ResponseReturnValue:
    return jsonify(import_lines.progress_said(_ticket(uid), _spool().live(uid), words()))


@bp.get("/staff/import/<uuid:uid>/faulty.csv")
@needs(Permission.IMPORT_FILES)
def faulty(uid: UUID) -> ResponseReturnValue:
    ticket = _ticket(uid)
    path = _spool().faulty(ticket.uid)
    if not path.exists():
        raise NotFound("file.gone")
    note(ticket.municipality, "import.read_faulty", "import_job", str(ticket.uid))
    answer: Response = send_file(
        path,
        mimetype="text/csv",
        as_attachment=True,
        download_name=say("felaktiga rader") + ".csv",
    )
    return answer


@bp.get("/staff/import/made/<int:number>/undo")
@needs(Permission.UNDO_IMPORT)
def ask_undo(number: int) -> ResponseReturnValue:
    code = allowed_municipality(Permission.UNDO_IMPORT, request.args.get("municipality", ""))
    left = import_history.remains(works().engine, code, number, _OWN)
    line = import_lines.import_line(left.made, words())
    return render_template(
        "importing/undo.html", code=code, left=left, line=line, words_number=words().number
    )


@bp.post("/staff/import/made/<int:number>/undo")
@needs(Permission.UNDO_IMPORT)
def undo(number: int) -> ResponseReturnValue:
    code = allowed_municipality(Permission.UNDO_IMPORT, request.form.get("municipality", ""))
    import_history.undo(works().engine, code, number, _actor(), _OWN)
    return redirect(url_for("importing.start", municipality=code), 303)
