"""The web application: who may ask, what is done, what is drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from webmap import api, cookies, limits, modules, packing, pages, refusals
from webmap.access import Permission
from webmap.database import open_database
from webmap.frontdoor import install
from webmap.gate import needs
from webmap.services import passwords
from webmap.services.works import Works
from webmap.settings import Settings

TEMPLATES = Path(__file__).parents[1] / "templates"
LARGEST_REQUEST_BYTES = 1_000_000
LARGEST_FORM_BYTES = 64_000
MOST_FORM_PARTS = 100


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """The application over a database: the one given, or the one the settings name."""
    settings = settings or Settings.from_environment()
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(_configuration(settings))
    works = Works.over(settings, engine or open_database(settings.database_address()))
    passwords.nobodys()
    app.extensions["works"] = works
    _serve_files(app)
    cookies.install(app)
    refusals.install(app)
    install(app)  # first, so that a refused form is answered in the right language
    protection = CSRFProtect(app)
    for blueprint in (*pages.BLUEPRINTS, *api.BLUEPRINTS):
        app.register_blueprint(blueprint)
    for view in app.view_functions.values():
        if getattr(view, "is_without_token", False):
            protection.exempt(view)
    limits.install(app, settings)
    if settings.is_behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret(),
        "SESSION_COOKIE_NAME": "__Host-s" if settings.is_secure else "s",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a form left open over lunch still works
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM_BYTES,
        "MAX_FORM_PARTS": MOST_FORM_PARTS,
        "SEND_FILE_MAX_AGE_DEFAULT": None,  # asked for by ETag: an upgrade never mixes old and new
    }


def _serve_files(app: Flask) -> None:
    """The application's own files, behind the gate like every other route."""
    app.static_folder = "static"
    serve = needs(Permission.SEE_PUBLIC)(app.send_static_file)
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=serve)
    # Beside the sheets themselves, so that what they point to is found.
    sheets = needs(Permission.SEE_PUBLIC)(packing.together)
    app.add_url_rule("/static/css/together-<names>.css", endpoint="styles", view_func=sheets)
    scripts = needs(Permission.SEE_PUBLIC)(modules.together)
    app.add_url_rule("/static/js/together-<name>.js", endpoint="modules", view_func=scripts)
    modules.prepare()
