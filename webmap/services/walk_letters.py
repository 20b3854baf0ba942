"""Letters about a walk to those who asked: that it is called off, that the minutes are there, and that
something was done since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.hours import local, today
from geodata.queries.minutes import record_of
from geodata.queries.walks import KnownWalk, walk_by_id
from geodata.tables.receipts import OutgoingMail
from geodata.tables.walks import WalkContact
from geodata.vocabulary import WalkState
from webmap.services.letter_form import Draft, written
from webmap.services.minutes import Sums, minutes_of
from webmap.services.minutes_counts import sum_words
from webmap.services.walk_contacts import CANCELLED, MINUTES, digest_of, key_of
from webmap.settings import Settings
from webmap.words import Words, words_for


@dataclass(frozen=True)
class KnownWalkLetter:
    """What a letter is made of. day: of the walk. key: what stops them. sums: what was said and done, on the
    day it goes.
    """

    kind: str
    email: str
    language: str
    delete_after: datetime
    walk: UUID
    title: str
    day: date
    municipality: str
    key: str
    sums: Sums


def known_of(session: Session, mail: OutgoingMail, secret: str) -> KnownWalkLetter | None:
    """What there is to say now; None where nobody is to be told, or it is so no longer."""
    contact = session.get(WalkContact, mail.walk_contact_id)
    walk = walk_by_id(session, contact.walk_id) if contact else None
    if contact is None or walk is None or not _is_so(mail.kind, walk):
        return None
    key = key_of(secret, walk.uid, contact.email)
    if digest_of(key) != contact.key_digest:
        return None  # nobody is sent a letter that cannot be stopped
    return KnownWalkLetter(
        mail.kind,
        contact.email,
        contact.language,
        contact.delete_after,
        walk.uid,
        walk.title,
        walk.day,
        walk.municipality,
        key,
        minutes_of(record_of(session, walk)).sums(today()),
    )


def _is_so(kind: str, walk: KnownWalk) -> bool:
    return walk.state == WalkState.CANCELLED if kind == CANCELLED else walk.is_public


def letter_of(known: KnownWalkLetter, mail_id: int, settings: Settings) -> EmailMessage:
    """The letter in the reader's language. Raises Undelivered for an address that none can be sent to."""
    words, root = words_for(known.language), settings.public_url.rstrip("/")
    is_last = known.kind == CANCELLED
    stop_link = "" if is_last else f"{root}/walks/letters/{known.key}"
    paragraphs = (
        _called_off(known, words)
        if is_last
        else [*_news(known, root, words), _footer(known, stop_link, words)]
    )
    mark = f"mail {mail_id} {known.walk}"
    draft = Draft(known.email, known.municipality, _subject(known, words), paragraphs, mark, stop_link)
    return written(draft, words, settings)


def _subject(known: KnownWalkLetter, words: Words) -> str:
    if known.kind == CANCELLED:
        return words("%(title)s är inställd", title=known.title)
    if known.kind == MINUTES:
        return words("Protokollet från %(title)s är klart", title=known.title)
    return words("Något är gjort efter %(title)s", title=known.title)


def _called_off(known: KnownWalkLetter, words: Words) -> list[str]:
    day = words.day(known.day)
    asked = words("Du bad om mejl om den här vandringen. Vi tar bort din adress när det här mejlet har gått.")
    return [
        words("Vandringen är inställd: %(title)s, %(day)s.", title=known.title, day=day),
        words("Du får inga fler mejl om den. Vill du höra om en annan vandring ber du om mejl igen."),
        "\n".join(["-- ", asked, words("Det går inte att svara på det här mejlet.")]),
    ]


def _news(known: KnownWalkLetter, root: str, words: Words) -> list[str]:
    sums = ", ".join(f"{count} {label}" for count, label, _ in sum_words(known.sums, words))
    told = (
        words("Nu kan du läsa protokollet från %(title)s.", title=known.title)
        if known.kind == MINUTES
        else words("Något av det som togs upp på %(title)s är nu gjort.", title=known.title)
    )
    return [
        told,
        words("Så här långt: %(sums)s.", sums=sums),
        words("Läs vad som är sagt och gjort:") + f"\n{root}/walks/{known.walk}",
    ]


def _footer(known: KnownWalkLetter, stop_link: str, words: Words) -> str:
    day = words.day(local(known.delete_after).date())
    kept = words("Du bad om mejl om den här vandringen. Vi tar bort din adress senast %(day)s.", day=day)
    stop = words("Vill du inte ha fler mejl? Avsluta här:") + f"\n{stop_link}"
    return "\n".join(["-- ", kept, stop, words("Det går inte att svara på det här mejlet.")])
