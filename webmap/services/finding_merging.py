"""Merging findings of a walk that say the same, by the review's own merging: one is kept, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Engine

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.queries.findings import KnownFinding
from geodata.vocabulary import Polarity, State
from webmap.services.actors import Actor
from webmap.services.finding_desk import FindingDesk
from webmap.services.review_moves import Action
from webmap.services.reviewing import Deed, Done, Stale, act_on_all

MERGEABLE = (State.NEW, State.ACCEPTED)


def merge(engine: Engine, desk: FindingDesk, chosen: Mapping[UUID, int], actor: Actor) -> Done:
    """Let one of the findings stand for all. chosen: their reports, each with the version looked at.

    Raises InvalidValue where they are fewer than two or of unlike signs, NotFound for one of another walk,
    Conflict `finding.two_decided` where a decision would be lost, and Stale for one that was changed since.
    """
    found = [each for each in desk.findings if each.report_uid in chosen]
    if len(found) < len(chosen):
        raise NotFound("finding.unknown", "")
    for each in found:
        if each.state not in MERGEABLE and each.report_uid is not None:
            raise Stale(each.report_uid)
    if len(found) < 2:
        raise InvalidValue("finding.merge_two", "")
    if len({each.polarity == Polarity.SAFE for each in found}) > 1:
        raise InvalidValue("finding.unlike", "")
    if sum(each.is_decided for each in found) > 1:
        raise Conflict("finding.two_decided", "")
    kept = kept_of(found)
    return act_on_all(engine, desk.home, actor, [_deed(each, kept, chosen) for each in found if each != kept])


def kept_of(findings: Sequence[KnownFinding]) -> KnownFinding:
    """The one to keep: that which is decided, else let through, else the one said to have come first."""
    return min(findings, key=lambda each: (not each.is_decided, not each.is_accepted, each.seq))


def _deed(merged: KnownFinding, kept: KnownFinding, chosen: Mapping[UUID, int]) -> Deed:
    if merged.report_uid is None or kept.report_uid is None:
        raise NotFound("finding.unknown", "")
    return Deed(merged.report_uid, chosen[merged.report_uid], Action.DUPLICATE, kept=kept.report_uid)
