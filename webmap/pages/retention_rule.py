"""A rule of how long something is kept: read in words before it is stored, changed, and stopped."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict, Fault, NotFound
from geodata.queries.municipalities import Home
from geodata.vocabulary.keeping import TRIGGERS
from webmap.access import Permission
from webmap.gate import needs, words, works
from webmap.pages.retention import ADDRESS, home_of, homes
from webmap.pages.retention_view import actor_for
from webmap.services import retention_rules
from webmap.services.retention_rules import KnownRule, RuleDraft, RuleSaid
from webmap.services.retention_words import decision_words, event_words, record_word, rule_words
from webmap.services.sayings import Refused

bp = Blueprint("retention_rule", __name__)

_FIELDS = ("which", "years", "days", "decision")


@bp.get(f"{ADDRESS}/rules/new")
@needs(Permission.PROPOSE_DELETION)
def begin() -> ResponseReturnValue:
    home = home_of(Permission.PROPOSE_DELETION, request.args.get("municipality", ""))
    return _page(home, RuleSaid())


@bp.post(f"{ADDRESS}/rules/new")
@needs(Permission.PROPOSE_DELETION)
def create() -> ResponseReturnValue:
    home = home_of(Permission.PROPOSE_DELETION, request.form.get("municipality", ""))
    said = _sent()
    try:
        draft = retention_rules.draft_of(said)
        if "preview" in request.form:
            return _page(home, said, preview=draft)
        retention_rules.create(works().engine, home, draft, actor_for(Permission.PROPOSE_DELETION))
    except (Refused, Conflict) as fault:
        return _page(home, said, problems=_problems(fault)), 422
    return redirect(f"{ADDRESS}?municipality={home.code}#rules", 303)


@bp.get(f"{ADDRESS}/rules/<uuid:uid>")
@needs(Permission.PROPOSE_DELETION)
def look(uid: UUID) -> ResponseReturnValue:
    home, known = _known(uid)
    return _page(home, _stored(known), known)


@bp.post(f"{ADDRESS}/rules/<uuid:uid>")
@needs(Permission.PROPOSE_DELETION)
def change(uid: UUID) -> ResponseReturnValue:
    home, known = _known(uid)
    said, actor = _sent(), actor_for(Permission.PROPOSE_DELETION)
    try:
        draft = retention_rules.draft_of(said)
        if "preview" in request.form:
            return _page(home, said, known, preview=draft)
        retention_rules.change(works().engine, home, (uid, _version()), draft, actor)
    except Refused as refused:
        return _page(home, said, known, problems=_problems(refused)), 422
    except Conflict as fault:
        now = _known(uid)[1]
        shown = said if fault.code == "rule.exists" else _stored(now)
        return _page(home, shown, now, problems=_problems(fault)), 409
    return redirect(f"{ADDRESS}?municipality={home.code}#rules", 303)


@bp.post(f"{ADDRESS}/rules/<uuid:uid>/stop")
@needs(Permission.PROPOSE_DELETION)
def stop(uid: UUID) -> ResponseReturnValue:
    home, known = _known(uid)
    try:
        actor = actor_for(Permission.PROPOSE_DELETION)
        retention_rules.stop(works().engine, home, (uid, _version()), actor)
    except Conflict as fault:
        return _page(home, _stored(known), known, problems=_problems(fault)), 409
    return redirect(f"{ADDRESS}?municipality={home.code}#rules", 303)


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _sent() -> RuleSaid:
    return RuleSaid(*(request.form.get(name, "")[:200] for name in _FIELDS))


def _stored(rule: KnownRule) -> RuleSaid:
    term = rule.term
    years, days = (str(count) if count else "" for count in (term.years, term.days))
    return RuleSaid(f"{term.record}:{term.after}", years, days, rule.decision)


def _known(uid: UUID) -> tuple[Home, KnownRule]:
    for home in homes(Permission.PROPOSE_DELETION):
        try:
            return home, retention_rules.one(works().engine, home, uid)
        except NotFound:
            continue
    raise NotFound("rule.unknown", "rule")


def _problems(fault: Refused | Fault) -> dict[str, str]:
    faults = fault.faults if isinstance(fault, Refused) else [fault]
    return {each.field: words().fault(each) for each in faults}


def _page(
    home: Home,
    said: RuleSaid,
    known: KnownRule | None = None,
    problems: dict[str, str] | None = None,
    preview: RuleDraft | None = None,
) -> str:
    say = words()
    groups = [
        (
            record_word(record, say),
            [(f"{record}:{after}", event_words(record, after, say)) for after in triggers],
        )
        for record, triggers in TRIGGERS.items()
    ]
    return render_template(
        "retention/rule.html",
        code=home.code,
        municipality_name=say.municipality(home.name),
        said=said,
        known=known,
        groups=groups,
        problems=problems or {},
        preview=(rule_words(preview.term, say), decision_words(preview.decision, say)) if preview else None,
    )
