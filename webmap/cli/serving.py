"""Serving the application: the demo, and for real."""

from __future__ import annotations

import sys
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from geodata.errors import Fault
from webmap import create_app
from webmap.cli.base import Shop, with_shop
from webmap.cli.keeping import job_process
from webmap.services import demo as demo_service
from webmap.services.basemap import open_basemap
from webmap.settings import Settings, is_loopback, kept_secret
from webmap.traces import ASKED

THREADS = 4
ACCESS_LOG = f"%(t)s %({{{ASKED}}}e)s %(s)s %(B)s %(L)ss"
"""When, method and path without its query as we know them, status, bytes, seconds: nothing of who asked."""
_OF_THE_ASKER = ("Invalid request", "Error handling request")
"""How the server's own lines begin that go on with the address and the words of whoever asked."""


class _Log(Logger):
    """The server's log without what the asker sent."""

    def warning(self, msg: Any, *args: Any, **how: Any) -> None:
        super().warning(*(_own_words(msg) or (msg, *args)), **how)

    def exception(self, msg: Any, *args: Any, **how: Any) -> None:
        if own := _own_words(msg):
            super().error("%s: %s", *own, getattr(sys.exc_info()[0], "__name__", "-"))
        else:
            super().exception(msg, *args, **how)


def _own_words(message: Any) -> tuple[str, ...]:
    return tuple(begun for begun in _OF_THE_ASKER if str(message).startswith(begun))


class _Server(BaseApplication):
    """Gunicorn with threads; every worker opens the database for itself, after the fork."""

    def __init__(self, settings: Settings, address: str, workers: int) -> None:
        self._settings, self._address, self._workers = settings, address, workers
        super().__init__()

    def load_config(self) -> None:
        chosen: dict[str, Any] = {
            "bind": self._address,
            "workers": self._workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "accesslog": "-",
            "logger_class": _Log,
            "access_log_format": ACCESS_LOG,
            "loglevel": "warning",
            "limit_request_line": 8_190,
            "graceful_timeout": 10,
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return create_app(self._settings)


def _run(settings: Settings, host: str, port: int, workers: int) -> None:
    shown = f"[{host}]" if ":" in host else host
    open_basemap(settings)  # its fault is told here, once, and not by every process
    with job_process(settings):
        _Server(settings, f"{shown}:{port}", workers).run()


_host = click.option("--host", default="127.0.0.1", show_default=True, help="Adress att lyssna på.")
_port = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65_535), envvar="PORT", help="Port."
)


@click.command()
@_host
@_port
@click.option("--no-serve", is_flag=True, help="Fyll bara databasen.")
@with_shop
def demo(shop: Shop, host: str, port: int, no_serve: bool) -> None:
    """Fyll en exempeldatabas med påhittade data och visa den."""
    settings = shop.settings.for_demo()
    engine = shop.open(settings.database_address())
    password = settings.demo_password or kept_secret(settings.data_folder / "demo-password", 9)
    if demo_service.fill(engine, password, settings.secret()):
        shop.say(shop.words("Exempeldatabasen är fylld. Allt i den är påhittat."))
    engine.dispose()
    for email, role in demo_service.LOGINS:
        shop.say(f"  {email}  {password}  {shop.words.label(role)}")
    if no_serve:
        return
    _refuse_open_http(settings, host)
    shop.say(shop.words("Öppna http://%(host)s:%(port)s/ – avsluta med Ctrl+C.", host=host, port=port))
    _run(settings, host, port, 2)


@click.command()
@_host
@_port
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Antal processer.")
@click.option("--behind-proxy", is_flag=True, help="En egen omvänd proxy sätter X-Forwarded-*.")
@with_shop
def serve(shop: Shop, host: str, port: int, workers: int, behind_proxy: bool) -> None:
    """Servera tjänsten på riktigt, med flera processer."""
    settings = shop.settings.behind(behind_proxy)
    shop.engine.dispose()
    _refuse_open_http(settings, host)
    shop.say(shop.words("Lyssnar på http://%(host)s:%(port)s/", host=host, port=port))
    _run(settings, host, port, workers)


def _refuse_open_http(settings: Settings, host: str) -> None:
    if not is_loopback(host) and not (settings.is_secure and settings.is_behind_proxy):
        raise Fault("serve.needs_https", "host")
