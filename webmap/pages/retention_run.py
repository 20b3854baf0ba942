"""A list of what is due: approved by somebody else, carried out, and its protocol for good."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, NotAllowed, NotFound
from geodata.hours import local
from geodata.queries.municipalities import Home
from geodata.queries.retention_runs import APPROVED, DELETED, DONE, DUE, GONE, HELD, PROPOSED, KnownRun
from webmap.access import Permission
from webmap.gate import may_here, needs, viewer, words, works
from webmap.maps.protocol import print_protocol
from webmap.pages.retention import ADDRESS, csv_file, homes
from webmap.pages.retention_view import ItemRow, RunRow, actor_for
from webmap.services import retention, retention_run
from webmap.services.reading_log import note_read
from webmap.services.reception import is_demo
from webmap.services.retention_protocol import decisions_of, protocol_words, rule_lines
from webmap.services.retention_table import items_csv

bp = Blueprint("retention_run", __name__)

_ROOT = f"{ADDRESS}/runs/<uuid:uid>"
_MOST_SHOWN = 200
_PATIENCE_S = 20.0


@bp.get(_ROOT)
@needs(Permission.SEE_RETENTION)
def show(uid: UUID) -> ResponseReturnValue:
    return _page(*_known(Permission.SEE_RETENTION, uid))


@bp.get(f"{_ROOT}.csv")
@needs(Permission.SEE_RETENTION)
def as_file(uid: UUID) -> Response:
    home, run = _known(Permission.SEE_RETENTION, uid)
    note_read(works().engine, viewer(), home.code, "retention.export", "retention_run", str(uid))
    rows = items_csv(retention.items(works().engine, run), decisions_of(run), words())
    return csv_file(rows, f"gallring-{home.code}-{run.as_of}.csv")


@bp.get(f"{_ROOT}.pdf")
@needs(Permission.SEE_RETENTION)
def as_sheet(uid: UUID) -> Response:
    home, run = _known(Permission.SEE_RETENTION, uid)
    if run.state != DONE:
        raise NotFound("retention.unknown", "run")
    said = protocol_words(works().engine, home, run, words()) | {
        "demo": words()("Påhittade exempeldata") if is_demo(works().engine) else ""
    }
    answer = Response(print_protocol(said), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="gallring-{home.code}-{run.as_of}.pdf"'
    return answer


@bp.post(f"{_ROOT}/approve")
@needs(Permission.APPROVE_DELETION)
def approve(uid: UUID) -> ResponseReturnValue:
    home, run = _known(Permission.APPROVE_DELETION, uid)
    version, digest = request.form.get("version", 0, type=int), request.form.get("digest", "")
    actor = actor_for(Permission.APPROVE_DELETION)
    try:
        retention.approve(works().engine, home, (uid, version), digest, actor)
    except (Conflict, NotAllowed) as fault:
        return _page(home, run, {"": words().fault(fault)}), 409
    return redirect(f"{ADDRESS}/runs/{uid}", 303)


@bp.post(f"{_ROOT}/cancel")
@needs(Permission.PROPOSE_DELETION)
def cancel(uid: UUID) -> ResponseReturnValue:
    home, run = _known(Permission.PROPOSE_DELETION, uid)
    try:
        retention.cancel(works().engine, home, uid, actor_for(Permission.PROPOSE_DELETION))
    except Conflict as fault:
        return _page(home, run, {"": words().fault(fault)}), 409
    return redirect(f"{ADDRESS}?municipality={home.code}", 303)


@bp.post(f"{_ROOT}/run")
@needs(Permission.PROPOSE_DELETION)
def carry_out(uid: UUID) -> ResponseReturnValue:
    home, run = _known(Permission.PROPOSE_DELETION, uid)
    actor = actor_for(Permission.PROPOSE_DELETION)
    try:
        retention_run.carry_out(works().engine, works().settings, (home, uid), actor, _PATIENCE_S)
    except Conflict as fault:
        return _page(home, run, {"": words().fault(fault)}), 409
    return redirect(f"{ADDRESS}/runs/{uid}", 303)


def _known(permission: Permission, uid: UUID) -> tuple[Home, KnownRun]:
    for home in homes(permission):
        try:
            return home, retention.one(works().engine, home, uid)
        except NotFound:
            continue
    raise NotFound("retention.unknown", "run")


def _page(home: Home, run: KnownRun, problems: dict[str, str] | None = None) -> str:
    say, engine = words(), works().engine
    counts = retention.counts(engine, run)
    items = retention.items(engine, run, _MOST_SHOWN)
    sums = {
        each: sum(n for (_, found), n in counts.items() if found == each)
        for each in (DUE, HELD, DELETED, GONE)
    }
    return render_template(
        "retention/run.html",
        code=home.code,
        words_number=say.number,
        municipality_name=say.municipality(home.name),
        run=RunRow.of(run, say),
        version=run.version,
        digest=run.digest,
        step={PROPOSED: 2, APPROVED: 3, DONE: 4}.get(run.state, 0),
        is_begun=sums[DELETED] + sums[GONE] > 0,
        sums=sums,
        total=sum(sums.values()),
        lines=rule_lines(run, counts, say),
        items=[ItemRow.of(item, say) for item in items],
        idle=run.protocol["without_decision"],
        is_own=viewer().user_id is not None and viewer().user_id == run.by[0],
        may_propose=may_here(Permission.PROPOSE_DELETION, home.code),
        may_approve=may_here(Permission.APPROVE_DELETION, home.code),
        may_review=may_here(Permission.REVIEW_REPORTS, home.code),
        approved_on=say.day(local(run.approved_at).date()) if run.approved_at else "",
        backup_days=retention_run.BACKUP_DAYS,
        problems=problems or {},
    )
