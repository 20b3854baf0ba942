"""The way to a mail server: one connection for a round of letters, and what can go wrong on it."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from geodata.errors import Fault
from webmap.addresses import MAIL_PORTS
from webmap.settings import Settings

PATIENCE_S = 20.0
_PERMANENT = 500


class Undelivered(Fault):
    """A letter that the server did not take.

    is_final: trying again would be refused again. is_servers: no other letter would fare better now.
    """

    def __init__(self, code: str, is_final: bool = False, is_servers: bool = False) -> None:
        super().__init__(code)
        self.is_final = is_final
        self.is_servers = is_servers


@dataclass(frozen=True)
class MailServer:
    """Where letters go. way: a scheme of `MAIL_PORTS`. own_name: what we greet it with."""

    way: str
    host: str
    port: int
    user: str
    password: str
    own_name: str


def server_of(settings: Settings) -> MailServer | None:
    """The server that is set, or None."""
    if not settings.smtp_url:
        return None
    address = urlsplit(settings.smtp_url)
    return MailServer(
        way=address.scheme,
        host=address.hostname or "",
        port=address.port or MAIL_PORTS[address.scheme],
        user=unquote(address.username or ""),
        password=unquote(address.password or ""),
        own_name=urlsplit(settings.public_url).hostname or "localhost",
    )


class Line:
    """A connection that is made with the first letter. Close it."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._open: smtplib.SMTP | None = None

    def send(self, letter: EmailMessage) -> None:
        """Hand a letter over. Raises Undelivered."""
        if self._open is None:
            self._open = _connected(self._server)
        try:
            self._open.send_message(letter)
        except (smtplib.SMTPException, OSError) as fault:
            raise _undelivered(fault) from fault

    def close(self) -> None:
        """Take leave, as far as the server listens."""
        if self._open is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._open.quit()
            self._open.close()


def _connected(server: MailServer) -> smtplib.SMTP:
    trusted = ssl.create_default_context()
    try:
        if server.way == "smtps":
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, server.own_name, timeout=PATIENCE_S, context=trusted
            )
        else:
            line = smtplib.SMTP(server.host, server.port, server.own_name, timeout=PATIENCE_S)
    except ssl.SSLError as fault:
        raise Undelivered("mail.not_secure", is_servers=True) from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise Undelivered("mail.no_server", is_servers=True) from fault
    try:
        _secure(line, server, trusted)
    except Undelivered:
        line.close()
        raise
    return line


def _secure(line: smtplib.SMTP, server: MailServer, trusted: ssl.SSLContext) -> None:
    try:
        if server.way == "smtp+starttls":
            line.starttls(context=trusted)
    except (ssl.SSLError, smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as fault:
        raise Undelivered("mail.not_secure", is_servers=True) from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise Undelivered("mail.broken_off", is_servers=True) from fault
    try:
        if server.user:
            line.login(server.user, server.password)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as fault:
        raise Undelivered("mail.login_refused", is_servers=True) from fault
    except (smtplib.SMTPException, OSError) as fault:
        raise Undelivered("mail.broken_off", is_servers=True) from fault


def _undelivered(fault: smtplib.SMTPException | OSError) -> Undelivered:
    """What a fault while handing over means. The server's own words may hold the address: they stay here."""
    match fault:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in fault.recipients.values()]
            return _refused("mail.refused", min(codes, default=0))
        case smtplib.SMTPNotSupportedError():  # an address with å, and a server that takes none
            return Undelivered("mail.bad_address", is_final=True)
        case smtplib.SMTPSenderRefused():
            return Undelivered("mail.sender_refused", is_servers=True)
        case smtplib.SMTPResponseException():
            return _refused("mail.refused", fault.smtp_code)
        case _:
            return Undelivered("mail.broken_off", is_servers=True)


def _refused(code: str, answer: int) -> Undelivered:
    return Undelivered(code, is_final=True) if answer >= _PERMANENT else Undelivered("mail.refused_for_now")
