"""A database in which people have said nothing but attacks, and staff have answered with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from geodata.queries.municipalities import Home, home
from geodata.queries.people import user_by_email
from geodata.tables import Contact, Reply, Report
from geodata.tables.engine import make_engine, reading, writing
from geodata.vocabulary import Origin, Stage, State
from tests.browser.attacks import ATTACKS
from tests.browser.site import COORDINATOR, House
from tests.geodata.exchange.pictures import picture, told
from webmap.services import measures, occasions, photos, receipts
from webmap.services.actors import Actor
from webmap.services.measures import MeasureSaid
from webmap.services.occasions import OccasionDraft
from webmap.services.receiving import Arrival, receive_all
from webmap.services.sayings import Saying, draft_of
from webmap.settings import Settings

CODE = "1470"
WHERE = {"type": "Point", "coordinates": [12.9533, 58.2627]}
SAID = tuple(enumerate(ATTACKS))


@dataclass(frozen=True)
class Poisoned:
    """What there is to look at: a report for each attack with its receipt, and one id of every other kind."""

    codes: dict[UUID, str]
    measure: UUID
    occasion: UUID
    photo: UUID

    @property
    def reports(self) -> list[UUID]:
        return list(self.codes)


def uid_of(number: int) -> UUID:
    """The id of the report that says an attack."""
    return UUID(int=0xA77AC << 80 | number, version=4)


def poison_people(house: House) -> Poisoned:
    """Every attack as words, place and address of a report, as its answer, and as measure and meeting."""
    settings = Settings(data_dir=str(house.folder))
    engine = make_engine(f"sqlite:///{house.database}")
    with reading(engine) as session:
        there, staff = home(session, CODE), user_by_email(session, COORDINATOR)
    assert staff is not None
    actor = Actor(staff.id, "coordinator")
    meetings = _meetings(engine, there, actor)
    photo = UUID(int=0x9607, version=4)
    photos.store(engine, settings.photos_folder, photo, told(picture()))
    arrivals = [_arrival(there, number, meetings[number], photo) for number, _ in SAID]
    stored = receive_all(engine, there, arrivals, settings.secret())
    with writing(engine) as session:
        for number, attack in SAID:
            _answer(session, uid_of(number), attack, number)
    measure = _measures(engine, there, actor)
    engine.dispose()
    codes = {each.uid: receipts.spelled(each.code) for each in stored}
    return Poisoned(codes, measure, meetings[0], photo)


def _arrival(there: Home, number: int, meeting: UUID, photo: UUID) -> Arrival:
    attack = ATTACKS[number]
    place = WHERE if number % 3 else None
    voice = occasions.voice_of(meeting) if number % 2 else "ab" * 16
    saying = Saying(uid_of(number), text=f"{attack} {attack}", place=place, place_text=attack, voice=voice)
    return Arrival(draft_of(there, saying), photos=() if number else (photo,))


def _answer(session: Session, uid: UUID, attack: str, number: int) -> None:
    """What forms would refuse is written all the same: the pages must stand whatever is there."""
    report = session.scalars(select(Report).where(Report.uid == uid)).one()
    changed = {"public_text": attack, "source_category": attack}
    if number % 4 == 0:
        changed |= {"state": State.ACCEPTED}
    session.execute(update(Report).where(Report.id == report.id).values(changed))
    at, later = report.created_at, report.created_at + timedelta(days=30)
    said = {"stage": Stage.WITH_RESPONSIBLE, "text": attack, "at": at}
    session.add(Reply(uid=UUID(int=number + 1), report_id=report.id, **said))
    kept = {"email": f"{attack}@{attack}", "language": "sv", "created_at": at, "delete_after": later}
    session.add(Contact(report_id=report.id, **kept))


def _measures(engine: Engine, there: Home, actor: Actor) -> UUID:
    made = []
    for attack in ATTACKS:
        said = MeasureSaid(title=attack, responsible=attack, reason=attack, state="not_possible", place=WHERE)
        made.append(measures.create(engine, there, measures.draft_of(there, said), actor))
        measures.publish(engine, there, (made[-1], 1), actor, is_published=True)
    return made[0]


def _meetings(engine: Engine, there: Home, actor: Actor) -> list[UUID]:
    day = date(2025, 11, 20)
    drafts = [OccasionDraft(attack, day, Origin.CITIZEN_DIALOGUE, 18) for attack in ATTACKS]
    return [occasions.create(engine, there, draft, actor) for draft in drafts]
