"""What may be done to a report, from which state, and into which: one table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geodata.errors import Conflict
from geodata.vocabulary import State
from webmap.access import Permission


class Action(StrEnum):
    """An act of review."""

    ACCEPT = "accept"
    REJECT = "reject"
    DUPLICATE = "duplicate"
    EDIT = "edit"
    MOVE = "move"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Move:
    """Where an act leads, and what whoever does it must be allowed."""

    to: State
    permission: Permission = Permission.REVIEW_REPORTS


_OPEN = (State.NEW, State.ACCEPTED)
_REVIEWED = (*_OPEN, State.REJECTED, State.DUPLICATE)
CLOSING = frozenset({State.REJECTED, State.DUPLICATE, State.WITHDRAWN})
"""In these nothing more is going to happen with a report."""

MOVES: dict[tuple[State, Action], Move] = {
    **{(state, Action.ACCEPT): Move(State.ACCEPTED) for state in _REVIEWED if state != State.ACCEPTED},
    **{(state, Action.REJECT): Move(State.REJECTED) for state in _REVIEWED if state != State.REJECTED},
    **{(state, Action.DUPLICATE): Move(State.DUPLICATE) for state in _REVIEWED},
    **{(state, action): Move(state) for state in _REVIEWED for action in (Action.EDIT, Action.MOVE)},
    **{
        (state, Action.WITHDRAW): Move(State.WITHDRAWN, Permission.FOLLOW_REPORT)
        for state in State
        if state != State.WITHDRAWN
    },
}


def move_of(state: State, action: Action, permission: Permission) -> Move:
    """The move, for one who holds this permission. Raises Conflict `review.no_such_move`."""
    move = MOVES.get((state, action))
    if move is None or move.permission != permission:
        raise Conflict("review.no_such_move", "state")
    return move


def actions_from(state: State) -> frozenset[Action]:
    """What a reviewer may do to a report in this state."""
    return frozenset(
        action
        for (there, action), move in MOVES.items()
        if there == state and move.permission == Permission.REVIEW_REPORTS
    )
