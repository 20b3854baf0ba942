"""Rules, holds and runs as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.hours import local
from geodata.queries.holds import KnownHold
from geodata.queries.retention_runs import APPROVED, DUE, HELD, PROPOSED, KnownItem, KnownRun
from geodata.vocabulary.keeping import WHOLE_REPORTS
from webmap.access import Permission, Role
from webmap.gate import viewer
from webmap.services.actors import Actor
from webmap.services.retention_list import Tally
from webmap.services.retention_words import decision_words, outcome_word, record_word, rule_words, state_word
from webmap.words import Words


def actor_for(permission: Permission) -> Actor:
    """Whoever asks, in the role that lets them."""
    role = Role.ADMIN if permission == Permission.APPROVE_DELETION else Role.COORDINATOR
    return Actor(viewer().user_id, role)


@dataclass(frozen=True)
class RuleRow:
    """A rule in words, and how much is due by it."""

    uid: str
    version: int
    sentence: str
    decision: str
    acts: bool
    due: str
    held: str

    @classmethod
    def of(cls, tally: Tally, words: Words) -> RuleRow:
        """As the list shows it."""
        rule = tally.rule
        return cls(
            str(rule.uid),
            rule.version,
            rule_words(rule.term, words),
            decision_words(rule.decision, words),
            rule.acts,
            words.number(tally.due) if rule.acts else "–",
            words.number(tally.held) if tally.held else "–",
        )


@dataclass(frozen=True)
class HoldRow:
    """A hold in words. link: to the report that is held, or ""."""

    uid: str
    what: str
    object_id: str
    link: str
    reason: str
    set_on: str
    lifted_on: str

    @classmethod
    def of(cls, hold: KnownHold, words: Words) -> HoldRow:
        """As the list shows it."""
        is_report = hold.object_id and hold.record.value.endswith("report")
        return cls(
            str(hold.uid),
            record_word(hold.record, words),
            hold.object_id,
            f"/staff/reports/{hold.object_id}" if is_report else "",
            hold.reason,
            words.day(local(hold.set_at).date()),
            words.day(local(hold.lifted_at).date()) if hold.lifted_at else "",
        )


@dataclass(frozen=True)
class RunRow:
    """A run in words."""

    uid: str
    day: str
    state: str
    word: str
    proposed_by: str
    approved_by: str
    done_on: str

    @classmethod
    def of(cls, run: KnownRun, words: Words) -> RunRow:
        """As the list shows it."""
        return cls(
            str(run.uid),
            words.day(local(run.proposed_at).date()),
            run.state,
            state_word(run.state, words),
            run.names[0] or words("Kommandoraden"),
            run.names[1],
            words.day(local(run.done_at).date()) if run.done_at else "",
        )

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return self.state in (PROPOSED, APPROVED)


@dataclass(frozen=True)
class ItemRow:
    """An object on a list in words. link: to its page, where it still has one, or ""."""

    what: str
    record: str
    object_id: str
    link: str
    day: str
    outcome: str
    is_due: bool

    @classmethod
    def of(cls, item: KnownItem, words: Words) -> ItemRow:
        """As the list shows it."""
        is_here = item.record in WHOLE_REPORTS and item.outcome in (DUE, HELD)
        return cls(
            record_word(item.record, words),
            item.record.value,
            item.object_id,
            f"/staff/reports/{item.object_id}" if is_here else "",
            words.day(item.due_on),
            outcome_word(item.outcome, words),
            item.outcome == DUE,
        )
