"""Settings, read once from the environment. Nothing else reads it, and importing this does nothing."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from geodata.errors import Fault
from webmap.addresses import LOOPBACK, MAIL_ADDRESS, basemap_fault, is_loopback, is_of, mail_faults
from webmap.outer_settings import OuterSettings, outer_faults, roles_given

_PREFIX = "TRYGGKARTA_"
_DATABASES = ("sqlite", "postgresql", "postgres")
_MEGABYTES = re.compile(r"[1-9]\d{0,6}", re.ASCII)
OPENSTREETMAP = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"


class BadSettings(Fault):
    """One or more settings are wrong; `faults` lists every one."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("settings.bad", "", faults="; ".join(faults))
        self.faults = faults


def _setting(doc: str, default: str = "") -> str:
    made: str = field(default=default, metadata={"doc": doc})
    return made


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, each with its doc. Paths are resolved; empty means the default."""

    data_dir: str = _setting("folder of database, secret and caches; `instance/` by default")
    database_url: str = _setting("SQLite or PostgreSQL URL; a file in the data folder by default")
    secret_key: str = _setting("at least 32 signs; made once in the data folder by default")
    public_url: str = _setting("the address people use, decides cookies and trusted hosts")
    demo_password: str = _setting("one password for all demo logins; made once by default")
    language: str = _setting("language of the command line, sv or en", "sv")
    behind_proxy: str = _setting("1 when a reverse proxy of ours sets X-Forwarded-For, -Proto and -Host")
    columns_mb: str = _setting("megabytes of reports kept ready for maps, in all municipalities", "1000")
    basemap: str = _setting("`none`, a path to MBTiles, or an address with {z}, {x} and {y}")
    smtp_url: str = _setting("mail server: smtp://, smtp+starttls:// or smtps://, user:password@host:port")
    mail_from: str = _setting("address that mail is sent from; needed with a mail server")
    redis_url: str = _setting("redis:// address where all processes count together how often one sends")
    rate_limits: str = _setting("`off` lets one send without limit, on this machine alone", "on")
    second_factor: str = _setting(
        "`required`: a code from the phone after the password; `off`: none", "required"
    )
    reports_per_minute: str = _setting("reports of the public stored at once; more wait in the spool", "120")
    quickest_report_s: str = _setting("told in fewer seconds than this, a program has told it", "3")
    oidc_issuer: str = _setting("address of a provider of log-ins (OpenID Connect), a second way in")
    oidc_client_id: str = _setting("what the provider calls us")
    oidc_client_secret: str = _setting("what we prove to it who we are with; none for a public client")
    oidc_label: str = _setting("what the provider is called on the button", "kommunens inloggning")
    oidc_roles_claim: str = _setting("what the provider tells of groups or roles in", "groups")
    oidc_roles: str = _setting("what its words give: TRYGG-Samordnare=coordinator@1470, …")
    oidc_acr: str = _setting("one of these words must say how one logged in there, as `acr`; none by default")
    anchor_dir: str = _setting("folder of the journal's anchors, best on another machine")
    anchor_mail: str = _setting("address that each day's anchor of the journal is sent to")
    basemap_attribution: str = _setting("whose base map it is, shown on the map; known for OpenStreetMap")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Raises BadSettings with every fault at once."""
        given = os.environ if environment is None else environment
        chosen = {
            each.name: value
            for each in fields(cls)
            if (value := given.get(_PREFIX + each.name.upper(), "").strip())
        }
        settings = cls(**chosen)
        if faults := settings.faults():
            raise BadSettings(faults)
        return settings

    def for_demo(self) -> Settings:
        """The same, on the demo's own file where no database is named, over OpenStreetMap unless told."""
        database_url = self.database_address(is_demo=True)
        return replace(self, database_url=database_url, basemap=self.basemap or OPENSTREETMAP)

    def behind(self, is_behind_proxy: bool) -> Settings:
        """The same, behind a proxy when told so."""
        return replace(self, behind_proxy="1") if is_behind_proxy else self

    def faults(self) -> list[str]:
        """What is wrong with them, one sentence each."""
        checks = (
            ("SECRET_KEY", not self.secret_key or len(self.secret_key) >= 32, "at least 32 signs are needed"),
            (
                "DATABASE_URL",
                is_of(self.database_url, _DATABASES),
                "must begin with sqlite:// or postgresql://",
            ),
            ("PUBLIC_URL", is_of(self.public_url, ("http", "https")), "must begin with http:// or https://"),
            ("LANGUAGE", self.language in ("sv", "en"), "must be sv or en"),
            (
                "COLUMNS_MB",
                bool(_MEGABYTES.fullmatch(self.columns_mb)),
                "must be a whole number of megabytes, at least 1",
            ),
            ("BASEMAP", not basemap_fault(self.basemap), basemap_fault(self.basemap)),
            (
                "REDIS_URL",
                is_of(self.redis_url, ("redis", "rediss")),
                "must begin with redis:// or rediss://",
            ),
            ("ANCHOR_MAIL", self._has_sound_anchor_mail, "must be an e-mail address, and needs SMTP_URL"),
            ("RATE_LIMITS", self.rate_limits in ("on", "off"), "must be on or off"),
            ("REPORTS_PER_MINUTE", _is_count(self.reports_per_minute), "must be a whole number, at least 1"),
            ("QUICKEST_REPORT_S", _is_count(self.quickest_report_s, 0), "must be a whole number of seconds"),
            ("SECOND_FACTOR", self.second_factor in ("required", "off"), "must be required or off"),
        )
        found = [f"{_PREFIX}{name}: {wrong}" for name, is_fine, wrong in checks if not is_fine]
        return found + [f"{_PREFIX}{name}: {said}" for name, said in self._faults_of_others()]

    def _faults_of_others(self) -> Iterator[tuple[str, str]]:
        """(setting, what is wrong) of the mail server and the provider of log-ins, where they are named."""
        if self.smtp_url:
            yield from mail_faults(self.smtp_url, self.mail_from, self.public_url)
        if self.oidc_issuer or self.oidc_client_id or self.oidc_roles:
            yield from outer_faults(self.oidc_issuer, self.oidc_client_id, self.oidc_roles)

    @property
    def provider(self) -> OuterSettings | None:
        """The provider of log-ins, where one is named."""
        if not self.oidc_issuer:
            return None
        known = self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, self.oidc_label
        return OuterSettings(*known, self.oidc_roles_claim, roles_given(self.oidc_roles), self.oidc_acr)

    @property
    def has_basemap(self) -> bool:
        """Whether one is named; `none` is as good as nothing."""
        return self.basemap not in ("", "none")

    @property
    def data_folder(self) -> Path:
        """Where database, secret and caches lie."""
        return Path(self.data_dir or "instance").resolve()

    @property
    def columns_folder(self) -> Path:
        """Where the reports of a municipality lie as columns that all processes look at."""
        return self.data_folder / "columns"

    @property
    def photos_folder(self) -> Path:
        """Where the files of photos lie; those of the demo's own file apart."""
        return self.data_folder / f"photos{self._of_demo}"

    @property
    def anchors_folder(self) -> Path:
        """Where the journal's anchors lie."""
        return Path(self.anchor_dir or self.data_folder / f"anchors{self._of_demo}").resolve()

    @property
    def journal_watch_file(self) -> Path:
        """Where it stands how the journal was found when it was last looked through."""
        return self.data_folder / f"journal{self._of_demo}.json"

    @property
    def _of_demo(self) -> str:
        own = f"sqlite:///{self.data_folder / 'demo.gpkg'}"
        return "-demo" if self.database_url == own else ""

    @property
    def _has_sound_anchor_mail(self) -> bool:
        is_address = bool(MAIL_ADDRESS.fullmatch(self.anchor_mail) and self.smtp_url)
        return is_address or not self.anchor_mail

    @property
    def most_column_bytes(self) -> int:
        """How much of them a process keeps ready before the municipality least recently asked for leaves."""
        return int(self.columns_mb) * 1_000_000

    def database_address(self, is_demo: bool = False) -> str:
        """The one database for every command; without a URL the demo keeps to a file of its own."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{self.data_folder / ('demo.gpkg' if is_demo else 'tryggkarta.gpkg')}"

    def secret(self) -> str:
        """The signing secret: as set, or made once in the data folder, readable by its owner alone."""
        return self.secret_key or kept_secret(self.data_folder / "secret", 48)

    @property
    def is_secure(self) -> bool:
        """Whether people come by https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def is_behind_proxy(self) -> bool:
        """Whether one reverse proxy stands in front."""
        return self.behind_proxy == "1"

    @property
    def has_rate_limits(self) -> bool:
        """Whether anybody is held to them: always, where people come from other machines."""
        is_local = not self.public_url or is_loopback(urlsplit(self.public_url).hostname or "")
        return not (self.rate_limits == "off" and is_local)

    @property
    def trusted_hosts(self) -> list[str]:
        """Names in a Host header that are answered."""
        named = urlsplit(self.public_url).hostname
        return [*LOOPBACK[:2], *([named] if named and named not in LOOPBACK else [])]


def _is_count(text: str, least: int = 1) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6 and int(text) >= least


def kept_secret(path: Path, size: int) -> str:
    """A secret of `size` random bytes, read from the file or made there once (mode 0600).

    Written whole beside its place and then linked there, so that neither a kill nor a second process
    that starts at the same moment can leave or read half of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _said(path):
        handle, beside = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w", encoding="ascii") as made:
            made.write(secrets.token_urlsafe(size))
            made.flush()
            os.fsync(made.fileno())
        _put(Path(beside), path)
    return _said(path)


def _put(beside: Path, path: Path) -> None:
    try:
        os.link(beside, path)
    except (
        FileExistsError
    ):  # another process was first, and its secret is ours too; an empty file is nobody's
        if not _said(path):
            beside.replace(path)
    beside.unlink(missing_ok=True)


def _said(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.exists() else ""
