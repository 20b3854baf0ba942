"""What the municipality chooses for itself: who to turn to, and how finely it publishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from geodata.errors import Conflict
from geodata.queries.municipalities import Home
from geodata.vocabulary import CHOICES, ChoiceKey
from webmap.access import Permission, Role
from webmap.gate import allowed_municipality, needs, viewer, words, works
from webmap.services import choices, reception
from webmap.services.actors import Actor
from webmap.services.choice_words import GROUPS, hint_of, is_number, label_of, options_of, value_words
from webmap.services.sayings import Refused

bp = Blueprint("choices", __name__)

ADDRESS = "/admin/settings"
KEYS = tuple(key for group in GROUPS.values() for key in group)
LONGEST_TYPED = 400


@dataclass(frozen=True)
class Field:
    """A choice as a form shows it. options: value and word, where only some go."""

    key: ChoiceKey
    label: str
    hint: str
    value: str
    type: str
    default: str
    options: tuple[tuple[str, str], ...] = ()


Differing = list[tuple[str, str, str]]


@bp.get(ADDRESS)
@needs(Permission.MANAGE_CHOICES)
def show() -> ResponseReturnValue:
    home = _home(request.args.get("municipality", ""))
    return _page(home, _stored(home), is_saved=request.args.get("saved") == "1")


@bp.post(ADDRESS)
@needs(Permission.MANAGE_CHOICES)
def change() -> ResponseReturnValue:
    home = _home(request.form.get("municipality", ""))
    typed = {key: request.form.get(key, "")[:LONGEST_TYPED] for key in KEYS if key in request.form}
    try:
        actor = Actor(viewer().user_id, Role.ADMIN)
        choices.change(works().engine, home, typed, request.form.get("version", ""), actor)
    except Refused as refused:
        problems = {fault.field: words().fault(fault) for fault in refused.faults}
        return _page(home, _over(home, typed), problems), 422
    except Conflict:
        return _page(home, _over(home, typed), differs=_differing(home, typed)), 409
    return redirect(f"{ADDRESS}?municipality={home.code}&saved=1", 303)


def _home(asked: str) -> Home:
    code = allowed_municipality(Permission.MANAGE_CHOICES, asked)
    return next(home for home in _homes() if home.code == code)


def _homes() -> list[Home]:
    return reception.homes_by_code(works().engine, viewer().municipalities_for(Permission.MANAGE_CHOICES))


def _stored(home: Home) -> dict[ChoiceKey, str]:
    chosen = choices.municipality_choices(works().engine, home)
    return {key: chosen[key] for key in KEYS}


def _over(home: Home, typed: Mapping[ChoiceKey, str]) -> dict[ChoiceKey, str]:
    return {**_stored(home), **typed}


def _differing(home: Home, typed: Mapping[ChoiceKey, str]) -> Differing:
    """(what, as it is stored now, as it was typed) of everything that differs."""
    now, say = _stored(home), words()
    return [
        (label_of(key, say), value_words(key, now[key], say), value_words(key, text, say))
        for key, text in typed.items()
        if text.strip() != now[key]
    ]


def _field(key: ChoiceKey, value: str) -> Field:
    say, rule = words(), CHOICES[key]
    kind = "number" if is_number(key) else rule.form.value
    return Field(key, label_of(key, say), hint_of(key, say), value, kind, rule.default, options_of(key, say))


def _page(
    home: Home,
    shown: Mapping[ChoiceKey, str],
    problems: Mapping[str, str] | None = None,
    differs: Differing | None = None,
    is_saved: bool = False,
) -> str:
    say, stored = words(), _stored(home)
    needed = (ChoiceKey.CONTACT_EMAIL, ChoiceKey.CONTROLLER_NAME, ChoiceKey.DATA_OFFICER_EMAIL)
    return render_template(
        "admin/settings.html",
        groups=[(say(name), [_field(key, shown[key]) for key in keys]) for name, keys in GROUPS.items()],
        missing=[label_of(key, say) for key in needed if not stored[key]],
        version=choices.version_of(stored),
        problems=problems or {},
        differs=differs,
        is_saved=is_saved,
        code=home.code,
        homes=_homes(),
        municipality_name=say.municipality(home.name),
    )
