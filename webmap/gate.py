"""The gate every view stands behind: its permission, who asks, and in which words to answer."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from flask import current_app, g

from geodata.errors import NotAllowed, NotFound
from webmap.access import PUBLIC, Permission, Viewer, may
from webmap.services.reading_log import note_read
from webmap.services.works import Works
from webmap.words import Words, words_for

P = ParamSpec("P")
R = TypeVar("R")


class LoginNeeded(NotAllowed):
    """Nobody is logged in, and somebody must be."""


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets a view be reached only by those who may; the view carries its permission for all to see."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def guarded(*arguments: P.args, **named: P.kwargs) -> R:
            if not may(viewer(), permission):
                raise refused()
            return view(*arguments, **named)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return wrap


def takes_files(most_bytes: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets a view be sent more than others are, by those who may reach it. Stands over `needs`."""

    def wrap(view: Callable[P, R]) -> Callable[P, R]:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return wrap


def without_token(view: Callable[P, R]) -> Callable[P, R]:
    """Lets machines call a view without a form's token. Stands over `needs`; for PUT alone, which no page of
    another site can have a browser send. A POST without it is for `by_bearer`.
    """
    view.is_without_token = True  # type: ignore[attr-defined]
    return view


def by_bearer(view: Callable[P, R]) -> Callable[P, R]:
    """Lets phones call a view without a form's token and without a cookie. Stands over `needs`.

    Who asks is told by what the request shows (a code, a token in its header) and by no cookie, so there is
    nothing that a page of another site could have a browser use; the view takes JSON alone, which such a page
    may not send either.
    """
    view.is_without_token = view.is_by_bearer = True  # type: ignore[attr-defined]
    return view


def refused() -> NotAllowed:
    """The fault of one who may not: to log in first, or to turn back."""
    return NotAllowed("access.refused") if viewer().is_known else LoginNeeded("access.login")


def viewer() -> Viewer:
    """Who asks."""
    return cast(Viewer, g.get("viewer", PUBLIC))


def words() -> Words:
    """The words of whoever asks."""
    return cast(Words, g.get("words") or words_for("sv"))


def say(sentence: str, **values: Any) -> str:
    """A sentence in the words of whoever asks."""
    return words()(sentence, **values)


def works() -> Works:
    """What this process works with, as whoever asks may see it."""
    return cast(Works, current_app.extensions["works"]).seen_by(viewer())


def allowed_municipality(permission: Permission, asked: str) -> str:
    """The municipality asked about, or the first in which the viewer may.

    One that may not be seen is not there: NotFound.
    """
    allowed = viewer().municipalities_for(permission)
    if not asked and allowed:
        return allowed[0]
    if asked not in allowed:
        raise NotFound("municipality.not_added", "municipality", code=asked[:8])
    return asked


def note(municipality: str, *what: *tuple[str, str, str]) -> None:
    """Write in the journal that whoever asks reads something. what: action, object type and object id."""
    note_read(works().engine, viewer(), municipality, *what)


def may_here(permission: Permission, municipality: str) -> bool:
    """Whether the viewer may do this there: a choice is shown only to those who have it."""
    return may(viewer(), permission, municipality)


def may_anywhere(permission: Permission) -> bool:
    """Whether the viewer may do this in any municipality."""
    return may(viewer(), permission)
