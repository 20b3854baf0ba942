"""The script modules of a page as one file: the browser asks once, and runs what is for later later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from posixpath import normpath

from flask import Response

from webmap.packing import file_answer, pack_ahead

_STATIC = Path(__file__).parent / "static"
_SCRIPTS = _STATIC / "js"
_BESIDE_THE_MAP = ("vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css")
_NAME = re.compile(r"[a-z]+(/[a-z]+)?")
_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\.\.?/[\w/]+)\.js";$', re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\./[\w/]+)\.js"\)')
_EXPORT = re.compile(r"^export ((?:async )?(?:function|const) (\w+))", re.MULTILINE)
_UNREAD = re.compile(r"^(import|export)\b|\bimport\(", re.MULTILINE)
_ONCE = "const once = (make) => { let made; return () => (made ??= make()); };\n"


class UnreadableModule(Exception):
    """A module says `import` or `export` in a way that is not read here."""


def together(name: str) -> Response:
    """The module of this name with all it imports, at once or later. Raises NotFound."""
    is_known = _NAME.fullmatch(name) and (_SCRIPTS / f"{name}.js").is_file()
    return file_answer(joined(name, _changed_ns()) if is_known else None, "text/javascript")


def prepare() -> None:
    """Join and pack what the map asks for: the first reader after a start does not wait for it."""
    with suppress(UnreadableModule, OSError):  # said when it is asked for
        pack_ahead(joined("map", _changed_ns()))
        pack_ahead(*((_STATIC / name).read_bytes() for name in _BESIDE_THE_MAP))


def _changed_ns() -> int:
    """When any of the modules was last written: they are joined anew under a running server too."""
    return max(path.stat().st_mtime_ns for path in _SCRIPTS.rglob("*.js"))


@lru_cache(maxsize=16)
def joined(name: str, changed_ns: int = 0) -> bytes:
    """One module of many: each a function that is run when it is first imported.

    changed_ns: makes what was joined before it stale. Raises UnreadableModule.
    """
    found: dict[str, str] = {}
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found[each] = (_SCRIPTS / f"{each}.js").read_text(encoding="utf-8")
            waiting += _imported(each, found[each])
    parts = [_as_function(each, text) for each, text in found.items()]
    return "".join([_ONCE, *parts, f"{_called(name)};\n"]).encode()


def _imported(name: str, text: str) -> Iterator[str]:
    for pattern, group in ((_IMPORT, 2), (_LATER, 1)):
        for said in pattern.finditer(text):
            yield _beside(name, said[group])


def _beside(name: str, address: str) -> str:
    return normpath(PurePosixPath(name).parent / address)


def _called(name: str) -> str:
    return f"{_variable(name)}()"


def _variable(name: str) -> str:
    return f"module_{name.replace('/', '_')}"


def _as_function(name: str, text: str) -> str:
    exported = [said[2] for said in _EXPORT.finditer(text)]
    body = _IMPORT.sub(lambda said: f"const {{ {said[1]} }} = {_called(_beside(name, said[2]))};", text)
    body = _LATER.sub(lambda said: f"Promise.resolve().then({_variable(_beside(name, said[1]))})", body)
    body = _EXPORT.sub(r"\1", body)
    if _UNREAD.search(body):
        raise UnreadableModule(name)
    return f"const {_variable(name)} = once(() => {{\n{body}return {{ {', '.join(exported)} }};\n}});\n"
