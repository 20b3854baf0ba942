"""Real mail servers on this machine: what they were sent, and how they may misbehave."""

from __future__ import annotations

import asyncio
import gc
import shutil
import socket
import ssl
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "kommunen", "hemligt: 1/2 @ 100 %"


@dataclass
class Box:
    """A handler that keeps what it gets. answers: what it says to the next recipients and contents first."""

    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    on_recipient: list[str] = field(default_factory=list)
    on_content: list[str] = field(default_factory=list)
    delay_s: float = 0.0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.on_recipient:
            return self.on_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay_s)
        if self.on_content:
            said = self.on_content.pop(0)
            if said == "die":
                server.transport.abort()
                return "421 gone"
            return said
        self.letters.append(_parsed(envelope))
        self.recipients += envelope.rcpt_tos
        return "250 OK"


def _parsed(envelope: Envelope) -> EmailMessage:
    content = envelope.content
    raw = content if isinstance(content, bytes) else str(content).encode()
    letter = message_from_bytes(raw, policy=default)
    assert isinstance(letter, EmailMessage)
    return letter


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: Any) -> AuthResult:
    is_known = isinstance(said, LoginPassword) and (said.login, said.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=is_known, handled=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(box: Box, port: int = 0, **more: Any) -> Iterator[int]:
    """A server of plain SMTP, or as told; its port."""
    controller = Controller(box, hostname="127.0.0.1", port=port or free_port(), **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
        with warnings.catch_warnings():  # the server leaves lines that the other end dropped to the collector
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@contextmanager
def secure_serving(box: Box, context: ssl.SSLContext) -> Iterator[int]:
    """A server that wants STARTTLS and then a login."""
    wishes = {"require_starttls": True, "auth_required": True, "authenticator": _knows}
    with serving(box, tls_context=context, **wishes) as port:
        yield port


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate made now, and the certificate's file."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is absent (Debian: openssl)")
    key, made = folder / "key.pem", folder / "certificate.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    where = ["-keyout", str(key), "-out", str(made)]
    subprocess.run([str(program), "req", "-x509", *curve, *names, *where], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    return context, made
