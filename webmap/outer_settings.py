"""Settings of a provider of log-ins (OpenID Connect), and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from webmap.access import Role
from webmap.addresses import is_loopback

_GIVEN = re.compile(r"\s*(?P<claim>\S.*?)\s*=\s*(?P<role>\w+)@(?P<code>\d{4})\s*(?:[,;]|$)", re.ASCII)
"""A word of the claim may hold commas and equals signs itself, as names in a directory do."""


@dataclass(frozen=True)
class RoleGiven:
    """A role in a municipality that a word of the claim gives."""

    claim: str
    role: Role
    municipality: str


@dataclass(frozen=True)
class OuterSettings:
    """Who the provider is, who we are to it, and what its words give. acr: what a log-in must be, or ""."""

    issuer: str
    client_id: str
    client_secret: str
    label: str
    roles_claim: str
    roles: tuple[RoleGiven, ...]
    acr: str


def roles_given(text: str) -> tuple[RoleGiven, ...]:
    """`WORD=role@code, …` as what it says. Raises ValueError for anything else."""
    found, at = [], 0
    while at < len(text.rstrip()):
        next_one = _GIVEN.match(text, at)
        if next_one is None:
            raise ValueError(text[at : at + 60])
        found.append(RoleGiven(next_one["claim"], Role(next_one["role"]), next_one["code"]))
        at = next_one.end()
    return tuple(found)


def outer_faults(issuer: str, client_id: str, roles: str) -> Iterable[tuple[str, str]]:
    """(setting, what is wrong) of a provider that is named."""
    if not is_sound_address(issuer) or "?" in issuer:
        yield "OIDC_ISSUER", "must begin with https://, or with http:// on this machine, without ? and #"
    if not client_id:
        yield "OIDC_CLIENT_ID", "is needed with a provider of log-ins"
    try:
        if not roles_given(roles):
            yield "OIDC_ROLES", "is needed with a provider of log-ins: nobody gets in without a role"
    except ValueError:
        yield "OIDC_ROLES", f"must be WORD=role@code, …; roles are {', '.join(Role)}"


def is_sound_address(address: object) -> bool:
    """Whether a provider may be talked to there: by TLS, or on this machine."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
        is_bare = parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        return False
    host = parts.hostname or ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return bool(host) and is_bare and is_safe
