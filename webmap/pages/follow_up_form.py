"""The form of the follow-up meeting: what was typed, what is stored, and how they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from werkzeug.datastructures import MultiDict

from geodata.queries.findings import KnownFinding
from geodata.vocabulary import FindingState, LandOwner
from webmap.pages.review_form import uid_in
from webmap.services.finding_words import cost_words
from webmap.services.follow_up_draft import FollowUpDraft, FollowUpSaid, usual_day
from webmap.services.following_up import Decision
from webmap.words import Words
from webmap.words.labels import N_
from webmap.words.walk_labels import FINDING_STATES, LAND_OWNERS

STATES = {
    FindingState.REVIEWED: N_("Inte beslutat än"),
    FindingState.ASSIGNED: FINDING_STATES[FindingState.ASSIGNED],
    FindingState.PLANNED: FINDING_STATES[FindingState.PLANNED],
    FindingState.DONE: FINDING_STATES[FindingState.DONE],
    FindingState.NOT_POSSIBLE: FINDING_STATES[FindingState.NOT_POSSIBLE],
}
TOLD = {
    "state": N_("Beslut"),
    "words": N_("Ord i protokollet"),
    "action": N_("Vad görs?"),
    "unit": N_("Ansvarig enhet"),
    "land_owner": N_("Markägare"),
    "cost": N_("Kostnadsdrivande"),
    "due": N_("Klart senast"),
    "done": N_("Klart den"),
    "reason": N_("Varför inte?"),
}
"""What the form asks, by the names it sends."""
_COSTS = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True)
class FollowUpForm:
    """The fields as typed or as stored. also: other findings that get the same decision, uid to version."""

    said: FollowUpSaid
    version: int = 0
    also: Mapping[UUID, int] | None = None

    @classmethod
    def stored(cls, finding: KnownFinding) -> FollowUpForm:
        """As it is stored; nothing is filled in beforehand."""
        known = finding.follow_up
        if known is None:
            return cls(FollowUpSaid())
        said = FollowUpSaid(
            state=known.state if known.state in STATES else FindingState.REVIEWED,
            words=known.words,
            unit=known.unit,
            land_owner=known.land_owner,
            cost=_COSTS[known.is_cost_driving],
            action=known.action,
            due=known.due.isoformat() if known.due else "",
            done=known.done.isoformat() if known.done else "",
            reason=known.reason,
        )
        return cls(said, known.version)

    def proposing(self, now: date) -> FollowUpForm:
        """With the usual day filled in where there is none, for whoever decides to see and change."""
        day = "" if self.said.due else usual_day(now).isoformat()
        return replace(self, said=replace(self.said, due=self.said.due or day, proposed=day))

    @classmethod
    def sent(cls, given: MultiDict[str, str]) -> FollowUpForm:
        """As it was typed."""
        typed = {name: given.get(name, "") for name in (*TOLD, "proposed")}
        land = typed["land_owner"] or LandOwner.UNKNOWN.value
        also = dict(_named(each) for each in given.getlist("also"))
        return cls(
            FollowUpSaid(**typed | {"land_owner": land}, is_read=given.get("is_read") == "1"),
            _number(given.get("version", "")),
            {uid: version for uid, version in also.items() if uid is not None},
        )

    def decisions(
        self, finding: KnownFinding, others: Sequence[KnownFinding], draft: FollowUpDraft
    ) -> list[Decision]:
        """The decision on the finding, and the same on those chosen with it, which keep their own words."""
        chosen = self.also or {}
        return [
            Decision(finding.uid, self.version, draft),
            *(
                Decision(each.uid, chosen[each.uid], replace(draft, words=each.words))
                for each in others
                if each.uid in chosen and each.uid != finding.uid
            ),
        ]


def _named(text: str) -> tuple[UUID | None, int]:
    uid, _, version = text.partition(":")
    return uid_in(uid), _number(version)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def differences(form: FollowUpForm, finding: KnownFinding, words: Words) -> list[tuple[str, str, str]]:
    """(what, as it is stored now, as it was typed) of everything that differs."""
    now, typed = FollowUpForm.stored(finding).said, form.said
    told = [
        (words(label), _value(name, now, words), _value(name, typed, words)) for name, label in TOLD.items()
    ]
    return [each for each in told if each[1] != each[2]]


def _value(name: str, said: FollowUpSaid, words: Words) -> str:
    text = str(said.promised if name == "due" else getattr(said, name))
    if name == "state" and text in list(FindingState):
        return words(FINDING_STATES[FindingState(text)])
    if name == "land_owner" and text in list(LandOwner):
        return words(LAND_OWNERS[LandOwner(text)])
    if name == "cost":
        return cost_words({"yes": True, "no": False}.get(text), words)
    return text
