"""The staff's own start: what waits for me, and every room I may enter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webmap.access import Permission
from webmap.gate import may_anywhere, needs, say, viewer, words, works
from webmap.services.waiting import what_waits
from webmap.words.labels import N_

bp = Blueprint("staff_start", __name__)


@dataclass(frozen=True)
class Room:
    """A page to go to. says: what one does there."""

    address: str
    title: str
    says: str
    permission: Permission


FLOORS: dict[str, tuple[Room, ...]] = {
    N_("Kartan och rapporterna"): (
        Room("/staff/map", N_("Karta"), N_("Var och när det känns otryggt"), Permission.SEE_MAP),
        Room(
            "/staff/reports",
            N_("Granska"),
            N_("Läs och svara på det som har kommit in"),
            Permission.REVIEW_REPORTS,
        ),
        Room(
            "/staff/reports/new",
            N_("Skriv in en rapport"),
            N_("Åt någon som ringer eller kommer förbi"),
            Permission.ENTER_REPORTS,
        ),
        Room(
            "/staff/reports/batch",
            N_("Skriv in från ett möte"),
            N_("Många rapporter från samma kväll"),
            Permission.ENTER_REPORTS,
        ),
        Room(
            "/staff/measures",
            N_("Åtgärder"),
            N_("Vad som görs, av vem och till när"),
            Permission.EDIT_MEASURES,
        ),
        Room(
            "/staff/walks",
            N_("Vandringar"),
            N_("Planera, gå och följ upp tätortsvandringar"),
            Permission.SEE_WALKS,
        ),
        Room("/staff/import", N_("Import"), N_("Läs in rapporter från en fil"), Permission.IMPORT_FILES),
        Room(
            "/staff/areas", N_("Underlag"), N_("Gator, hus och ortnamn till kartan"), Permission.IMPORT_AREAS
        ),
    ),
    N_("Det som alla ser"): (
        Room("/", N_("Startsidan"), N_("Så ser den ut för alla"), Permission.SEE_PUBLIC),
        Room("/table", N_("Tabellen"), N_("Den offentliga kartan i ord"), Permission.SEE_PUBLIC),
        Room("/staff/editions", N_("Offentliga kartan"), N_("Gör en ny utgåva"), Permission.PUBLISH),
    ),
    N_("Ordning"): (
        Room(
            "/staff/sharing",
            N_("Delning"),
            N_("Vad kommunen och polisen visar varandra"),
            Permission.SHARE_ACROSS,
        ),
        Room(
            "/staff/disclosures",
            N_("Utlämnande"),
            N_("När någon begär att få se handlingar"),
            Permission.DISCLOSE,
        ),
        Room("/staff/registry", N_("Diarium"), N_("Numret på varje handling"), Permission.DISCLOSE),
        Room("/staff/retention", N_("Gallring"), N_("Hur länge något sparas"), Permission.PROPOSE_DELETION),
        Room("/staff/retention", N_("Gallring"), N_("Hur länge något sparas"), Permission.APPROVE_DELETION),
        Room("/staff/journal", N_("Journal"), N_("Vem som har gjort vad, och när"), Permission.SEE_JOURNAL),
    ),
    N_("Förvaltning"): (
        Room("/admin/users", N_("Konton"), N_("Vilka som kommer in, och som vad"), Permission.MANAGE_USERS),
        Room(
            "/admin/settings",
            N_("Inställningar"),
            N_("Kontakt, dataskydd och publicering"),
            Permission.MANAGE_CHOICES,
        ),
        Room("/account", N_("Mitt konto"), N_("Lösenord, koder och inloggningar"), Permission.SEE_SELF),
    ),
}


@bp.get("/staff/")
@needs(Permission.SEE_STAFF_START)
def show() -> ResponseReturnValue:
    waits = what_waits(works().engine, viewer(), words(), works().settings)
    floors = [(say(title), list(_open(rooms))) for title, rooms in FLOORS.items()]
    return render_template("staff/start.html", waits=waits, floors=[each for each in floors if each[1]])


def _open(rooms: tuple[Room, ...]) -> Iterator[Room]:
    """Those the viewer may enter, each address once, in their words."""
    seen: set[str] = set()
    for room in rooms:
        if room.address not in seen and may_anywhere(room.permission):
            seen.add(room.address)
            yield Room(room.address, say(room.title), say(room.says), room.permission)
