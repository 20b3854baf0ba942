"""What is wrong with addresses in settings: of mail servers, base maps, this machine's own."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PART = re.compile(r"\{[zxy]\}")
MAIL_ADDRESS = re.compile(r"[^@\s<>,;:\"]{1,64}@[^@\s<>,;:\"]{1,250}")
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""Ways to a mail server, and where it listens unless told."""


def is_of(address: str, schemes: tuple[str, ...]) -> bool:
    """Whether an address is empty or begins with one of these."""
    return not address or urlsplit(address).scheme.split("+")[0] in schemes


def basemap_fault(named: str) -> str:
    """Why a base map cannot be this one; "" when it can."""
    if "://" not in named:
        is_fine = named in ("", "none") or Path(named).is_file()
        return "" if is_fine else "must be none, the path of an MBTiles file, or an address of tiles"
    address = urlsplit(named)
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.hostname or "")):
        return "must begin with https://, or with http:// on this machine"
    if not address.hostname or not all(part in address.path for part in ("{z}", "{x}", "{y}")):
        return "must hold {z}, {x} and {y} in its path"
    return "knows no other braces than {z}, {x} and {y}" if re.search(r"[{}]", _PART.sub("", named)) else ""


def mail_faults(smtp_url: str, mail_from: str, public_url: str) -> list[tuple[str, str]]:
    """What keeps mail from being sent as these settings say."""
    server, found = urlsplit(smtp_url), list[tuple[str, str]]()
    if server.scheme not in MAIL_PORTS or not server.hostname or not _has_sound_port(server):
        found.append(("SMTP_URL", "must be smtp://, smtp+starttls:// or smtps:// with host and port"))
    elif server.password and server.scheme == "smtp" and not is_loopback(server.hostname):
        found.append(("SMTP_URL", "a password is sent over smtp+starttls:// or smtps:// only"))
    elif not unquote(server.netloc).isascii():
        found.append(("SMTP_URL", "host, user and password must be ASCII"))
    if not MAIL_ADDRESS.fullmatch(mail_from):
        found.append(("MAIL_FROM", "must be an e-mail address when there is a mail server"))
    if not public_url:
        found.append(("PUBLIC_URL", "is needed for the links in mail"))
    return found


def _has_sound_port(address: SplitResult) -> bool:
    try:
        return address.port is None or address.port > 0
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
