"""Letters to those who left an address: made when they are sent, of what anybody may know of the report.

Never the words of the report, a name or a place: a letter may be read by others than the one it is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.hours import local
from geodata.tables.municipalities import Municipality
from geodata.tables.receipts import Contact, OutgoingMail, Receipt, Reply
from geodata.tables.reports import Report
from geodata.tables.reviews import ReviewAct
from geodata.vocabulary import Stage, State
from webmap.services import receipts
from webmap.services.letter_form import Draft, written
from webmap.settings import Settings
from webmap.words import Words, words_for
from webmap.words.labels import N_

_MOST_DUPLICATES = 20
_OF_STATE = {
    State.ACCEPTED: N_("Din rapport är granskad. Den finns nu med i kommunens underlag."),
    State.REJECTED: N_("Din rapport är granskad och avslutad. Den kommer inte med på kartan."),
    State.DUPLICATE: N_("Din rapport är granskad. Platsen var redan rapporterad, så nu följs de två som en."),
}


@dataclass(frozen=True)
class Known:
    """What a letter is made of. code: of the receipt, or "". reply: its stage and words, or None."""

    kind: str
    email: str
    language: str
    delete_after: datetime
    uid: UUID
    state: State
    municipality: str
    code: str = ""
    reason: str = ""
    reply: tuple[Stage, str] | None = None


def known_of(session: Session, mail: OutgoingMail, secret: str) -> Known | None:
    """What there is to say now; None where nobody is to be told or there is nothing left to tell."""
    found = session.execute(
        select(Contact, Report.uid, Report.state, Municipality.name, Receipt.code_digest)
        .join(Report, Report.id == Contact.report_id)
        .join(Municipality, Municipality.id == Report.municipality_id)
        .outerjoin(Receipt, Receipt.report_id == Report.id)
        .where(Contact.report_id == mail.report_id)
    ).one_or_none()
    if found is None:
        return None
    contact, uid, state, name, digest = found
    known = Known(
        kind=mail.kind,
        email=contact.email,
        language=contact.language,
        delete_after=contact.delete_after,
        uid=uid,
        state=state,
        municipality=name,
        code=_code(secret, uid, digest) if mail.kind == "receipt" else "",
        reason=_reason(session, contact.report_id) if state == State.REJECTED else "",
        reply=_reply(session, contact.report_id, mail.created_at) if mail.kind == "reply" else None,
    )
    return known if _says_something(known) else None


def letter_of(known: Known, mail_id: int, settings: Settings) -> EmailMessage:
    """The letter in the reader's language. Raises Undelivered for an address that none can be sent to.

    The same row gives the same Message-ID, so that a letter sent twice by mishap is known as one.
    """
    words = words_for(known.language)
    paragraphs = _paragraphs(known, words, settings)
    mark = f"mail {mail_id} {known.uid}"
    draft = Draft(known.email, known.municipality, _subject(known, words), paragraphs, mark)
    return written(draft, words, settings)


def _code(secret: str, uid: UUID, digest: str | None) -> str:
    """The code again, where it is still the one that was given."""
    code = receipts.code_of(secret, uid)
    return code if digest == receipts.digest_of(code) else ""


def _reason(session: Session, report_id: int) -> str:
    acts = select(ReviewAct.reason).where(
        ReviewAct.report_id == report_id, ReviewAct.reason.is_not(None), ReviewAct.undone_at.is_(None)
    )
    return session.scalar(acts.order_by(ReviewAct.id.desc()).limit(1)) or ""


def _reply(session: Session, report_id: int, asked_at: datetime) -> tuple[Stage, str] | None:
    """The reply the letter was asked for: the last before, on the report or on the one it is merged with."""
    given = select(Reply.stage, Reply.text).where(
        Reply.report_id.in_(_followed(session, report_id)), Reply.at <= asked_at
    )
    found = session.execute(given.order_by(Reply.at.desc(), Reply.id.desc()).limit(1)).one_or_none()
    return None if found is None else (found.stage, found.text)


def _followed(session: Session, report_id: int) -> list[int]:
    ids = [report_id]
    while len(ids) < _MOST_DUPLICATES:
        kept = session.scalar(select(Report.duplicate_of).where(Report.id == ids[-1]))
        if kept is None or kept in ids:
            break
        ids.append(kept)
    return ids


def _says_something(known: Known) -> bool:
    if known.kind == "reply":
        return known.reply is not None
    return known.state in _OF_STATE if known.kind == "state" else known.state != State.WITHDRAWN


def _subject(known: Known, words: Words) -> str:
    if known.kind == "receipt":
        return words("Tack, din rapport är mottagen")
    return words("Svar på din rapport") if known.kind == "reply" else words("Din rapport är granskad")


def _paragraphs(known: Known, words: Words, settings: Settings) -> list[str]:
    told = {"receipt": _receipt, "state": _state, "reply": _reply_words}[known.kind](known, words)
    link = settings.public_url.rstrip("/") + "/follow"
    follow = words("Följ rapporten med koden på ditt kvitto:") + f"\n{link}"
    return [*told, follow, _footer(known, words)]


def _receipt(known: Known, words: Words) -> list[str]:
    told = [words("Tack för din rapport. Den är mottagen, och någon på kommunen läser den.")]
    if known.code:
        spelled = words("Din kod: %(code)s", code=receipts.spelled(known.code))
        told.append(
            spelled + "\n" + words("Spara koden. Den som har den kan följa rapporten eller ta tillbaka den.")
        )
    return [*told, words("Händer det något farligt nu? Ring 112. Brott anmäler du på 114 14.")]


def _state(known: Known, words: Words) -> list[str]:
    told = words(_OF_STATE[known.state])
    return [told, words("Skäl: %(reason)s.", reason=words.label(known.reason))] if known.reason else [told]


def _reply_words(known: Known, words: Words) -> list[str]:
    stage, text = known.reply or (Stage.RECEIVED, "")
    return [
        words("Kommunen svarar på din rapport:"),
        text,
        words("Läge: %(stage)s.", stage=words.label(stage)),
    ]


def _footer(known: Known, words: Words) -> str:
    day = words.day(local(known.delete_after).date())
    kept = words("Du lämnade din adress för att få svar. Vi tar bort den senast %(day)s.", day=day)
    return "-- \n" + kept + "\n" + words("Det går inte att svara på det här mejlet.")
