"""A walk's form: what was typed, and how it differs from what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from werkzeug.datastructures import MultiDict

from geodata.hours import today
from geodata.queries.walks import KnownWalk
from geodata.vocabulary import Light, Theme, WalkRole
from webmap.services.walk_plan import WalkSaid, proposed_follow_up
from webmap.services.walk_planning import draft_again
from webmap.words import Words
from webmap.words.walk_labels import THEMES, WALK_LIGHTS, WALK_ROLES

_TEXTS = (
    *("title", "locality", "day", "starts", "meeting_place", "light"),
    *("premap_until", "follow_up_on", "follow_up_place"),
)
_USUAL_INVITED = frozenset({WalkRole.RESIDENT, WalkRole.YOUTH, WalkRole.ASSOCIATION, WalkRole.OFFICIAL})
_USUAL_START = "18.30"
_USUALLY_AHEAD = timedelta(days=21)


@dataclass(frozen=True)
class WalkForm:
    """As it came. Days as 2026-12-04, starts as 18.30. version: that was looked at."""

    title: str = ""
    locality: str = ""
    day: str = ""
    starts: str = ""
    meeting_place: str = ""
    light: str = Light.DARK.value
    premap_until: str = ""
    follow_up_on: str = ""
    follow_up_place: str = ""
    invited: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    is_ridden: bool = False
    version: int = 0

    @classmethod
    def blank(cls) -> WalkForm:
        """For a new walk, three weeks ahead."""
        day = today() + _USUALLY_AHEAD
        return cls(
            day=day.isoformat(),
            starts=_USUAL_START,
            premap_until=(day - timedelta(days=1)).isoformat(),
            follow_up_on=proposed_follow_up(day).isoformat(),
            invited=_USUAL_INVITED,
            themes=frozenset(Theme),
        )

    @classmethod
    def sent(cls, said: MultiDict[str, str]) -> WalkForm:
        """From the form."""
        texts = {name: said.get(name, "").strip()[:500] for name in _TEXTS}
        return cls(
            **texts,
            invited=frozenset(said.getlist("invited")),
            themes=frozenset(said.getlist("themes")),
            is_ridden=said.get("is_ridden") == "1",
            version=said.get("version", 0, type=int),
        )

    @classmethod
    def stored(cls, known: KnownWalk) -> WalkForm:
        """From what is stored."""
        return cls(
            known.title,
            known.locality,
            known.day.isoformat(),
            f"{known.starts:%H.%M}",
            known.meeting_place,
            known.light.value,
            known.premap_until.isoformat() if known.premap_until else "",
            known.follow_up_on.isoformat() if known.follow_up_on else "",
            known.follow_up_place,
            frozenset(known.invited),
            frozenset(known.themes),
            known.is_ridden,
            known.version,
        )

    @classmethod
    def again(cls, earlier: KnownWalk, words: Words) -> WalkForm:
        """For going a walk again."""
        title, day = draft_again(earlier, words)
        return replace(
            cls.stored(earlier),
            title=title,
            day=day.isoformat(),
            premap_until=(day - timedelta(days=1)).isoformat(),
            follow_up_on=proposed_follow_up(day).isoformat(),
            version=0,
        )

    def said(self) -> WalkSaid:
        """For the service to check, the meeting's position apart."""
        texts = {name: getattr(self, name) for name in _TEXTS}
        return WalkSaid(**texts, invited=self.invited, themes=self.themes, is_ridden=self.is_ridden)


def differences(form: WalkForm, known: KnownWalk, words: Words) -> list[tuple[str, str, str]]:
    """(what, as it is stored now, as it was typed) of everything that differs."""
    pairs = zip(_told(WalkForm.stored(known), words), _told(form, words), strict=True)
    return [(name, now, typed) for (name, now), (_, typed) in pairs if now != typed]


def _told(form: WalkForm, words: Words) -> Iterable[tuple[str, str]]:
    lights = {str(light): words(name) for light, name in WALK_LIGHTS.items()}
    roles = [words(name) for role, name in WALK_ROLES.items() if role in form.invited]
    themes = [words(name) for theme, name in THEMES.items() if theme in form.themes]
    return [
        (words("Namn"), form.title),
        (words("Ort"), form.locality),
        (words("Dag"), form.day),
        (words("Start"), form.starts),
        (words("Mötesplats"), form.meeting_place),
        (words("Ljus"), lights.get(form.light, form.light)),
        (words("Inbjudna"), ", ".join(roles)),
        (words("Checklista"), ", ".join(themes)),
        (words("Vi åker mellan stoppen"), words("ja") if form.is_ridden else words("nej")),
        (words("Kartan i förväg är öppen till"), form.premap_until),
        (words("Uppföljningsmöte"), form.follow_up_on),
        (words("Var uppföljningen hålls"), form.follow_up_place),
    ]
