"""The service worker of the field app: one file under the walks, named by what the app is made of."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Response

from webmap import modules
from webmap.access import Permission
from webmap.gate import needs
from webmap.packing import file_answer

bp = Blueprint("field_worker", __name__)

_HERE = Path(__file__).parents[1]
_MADE_OF = (
    _HERE / "static/js",
    _HERE / "static/css",
    _HERE / "static/icons",
    _HERE / "static/vendor/leaflet",
    _HERE / "locale",
    _HERE / "words",
    _HERE / "pages/field_sayings.py",
    _HERE.parent / "templates/field",
)


@bp.get("/w/sw.js")
@needs(Permission.JOIN_WALK)
def script() -> Response:
    return file_answer(_worker(_changed_ns()), "text/javascript")


def _files() -> list[Path]:
    """All that the app is made of; a change to any of it is a new version of the app."""
    found = (path for made_of in _MADE_OF for path in (made_of, *made_of.rglob("*")))
    return sorted(path for path in found if path.is_file() and path.suffix != ".pyc")


def _changed_ns() -> int:
    return max(path.stat().st_mtime_ns for path in _files())


@lru_cache(maxsize=2)
def _worker(changed_ns: int) -> bytes:
    """changed_ns: makes what was made before it stale, under a running server too."""
    version = blake2b(digest_size=8)
    for path in _files():
        content = path.read_bytes()
        version.update(f"{path.name} {len(content)} ".encode() + content)
    told = f'self.FIELD_VERSION = "{version.hexdigest()}";\n'
    return told.encode() + modules.joined("field/worker", changed_ns)
