"""A route as links and forms carry it: the points in order, how they are joined, and how to go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from geodata.vocabulary import RouteSource
from webmap.services.route_desk import Desk, RoutePoint
from webmap.services.route_making import LENGTHS_M, Plan, Routed

_UNDO_STEPS = 8
_SOURCES = {"streets": RouteSource.STREETS, "drawn": RouteSource.DRAWN}
_USUAL_M = LENGTHS_M[1]


@dataclass(frozen=True)
class RouteForm:
    """What a link or a form says. way: tokens, or None for the route as it is stored.

    before: the ways that can be gone back to, the last one last, each a way and how it was drawn.
    """

    way: tuple[str, ...] | None = None
    source: RouteSource | None = None
    is_round: bool = False
    length_m: int = _USUAL_M
    before: tuple[str, ...] = ()
    version: int = 0

    @classmethod
    def read(cls, said: MultiDict[str, str]) -> RouteForm:
        """From the query string or a form."""
        way, before = said.get("way"), said.get("before", "")
        return cls(
            None if way is None else tuple(part for part in way.split(",") if part),
            _SOURCES.get(said.get("by", "")),
            said.get("round") == "1",
            said.get("length", _USUAL_M, type=int),
            tuple(before.split("|")[-_UNDO_STEPS:]) if before else (),
            said.get("version", 0, type=int),
        )

    @classmethod
    def of(cls, made: Routed, before: tuple[str, ...], length_m: int = _USUAL_M) -> RouteForm:
        """As a route is now."""
        plan = made.plan
        tokens = tuple(point.token for point in plan.points)
        return cls(tokens, plan.source, plan.is_round, length_m, before)

    def before_with(self, plan: Plan) -> tuple[str, ...]:
        """What can be gone back to once something has been changed."""
        return (*self.before, _written(plan))[-_UNDO_STEPS:]


def _written(plan: Plan) -> str:
    by = "drawn" if plan.source == RouteSource.DRAWN else "streets"
    return f"{by};{int(plan.is_round)};{','.join(point.token for point in plan.points)}"


def with_token(plan: Plan, point: RoutePoint) -> Plan:
    """The plan with a point last."""
    return replace(plan, points=(*plan.points, point))


class Links:
    """Links from a plan to others, each of which can be gone back from."""

    def __init__(self, desk: Desk, form: RouteForm, plan: Plan) -> None:
        self._page, self._form, self._plan = f"/staff/walks/{desk.walk.uid}/map", form, plan
        self.fields = self._said(plan, form.before)
        self.here = f"{self._page}?{urlencode(self.fields)}"

    def to(self, plan: Plan) -> str:
        """The page with another plan."""
        return f"{self._page}?{urlencode(self._said(plan, self._form.before_with(self._plan)))}"

    def _said(self, plan: Plan, before: Sequence[str]) -> dict[str, str]:
        by, is_round, way = _written(plan).split(";")
        said = {"way": way, "by": by, "length": f"{self._form.length_m}"}
        said |= {"round": "1"} if is_round == "1" else {}
        return said | ({"before": "|".join(before)} if before else {})

    @property
    def undo(self) -> str:
        """The page as it was one step ago, or "" where there is none."""
        if not self._form.before:
            return ""
        *before, last = self._form.before
        by, _, rest = last.partition(";")
        is_round, _, way = rest.partition(";")
        said = {"way": way, "by": by, "length": f"{self._form.length_m}"}
        said |= {"round": "1"} if is_round == "1" else {}
        return f"{self._page}?{urlencode(said | ({'before': '|'.join(before)} if before else {}))}"
