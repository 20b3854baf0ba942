"""The day's anchor as a letter: a line to print and put away, and nothing of anybody."""

from __future__ import annotations

import hmac
from contextlib import closing
from datetime import UTC
from email.message import EmailMessage
from urllib.parse import urlsplit

from geodata.hours import local
from webmap.services import anchor_file
from webmap.services.anchor_file import Anchor
from webmap.services.smtp import Line, Undelivered, server_of
from webmap.settings import Settings
from webmap.words import Words, words_for


def send(settings: Settings, anchor: Anchor) -> str:
    """Send an anchor where the settings say; "" when the server took it, else the code of why not."""
    server = server_of(settings)
    if server is None:
        return "mail.no_server"
    with closing(Line(server)) as line:
        try:
            line.send(letter_of(settings, anchor, words_for(settings.language)))
        except Undelivered as fault:
            return fault.code
    return ""


def letter_of(settings: Settings, anchor: Anchor, words: Words) -> EmailMessage:
    """The letter to whoever keeps the anchors."""
    letter = EmailMessage()
    letter["From"], letter["To"] = settings.mail_from, settings.anchor_mail
    day = words.day(local(anchor.at).date())
    letter["Subject"] = words("Journalens ankare %(day)s", day=day)
    letter["Date"] = anchor.at.astimezone(UTC)
    mark = hmac.digest(settings.secret().encode(), f"anchor {anchor.rows} {anchor.at}".encode(), "sha256")
    letter["Message-ID"] = f"<{mark.hex()[:32]}@{urlsplit(settings.public_url).hostname}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n\n".join(_paragraphs(anchor, words)) + "\n")
    return letter


def _paragraphs(anchor: Anchor, words: Words) -> list[str]:
    line = anchor_file.on_paper(anchor, words)
    return [
        words("Så här slutade journalen i Tryggkarta:"),
        line,
        words("Spara mejlet, eller skriv ut raden. Med den syns det om någon har skrivit om journalen."),
        words("Så här kontrolleras den:") + f'\ntryggkarta journal verify --head "{line}"',
    ]
