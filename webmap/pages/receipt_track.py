"""The way of a report from being received to being dealt with, as whoever sent it reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from geodata.hours import WEEKDAYS, local, today
from geodata.vocabulary import Refusal, Stage
from webmap.gate import say, words
from webmap.services.following import Followed
from webmap.services.promises import promise_of
from webmap.words.labels import N_

_REVIEWED = (Stage.WITH_RESPONSIBLE, Stage.DONE, Stage.CLOSED)
_REASONS = {
    Refusal.ABOUT_A_PERSON: N_(
        "Den handlade mer om en person än om en plats, och sådant sparar vi inte på kartan."
    ),
    Refusal.CRIME_TO_REPORT: N_("Det du berättar om är ett brott. Anmäl det till polisen på 114 14."),
    Refusal.NOT_A_PLACE: N_("Vi kunde inte förstå vilken plats det gäller. Skicka gärna en ny rapport."),
    Refusal.NOT_HERE: N_("Platsen ligger inte i kommunen. Hör av dig till den kommun där den ligger."),
    Refusal.NOT_SERIOUS: N_("Vi uppfattade den inte som allvarligt menad."),
    Refusal.HANDLED_ELSEWHERE: N_("Någon annan än kommunen ansvarar för det här."),
}


@dataclass(frozen=True)
class Mark:
    """One step on the way. is_now: where it is; is_done: what is behind."""

    name: str
    told: str
    is_done: bool = False
    is_now: bool = False


def day_words(day: date) -> str:
    """A day with its weekday: tis 24 nov. 2026."""
    return f"{words().weekday(WEEKDAYS[day.weekday()])} {words().day(day)}"


def moment_words(moment: datetime) -> str:
    """When, by the clock on the wall."""
    return words().moment(local(moment))


def reason_words(reason: str) -> str:
    """Why a report was not let through, to whoever sent it; "" where there is no reason."""
    return say(_REASONS[Refusal(reason)]) if reason else ""


def new_track(received_at: datetime) -> list[Mark]:
    """What is going to happen with a report that just came in."""
    promise = promise_of(received_at)
    return [
        Mark(say("Mottagen"), moment_words(received_at), is_done=True),
        Mark(
            say("Granskas av kommunen"),
            say("Senast %(day)s. Vi tar bort uppgifter om personer.", day=day_words(promise.review_by)),
            is_now=True,
        ),
        Mark(
            say("Du får ett svar"),
            say("Senast %(day)s. Du läser det med din kod.", day=day_words(promise.answer_by)),
        ),
        Mark(say("Åtgärdas, eller avslutas med skäl"), say("Vi skriver vad som görs, och när.")),
    ]


def track_of(seen: Followed) -> list[Mark]:
    """How far a report has come."""
    is_reviewed = seen.stage in _REVIEWED
    marks = [
        Mark(words().label(Stage.RECEIVED), moment_words(seen.received_at), is_done=True),
        Mark(
            words().label(Stage.UNDER_REVIEW),
            say("Rapporten är läst.") if is_reviewed else _review_words(seen),
            is_done=is_reviewed,
            is_now=not is_reviewed,
        ),
    ]
    if seen.stage != Stage.CLOSED or any(each.stage == Stage.WITH_RESPONSIBLE for each in seen.replies):
        marks.append(_responsible(seen))
    return [*marks, _end(seen)]


def _responsible(seen: Followed) -> Mark:
    told = {
        Stage.WITH_RESPONSIBLE: say("Den som ansvarar för platsen har fått rapporten."),
        Stage.DONE: say("Den som ansvarar för platsen har haft rapporten."),
        Stage.CLOSED: say("Den som ansvarar för platsen har haft rapporten."),
    }
    return Mark(
        words().label(Stage.WITH_RESPONSIBLE),
        told.get(seen.stage, say("Vi skriver vem som gör vad, och när.")),
        is_done=seen.stage in (Stage.DONE, Stage.CLOSED),
        is_now=seen.stage == Stage.WITH_RESPONSIBLE,
    )


def _end(seen: Followed) -> Mark:
    if seen.stage == Stage.CLOSED:
        return Mark(words().label(Stage.CLOSED), reason_words(seen.reason), is_done=True, is_now=True)
    is_done = seen.stage == Stage.DONE
    return Mark(words().label(Stage.DONE), "", is_done=is_done, is_now=is_done)


def _review_words(seen: Followed) -> str:
    promise = promise_of(seen.received_at)
    if seen.stage == Stage.RECEIVED:
        return _by(
            say("Kommunen läser den senast %(day)s.", day=day_words(promise.review_by)), promise.review_by
        )
    told = say(
        "Rapporten är läst och godkänd. Du får ett svar senast %(day)s.", day=day_words(promise.answer_by)
    )
    return _by(told, promise.answer_by)


def _by(told: str, day: date) -> str:
    """What is promised, or that the promise was not kept."""
    if today() <= day:
        return told
    return say(
        "Det skulle ha varit klart %(day)s. Det har tagit längre tid än vi lovade.", day=day_words(day)
    )
