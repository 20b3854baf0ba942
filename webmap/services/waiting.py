"""What waits for whoever is logged in, in plain words and with a way there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine

from geodata.hours import local, today
from geodata.queries.municipalities import Home, home
from geodata.queries.review_queue import waiting
from geodata.queries.waits import Waits, waits
from geodata.queries.walk_aside import unsettled_walks
from geodata.queries.walk_phones import WalkWaits, walk_waits
from geodata.tables.engine import reading
from geodata.vocabulary import ChoiceKey
from webmap.access import Permission, Viewer, may
from webmap.services import choices
from webmap.services.journal_watch import journal_state
from webmap.settings import Settings
from webmap.words import Words


@dataclass(frozen=True)
class Waiting:
    """Something to do. is_late: it should have been done already."""

    sentence: str
    address: str
    is_late: bool = False


def what_waits(engine: Engine, viewer: Viewer, words: Words, settings: Settings) -> list[Waiting]:
    """All that waits for somebody with the viewer's roles, municipality by municipality."""
    found = list(_journal(engine, viewer, words, settings))
    with reading(engine) as session:
        for code in viewer.roles:
            there = home(session, code)
            queue = waiting(session, there.id)
            gap = choices.number(session, there, ChoiceKey.PUBLISH_DAYS_BETWEEN)
            on_walks = walk_waits(session, there.id, today())
            teller = _Teller(there, viewer, words)
            found += teller.queue(*queue, on_walks.findings_to_review)
            found += teller.rest(waits(session, there.id), timedelta(days=gap))
            found += teller.walks(on_walks)
            found += teller.beside(unsettled_walks(session, there.id))
    return found


def _journal(engine: Engine, viewer: Viewer, words: Words, settings: Settings) -> Iterator[Waiting]:
    if may(viewer, Permission.SEE_JOURNAL) and journal_state(engine, settings).is_broken:
        yield Waiting(words("Journalen behöver ses över"), "/staff/journal", is_late=True)


@dataclass(frozen=True)
class _Teller:
    """Says what waits in one municipality."""

    home: Home
    viewer: Viewer
    words: Words

    def _may(self, permission: Permission) -> bool:
        return may(self.viewer, permission, self.home.code)

    def _to(self, address: str) -> str:
        return f"{address}?municipality={self.home.code}"

    def queue(self, count: int, oldest: datetime | None, found_on_walks: int) -> Iterator[Waiting]:
        """found_on_walks: how many of them are findings."""
        if not count or oldest is None or not self._may(Permission.REVIEW_REPORTS):
            return
        said = self.words.plural("%(n)s rapport att granska", "%(n)s rapporter att granska", count)
        if found_on_walks:
            walked = self.words.plural(
                "varav %(n)s från en vandring", "varav %(n)s från vandringar", found_on_walks
            )
            said = f"{said}, {walked}"
        age = self._age(local(oldest).date())
        yield Waiting(f"{said}, {age}", self._to("/staff/reports"))

    def _age(self, day: date) -> str:
        days = (today() - day).days
        if days < 1:
            return self.words("den äldsta kom i dag")
        return self.words.plural("den äldsta har väntat %(n)s dag", "den äldsta har väntat %(n)s dagar", days)

    def rest(self, found: Waits, gap: timedelta) -> Iterator[Waiting]:
        if self._may(Permission.EDIT_MEASURES):
            yield from self._late_measures(found.late_measures)
        if self._may(Permission.PUBLISH):
            yield from self._edition(found.edition_at, gap)
        if self._may(Permission.DISCLOSE):
            yield from self._disclosures(found)
        if self._may(Permission.APPROVE_DELETION):
            yield from self._proposed_runs(found.proposed_runs)
        if self._may(Permission.PROPOSE_DELETION):
            yield from self._approved_runs(found.approved_runs)

    def walks(self, found: WalkWaits) -> Iterator[Waiting]:
        if not self._may(Permission.SEE_WALKS):
            return
        for uid, title in found.today:
            yield Waiting(self.words("Vandring i dag: %(title)s", title=title), f"/staff/walks/{uid}")
        if self._may(Permission.FOLLOW_UP_WALKS):
            yield from self._follow_ups(found)

    def beside(self, found: list[tuple[UUID, str, int]]) -> Iterator[Waiting]:
        """found: the walks that something waits beside, and how much."""
        if not self._may(Permission.FOLLOW_UP_WALKS):
            return
        for uid, title, count in found:
            said = self.words.plural(
                "%(n)s ligger vid sidan: %(title)s", "%(n)s ligger vid sidan: %(title)s", count, title=title
            )
            yield Waiting(said, f"/staff/walks/{uid}/aside")

    def _follow_ups(self, found: WalkWaits) -> Iterator[Waiting]:
        for uid, title in found.due_meetings:
            said = self.words("Dags för uppföljningsmötet: %(title)s", title=title)
            yield Waiting(said, f"/staff/walks/{uid}", is_late=True)
        if found.late_findings:
            said = self.words.plural(
                "%(n)s åtgärd från en vandring är försenad",
                "%(n)s åtgärder från vandringar är försenade",
                found.late_findings,
            )
            yield Waiting(said, self._to("/staff/walks"), is_late=True)

    def _late_measures(self, count: int) -> Iterator[Waiting]:
        if count:
            said = self.words.plural("%(n)s åtgärd är försenad", "%(n)s åtgärder är försenade", count)
            yield Waiting(said, self._to("/staff/measures"), is_late=True)

    def _edition(self, made_at: datetime | None, gap: timedelta) -> Iterator[Waiting]:
        if made_at is None:
            yield Waiting(
                self.words("Den offentliga kartan är inte publicerad än"), self._to("/staff/editions")
            )
        elif datetime.now(UTC) - made_at >= gap:
            day = self.words.day(local(made_at).date())
            said = self.words("Den offentliga kartan är från %(day)s. Nu går det att göra en ny", day=day)
            yield Waiting(said, self._to("/staff/editions"))

    def _disclosures(self, found: Waits) -> Iterator[Waiting]:
        if found.open_disclosures:
            said = self.words.plural(
                "%(n)s utlämnande är påbörjat", "%(n)s utlämnanden är påbörjade", found.open_disclosures
            )
            yield Waiting(said, self._to("/staff/disclosures"))
        if found.marks_to_judge:
            said = self.words.plural(
                "%(n)s sekretessmarkering ska bedömas på nytt",
                "%(n)s sekretessmarkeringar ska bedömas på nytt",
                found.marks_to_judge,
            )
            yield Waiting(said, self._to("/staff/disclosures"))

    def _proposed_runs(self, count: int) -> Iterator[Waiting]:
        if count:
            said = self.words.plural(
                "%(n)s lista över gallring väntar på godkännande",
                "%(n)s listor över gallring väntar på godkännande",
                count,
            )
            yield Waiting(said, self._to("/staff/retention"))

    def _approved_runs(self, count: int) -> Iterator[Waiting]:
        if count:
            said = self.words.plural(
                "%(n)s godkänd gallring är inte gjord", "%(n)s godkända gallringar är inte gjorda", count
            )
            yield Waiting(said, self._to("/staff/retention"))
