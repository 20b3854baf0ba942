"""The house rules that a machine can hold, over both packages and every tracked file."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).parents[1]
PACKAGES = ("webmap", "geodata")

LINES_PER_FUNCTION = 40
LINES_OF_A_TYPICAL_FUNCTION = 10
LINES_PER_MODULE = 260
LEVELS_OF_NESTING = 3
PARAMETERS = 5
BYTES_PER_FILE = 600_000

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "data", "info"}
REGISTRY_HOSTS = [
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"))
]

MAY_READ_THE_ENVIRONMENT = {
    "webmap/settings.py": "the one place that does",
    "webmap/traces.py": "a request's own, not the process's",
}
MAY_TRUST_MARKUP = {"templates/_macros/icons.html": "draws from a table of paths in the same file"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the two packages by its path from the root."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def functions() -> Iterator[tuple[str, Function]]:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield f"{path}:{node.lineno} {node.name}", node


def lines_of(function: Function) -> int:
    """Lines from `def` to the end, docstring not counted."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    docstring_lines = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring_lines


def depth_of(node: ast.AST) -> int:
    """How many blocks lie inside each other; `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        is_block = isinstance(child, ast.If | ast.For | ast.While | ast.With | ast.Try | ast.Match)
        deepest = max(deepest, depth_of(child) + (is_block and not is_elif))
    return deepest


def parameters_of(function: Function) -> int:
    """Parameters that a caller thinks of; a command's are its options, and click calls it."""
    if any("option" in ast.unparse(decorator) for decorator in function.decorator_list):
        return 0
    names = [
        given.arg for given in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    ]
    return len([name for name in names if name not in {"self", "cls"}])


@cache
def tracked_files() -> list[Path]:
    """What git holds or would take in."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def tracked_text(*endings: str) -> dict[str, str]:
    files = [path for path in tracked_files() if path.name.endswith(endings)]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8", errors="replace") for path in files}


def templates() -> dict[str, str]:
    folder = ROOT / "templates"
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")
    }


class TestFunctions:
    def test_none_is_longer_than_a_screen(self) -> None:
        assert [where for where, node in functions() if lines_of(node) > LINES_PER_FUNCTION] == []

    def test_most_are_short(self) -> None:
        lengths = [lines_of(node) for _, node in functions()]
        assert statistics.median(lengths or [0]) <= LINES_OF_A_TYPICAL_FUNCTION

    def test_none_nests_deeper_than_three(self) -> None:
        assert [where for where, node in functions() if depth_of(node) > LEVELS_OF_NESTING] == []

    def test_none_takes_more_than_five_things(self) -> None:
        assert [where for where, node in functions() if parameters_of(node) > PARAMETERS] == []

    def test_none_imports(self) -> None:
        late = [
            where
            for where, function in functions()
            if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
        ]
        assert late == []

    def test_public_ones_say_what_their_signature_cannot(self) -> None:
        silent = [
            f"{path}:{node.lineno} {node.name}"
            for path, tree in modules().items()
            if path.startswith(("geodata/", "webmap/services/", "webmap/maps/")) and "/versions/" not in path
            for node in tree.body
            if isinstance(node, Function) and not node.name.startswith("_") and not ast.get_docstring(node)
        ]
        assert silent == []


class TestModules:
    def test_none_has_a_name_that_says_nothing(self) -> None:
        assert [path for path in modules() if VAGUE_NAMES & set(Path(path).with_suffix("").parts)] == []

    def test_none_is_too_long_to_read_at_once(self) -> None:
        long = [
            path
            for path in modules()
            if "/versions/" not in path
            and len((ROOT / path).read_text(encoding="utf-8").splitlines()) > LINES_PER_MODULE
        ]
        assert long == []

    def test_only_settings_read_the_environment(self) -> None:
        reading = [
            path
            for path, tree in modules().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        ]
        assert set(reading) - MAY_READ_THE_ENVIRONMENT.keys() == set()

    def test_none_catches_everything(self) -> None:
        too_wide = [
            f"{path}:{node.lineno}"
            for path, tree in modules().items()
            for node in ast.walk(tree)
            if isinstance(node, ast.ExceptHandler)
            and (node.type is None or re.search(r"\b(Base)?Exception\b", ast.unparse(node.type)))
        ]
        assert too_wide == []

    def test_only_maps_draw_with_folium(self) -> None:
        drawing = [
            path
            for path, tree in modules().items()
            if re.search(r"^(import|from) (folium|branca)\b", ast.unparse(tree), re.MULTILINE)
        ]
        assert [path for path in drawing if not path.startswith("webmap/maps/")] == []

    def test_none_is_left_for_later(self) -> None:
        unfinished = re.compile("T[O]DO|F[I]XME|NotImplemented[E]rror")
        texts = tracked_text(".py", ".js", ".html", ".css")
        assert [path for path, text in texts.items() if unfinished.search(text)] == []

    @pytest.mark.skipif(
        not all((ROOT / package / "__init__.py").is_file() for package in PACKAGES),
        reason="the floors are those of packages, and one is not a package yet",
    )
    def test_a_floor_imports_only_floors_below_it(self) -> None:
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


class TestTemplates:
    def test_every_one_parses(self) -> None:
        environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
        for name, text in templates().items():
            environment.parse(text, name=name)

    def test_every_one_is_used(self) -> None:
        texts = [*(ast.unparse(tree) for tree in modules().values()), *templates().values()]
        used = {name for text in texts for name in re.findall(r"""["']([\w/.-]+\.html)["']""", text)}
        assert sorted(templates().keys() - used) == []

    def test_what_people_write_is_always_escaped(self) -> None:
        trusting = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false")
        texts = {
            path: text for path, text in tracked_text(".py", ".html").items() if not path.startswith("tests/")
        }
        found = {path for path, text in texts.items() if trusting.search(text)}
        assert found - MAY_TRUST_MARKUP.keys() == set()


class TestTrackedFiles:
    def test_none_names_a_package_registry(self) -> None:
        naming = [
            str(path.relative_to(ROOT))
            for path in tracked_files()
            if any(host in path.read_text(encoding="utf-8", errors="replace") for host in REGISTRY_HOSTS)
        ]
        assert naming == []

    def test_none_is_large(self) -> None:
        assert [path for path in tracked_files() if path.stat().st_size > BYTES_PER_FILE] == []

    def test_none_is_a_browser_file_of_others(self) -> None:
        foreign = re.compile(r"\.min\.(js|css)$|(^|/)(node_modules|vendor)/")
        assert [path for path in tracked_files() if foreign.search(str(path.relative_to(ROOT)))] == []


class TestLocks:
    def test_they_name_no_address(self) -> None:
        address = re.compile(r"https?:|file:|find-links|index-url")
        assert [path for path, text in tracked_text(".lock").items() if address.search(text)] == []
        assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")

    def test_every_package_has_a_hash(self) -> None:
        for path, text in tracked_text(".lock").items():
            entries = re.split(r"\n(?=\S)", text.strip())
            assert [entry for entry in entries if "--hash=sha256:" not in entry] == [], path

    def test_tests_run_with_the_versions_that_serve(self) -> None:
        serving, testing = (
            set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
            for name in ("requirements.lock", "requirements-dev.lock")
        )
        assert serving - testing == set()


class TestRun:
    def test_the_readme_names_every_word(self) -> None:
        helped = subprocess.run(
            [str(ROOT / "run"), "help"], capture_output=True, text=True, check=True
        ).stdout
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        words = re.findall(r"^\./run (\w+)", helped, re.MULTILINE)
        assert [word for word in words if f"./run {word}" not in readme] == []

    def test_another_word_is_refused_with_the_list(self) -> None:
        done = subprocess.run([str(ROOT / "run"), "fly"], capture_output=True, text=True)
        assert done.returncode == 2
        assert "no such word: fly" in done.stderr
