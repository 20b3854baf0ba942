"""The form of a public answer: what can be said of a report as it is, and sentences to start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from geodata.vocabulary import Stage
from webmap.gate import say, words, works
from webmap.pages.filter_view import Choice
from webmap.pages.receipt_track import moment_words
from webmap.services.replying import LONGEST_REPLY, STAGES, replies_to
from webmap.services.review_desk import Case
from webmap.words.labels import N_

STARTS = (
    (
        Stage.WITH_RESPONSIBLE,
        N_("Vidare"),
        N_("Tack. Vi har skickat det vidare till den som sköter platsen. Vi skriver här när det är gjort."),
    ),
    (
        Stage.WITH_RESPONSIBLE,
        N_("Vi tittar"),
        N_("Tack. Vi besöker platsen inom två veckor. Sedan skriver vi här vad vi kom fram till."),
    ),
    (Stage.DONE, N_("Åtgärdat"), N_("Nu är det åtgärdat. Tack för att du berättade.")),
    (
        Stage.CLOSED,
        N_("Inte nu"),
        N_("Vi kan inte göra något åt det just nu. Det du skrev vägs in när vi planerar platsen."),
    ),
    (
        Stage.CLOSED,
        N_("Annan ansvarig"),
        N_("Kommunen sköter inte platsen. Vi har skickat det du berättade till den som gör det."),
    ),
)
"""Stage, name and sentence."""


@dataclass(frozen=True)
class ReplyView:
    """Answers given, and the form for one more. starts: number and name of sentences to start from.

    pieces: the text with what may point at a person marked. why_not: why it cannot be answered, or "".
    """

    uid: UUID
    report: UUID
    given: list[tuple[str, str, str]]
    stages: list[Choice]
    starts: list[tuple[int, str]]
    text: str
    most: str
    why_not: str
    pieces: list[tuple[str, bool]] = field(default_factory=list)
    looks_like: str = ""


@dataclass(frozen=True)
class Typed:
    """What was typed. stage: None where none is chosen."""

    text: str = ""
    stage: Stage | None = None
    uid: UUID = field(default_factory=uuid4)

    @classmethod
    def started(cls, arguments: Mapping[str, str]) -> Typed:
        """An answer begun with one of the sentences, as asked for in the page's address."""
        asked = arguments.get("reply", "")
        if not (asked.isascii() and asked.isdigit() and int(asked[:3]) < len(STARTS)):
            return cls()
        stage, _, sentence = STARTS[int(asked)]
        return cls(say(sentence), stage)


def reply_view(case: Case, typed: Typed) -> ReplyView:
    """What the page shows of answers to one report."""
    stages = STAGES.get(case.report.state, ())
    return ReplyView(
        uid=typed.uid,
        report=case.report.uid,
        given=[
            (words().label(each.stage), moment_words(each.at), each.text)
            for each in replies_to(works().engine, case.report.id)
        ],
        stages=[Choice(each.value, words().label(each), each == typed.stage) for each in stages],
        starts=[(number, say(name)) for number, (stage, name, _) in enumerate(STARTS) if stage in stages],
        text=typed.text,
        most=words().number(LONGEST_REPLY),
        why_not="" if stages else _why_not(case),
    )


def _why_not(case: Case) -> str:
    said = {
        "new": say("Granska rapporten först. Sedan kan du svara."),
        "duplicate": say("Svara på den rapport som finns kvar. Svaret syns för båda."),
        "withdrawn": say("Den som skrev har tagit tillbaka rapporten."),
    }
    return said.get(case.report.state, "")
