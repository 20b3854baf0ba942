"""What every letter of ours is like: plain text from a municipality, not to be answered, known by a mark."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from webmap.services.smtp import Undelivered
from webmap.settings import Settings
from webmap.words import Words


@dataclass(frozen=True)
class Draft:
    """A letter to be written. mark: the same for the same letter, so that one sent twice is known as one.

    stop_link: where whoever gets it can stop them, or "".
    """

    email: str
    municipality: str
    subject: str
    paragraphs: Sequence[str]
    mark: str
    stop_link: str = ""


def written(draft: Draft, words: Words, settings: Settings) -> EmailMessage:
    """The letter in the reader's language. Raises Undelivered for an address that none can be sent to."""
    letter = EmailMessage(policy=SMTP)
    try:
        name, _, domain = draft.email.rpartition("@")
        letter["To"] = Address("", name, domain.encode("idna").decode())
    except (ValueError, IndexError) as fault:
        raise Undelivered("mail.bad_address", is_final=True) from fault
    sender = " ".join(words.municipality(draft.municipality).split())
    letter["From"] = Address(sender, addr_spec=settings.mail_from)
    letter["Subject"] = draft.subject
    letter["Date"] = datetime.now(UTC)
    letter["Message-ID"] = _message_id(draft.mark, settings)
    letter["Auto-Submitted"] = "auto-generated"
    if draft.stop_link:
        letter["List-Unsubscribe"] = f"<{draft.stop_link}>"
    text = "\n\n".join([words("Hej!"), *draft.paragraphs])
    letter.set_content(text + "\n", cte="quoted-printable")
    letter["Content-Language"] = words.language  # after the content, which takes such lines away
    return letter


def _message_id(mark: str, settings: Settings) -> str:
    made = hmac.digest(settings.secret().encode(), mark.encode(), "sha256").hex()[:32]
    return f"<{made}@{urlsplit(settings.public_url).hostname}>"
