"""Letters about a walk to those who asked: that the minutes are there, and that something was done since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy.orm import Session

from geodata.hours import local, today
from geodata.queries.minutes import record_of
from geodata.queries.walks import walk_by_id
from geodata.tables.receipts import OutgoingMail
from geodata.tables.walks import WalkContact
from webmap.services.letter_form import Draft, written
from webmap.services.minutes import Sums, minutes_of
from webmap.services.minutes_counts import sum_words
from webmap.services.walk_contacts import MINUTES, digest_of, key_of
from webmap.settings import Settings
from webmap.words import Words, words_for


@dataclass(frozen=True)
class KnownWalkLetter:
    """What a letter is made of. key: what stops them. sums: what was said and done, on the day it goes."""

    kind: str
    email: str
    language: str
    delete_after: datetime
    walk: UUID
    title: str
    municipality: str
    key: str
    sums: Sums


def known_of(session: Session, mail: OutgoingMail, secret: str) -> KnownWalkLetter | None:
    """What there is to say now; None where nobody is to be told, or the minutes are no longer public."""
    contact = session.get(WalkContact, mail.walk_contact_id)
    walk = walk_by_id(session, contact.walk_id) if contact else None
    if contact is None or walk is None or not walk.is_public:
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
        walk.municipality,
        key,
        minutes_of(record_of(session, walk)).sums(today()),
    )


def letter_of(known: KnownWalkLetter, mail_id: int, settings: Settings) -> EmailMessage:
    """The letter in the reader's language. Raises Undelivered for an address that none can be sent to."""
    words, root = words_for(known.language), settings.public_url.rstrip("/")
    stop_link = f"{root}/walks/letters/{known.key}"
    sums = ", ".join(f"{count} {label}" for count, label, _ in sum_words(known.sums, words))
    is_first = known.kind == MINUTES
    title = known.title
    subject = (
        words("Protokollet från %(title)s är klart", title=title)
        if is_first
        else words("Något är gjort efter %(title)s", title=title)
    )
    told = (
        words("Nu kan du läsa protokollet från %(title)s.", title=title)
        if is_first
        else words("Något av det som togs upp på %(title)s är nu gjort.", title=title)
    )
    paragraphs = [
        told,
        words("Så här långt: %(sums)s.", sums=sums),
        words("Läs vad som är sagt och gjort:") + f"\n{root}/walks/{known.walk}",
        _footer(known, stop_link, words),
    ]
    mark = f"mail {mail_id} {known.walk}"
    draft = Draft(known.email, known.municipality, subject, paragraphs, mark, stop_link)
    return written(draft, words, settings)


def _footer(known: KnownWalkLetter, stop_link: str, words: Words) -> str:
    day = words.day(local(known.delete_after).date())
    kept = words("Du bad om mejl om den här vandringen. Vi tar bort din adress senast %(day)s.", day=day)
    stop = words("Vill du inte ha fler mejl? Avsluta här:") + f"\n{stop_link}"
    return "\n".join(["-- ", kept, stop, words("Det går inte att svara på det här mejlet.")])
