"""Settings, read once from the environment. Nothing else reads it, and importing this does nothing."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from geodata.errors import Fault

_PREFIX = "TRYGGKARTA_"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DATABASES = ("sqlite", "postgresql", "postgres")
_MEGABYTES = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_PART = re.compile(r"\{[zxy]\}")
_MAIL_ADDRESS = re.compile(r"[^@\s<>,;:\"]{1,64}@[^@\s<>,;:\"]{1,250}")
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""Ways to a mail server, and where it listens unless told."""
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
                _is_of(self.database_url, _DATABASES),
                "must begin with sqlite:// or postgresql://",
            ),
            ("PUBLIC_URL", _is_of(self.public_url, ("http", "https")), "must begin with http:// or https://"),
            ("LANGUAGE", self.language in ("sv", "en"), "must be sv or en"),
            (
                "COLUMNS_MB",
                bool(_MEGABYTES.fullmatch(self.columns_mb)),
                "must be a whole number of megabytes, at least 1",
            ),
            ("BASEMAP", not _basemap_fault(self.basemap), _basemap_fault(self.basemap)),
            (
                "REDIS_URL",
                _is_of(self.redis_url, ("redis", "rediss")),
                "must begin with redis:// or rediss://",
            ),
            ("RATE_LIMITS", self.rate_limits in ("on", "off"), "must be on or off"),
        )
        found = [f"{_PREFIX}{name}: {wrong}" for name, is_fine, wrong in checks if not is_fine]
        return found + (_mail_faults(self) if self.smtp_url else [])

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
        own = f"sqlite:///{self.data_folder / 'demo.gpkg'}"
        return self.data_folder / ("photos-demo" if self.database_url == own else "photos")

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
        return [*_LOOPBACK[:2], *([named] if named and named not in _LOOPBACK else [])]


def _is_of(address: str, schemes: tuple[str, ...]) -> bool:
    """Whether an address is empty or begins with one of these."""
    return not address or urlsplit(address).scheme.split("+")[0] in schemes


def _basemap_fault(named: str) -> str:
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


def _mail_faults(settings: Settings) -> list[str]:
    """What keeps mail from being sent as these settings say."""
    server, found = urlsplit(settings.smtp_url), []
    if server.scheme not in MAIL_PORTS or not server.hostname or not _has_sound_port(server):
        found.append(f"{_PREFIX}SMTP_URL: must be smtp://, smtp+starttls:// or smtps:// with host and port")
    elif server.password and server.scheme == "smtp" and not is_loopback(server.hostname):
        found.append(f"{_PREFIX}SMTP_URL: a password is sent over smtp+starttls:// or smtps:// only")
    elif not unquote(server.netloc).isascii():
        found.append(f"{_PREFIX}SMTP_URL: host, user and password must be ASCII")
    if not _MAIL_ADDRESS.fullmatch(settings.mail_from):
        found.append(f"{_PREFIX}MAIL_FROM: must be an e-mail address when there is a mail server")
    if not settings.public_url:
        found.append(f"{_PREFIX}PUBLIC_URL: is needed for the links in mail")
    return found


def _has_sound_port(address: SplitResult) -> bool:
    try:
        return address.port is None or address.port > 0
    except ValueError:
        return False


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


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own."""
    return host in _LOOPBACK or host.startswith("127.")
