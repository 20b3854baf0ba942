"""What municipality and police let each other see: the decisions there are, a new one, and ending one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from geodata.errors import Conflict, Fault, InvalidValue
from geodata.hours import today
from geodata.queries.municipalities import Home
from geodata.vocabulary import Kind, Owner
from webmap.access import DECIDERS, Permission, owners_decided_by
from webmap.gate import allowed_municipality, needs, viewer, words, works
from webmap.services import reception, sharing
from webmap.services.actors import Actor
from webmap.services.sharing import GROUNDS, PRECISIONS_M, SharingDraft
from webmap.services.sharing_table import as_csv, ground_as, places_as, rows_of, way_of

bp = Blueprint("sharing", __name__)

ADDRESS = "/staff/sharing"
OWN_WORDS = "own"
_TARGETS = {"kinds": "kinds", "precision_m": "precision", "ground": "grounds", "owner": "owners"}


@dataclass(frozen=True)
class SharingForm:
    """A decision as it was typed. ground: number of a ready provision, or `own`; own_ground: its words."""

    owner: str = ""
    kinds: tuple[str, ...] = ()
    precision_m: str = "0"
    ground: str = ""
    own_ground: str = ""

    @classmethod
    def sent(cls, form: MultiDict[str, str]) -> SharingForm:
        """From a form, not checked."""
        texts = {
            name: form.get(name, "").strip()[:400]
            for name in ("owner", "precision_m", "ground", "own_ground")
        }
        return cls(kinds=tuple(form.getlist("kinds"))[: len(Kind)], **texts)

    def draft(self, owners: list[Owner]) -> SharingDraft:
        """What is to be decided. owners: whose reports may be decided over. Raises InvalidValue."""
        owner = self.owner or (owners[0] if len(owners) == 1 else "")
        if owner not in owners:
            raise InvalidValue("sharing.no_owner", "owner")
        kinds = frozenset(kind for kind in Kind if kind.value in self.kinds)
        side = int(self.precision_m) if self.precision_m in map(str, PRECISIONS_M) else -1
        ready = dict(enumerate(GROUNDS, 1))
        number = int(self.ground) if self.ground in map(str, ready) else 0
        ground = self.own_ground if self.ground == OWN_WORDS else ready.get(number, "")
        return SharingDraft(Owner(owner), kinds, side, ground)


@bp.get(ADDRESS)
@needs(Permission.SHARE_ACROSS)
def show() -> ResponseReturnValue:
    return _page(_home(request.args.get("municipality", "")), SharingForm(), {})


@bp.get(f"{ADDRESS}.csv")
@needs(Permission.SHARE_ACROSS)
def as_file() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    rows = rows_of(sharing.all_of(works().engine, home), words())
    answer = Response(as_csv(rows, words()), mimetype="text/csv")
    name = f"tryggkarta-delningar-{home.code}-{today()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@bp.post(ADDRESS)
@needs(Permission.SHARE_ACROSS)
def begin() -> ResponseReturnValue:
    home, form = _home(request.form.get("municipality", "")), SharingForm.sent(request.form)
    try:
        draft = form.draft(_owners(home))
        sharing.begin(works().engine, home, draft, _actor(draft.owner))
    except InvalidValue as fault:
        return _page(home, form, _said(fault)), 422
    except Conflict as fault:
        return _page(home, form, _said(fault)), 409
    return redirect(f"{ADDRESS}?municipality={home.code}", 303)


@bp.post(f"{ADDRESS}/<uuid:uid>/end")
@needs(Permission.SHARE_ACROSS)
def end(uid: UUID) -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    owners = _owners(home)
    try:
        sharing.end(works().engine, home, uid, owners, _actor(owners[0]))
    except Conflict as fault:
        return _page(home, SharingForm(), {"": words().fault(fault)}), 409
    return redirect(f"{ADDRESS}?municipality={home.code}", 303)


def _home(asked: str) -> Home:
    code = allowed_municipality(Permission.SHARE_ACROSS, asked)
    return next(iter(reception.homes_by_code(works().engine, [code])))


def _owners(home: Home) -> list[Owner]:
    return owners_decided_by(viewer(), home.code)


def _actor(owner: Owner) -> Actor:
    return Actor(viewer().user_id, DECIDERS[owner])


def _said(fault: Fault) -> dict[str, str]:
    return {fault.field: words().fault(fault)}


def _page(home: Home, form: SharingForm, problems: dict[str, str]) -> str:
    say, owners = words(), _owners(home)
    rows = rows_of(sharing.all_of(works().engine, home), say)
    codes = viewer().municipalities_for(Permission.SHARE_ACROSS)
    return render_template(
        "sharing/show.html",
        code=home.code,
        homes=reception.homes_by_code(works().engine, codes),
        municipality_name=say.municipality(home.name),
        current=[row for row in rows if row.known.is_in_force],
        ended=[row for row in rows if not row.known.is_in_force],
        mine=owners,
        owners=[(each.value, way_of(each, say), form.owner == each) for each in owners],
        kinds=[(each.value, say.label(each), each in form.kinds) for each in Kind],
        precisions=[
            (f"{side}", places_as(side, say), form.precision_m == f"{side}") for side in PRECISIONS_M
        ],
        grounds=[
            (f"{number}", ground_as(ground, say), form.ground == f"{number}")
            for number, ground in enumerate(GROUNDS, 1)
        ],
        form=form,
        problems=problems,
        targets=_TARGETS,
        csv_link=f"{ADDRESS}.csv?municipality={home.code}",
    )
