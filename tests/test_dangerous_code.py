"""What is in nobody's code here, since it is how programs are broken into. ASVS names these tests."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.test_house import ROOT, modules, templates, tracked_files, tracked_text

RUNS_WHAT_IT_READS = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
UNPACKS_ANYTHING = {"pickle", "cPickle", "marshal", "shelve", "dill", "yaml", "jsonpickle", "xmlrpc", "lxml"}
OF_PLAIN_XML = {"Element", "SubElement", "ParseError", "tostring"}
"""Names that parse nothing; what parses is defusedxml's."""
DIGESTS = {"sha256", "blake2b", "scrypt"}
MARKUP_OF_OUR_OWN = {"review/drawing.js", "map.js", "map/points.js"}
"""Scripts that set markup from constants in the same file."""
KEPT_IN_BROWSERS = {"theme", "KEPT_AS", "KEY", "KEPT"}
KEEP_FINDINGS = ["field/shelf.js", "field/store.js"]
"""What a walk's phone has not yet handed over: the one thing that is kept of what somebody wrote."""
HEAR_OUR_OWN = ["field/install.js", "field/store.js", "field/worker.js"]
"""A worker, its port and a channel of this site: no other site's window reaches them."""
KEYS_OF_OUR_OWN_PAGE = {
    "map/layers.js": "chosen[target.dataset.layer] =",
    "map/filter.js": "dataset[name] =",
    "field/checks.js": "answers[theme.code] =",
    "field/shelf.js": "remembered[name] =",
}
MAY_READ_EITHER = {
    "webmap/pages/reviewing.py",
    "webmap/pages/disclosures.py",
    "webmap/pages/findings.py",
}
"""Which list to show, and a title to show again: nothing is decided by it."""
UPDATED_WITHIN = timedelta(days=60)


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """(place, call, what is called) of every call in the two packages."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{path}:{node.lineno}", node, ast.unparse(node.func)


def imported() -> Iterator[tuple[str, str, str]]:
    """(module, what it imports from, name)."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from ((path, each.name, "") for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((path, node.module or "", each.name) for each in node.names)


def scripts() -> dict[str, str]:
    """Our own browser scripts by their path under js/."""
    prefix = "webmap/static/js/"
    return {path.removeprefix(prefix): text for path, text in tracked_text(".js").items() if prefix in path}


class TestPython:
    def test_nothing_runs_what_it_reads(self) -> None:
        found = [
            place
            for place, _, name in calls()
            if name in RUNS_WHAT_IT_READS or name.endswith((".from_string", ".system", ".popen"))
        ]
        assert found == []

    def test_no_command_goes_through_a_shell(self) -> None:
        shells = [place for place, node, _ in calls() if any(each.arg == "shell" for each in node.keywords)]
        started = [node for _, node, name in calls() if name.startswith("subprocess.") and node.args]
        assert shells == []
        assert [ast.unparse(node) for node in started if isinstance(node.args[0], ast.Constant)] == []

    def test_nothing_is_unpacked_into_objects(self) -> None:
        assert [each for each in imported() if each[1].split(".")[0] in UNPACKS_ANYTHING] == []

    def test_xml_is_read_without_definitions(self) -> None:
        plain = [each for each in imported() if each[1].startswith("xml.")]
        assert [each for each in plain if each[2] not in OF_PLAIN_XML] == []

    def test_digests_are_of_today(self) -> None:
        used = {name.split(".")[1] for _, _, name in calls() if re.fullmatch(r"hashlib\.\w+", name)}
        used |= {name for _, source, name in imported() if source == "hashlib" and name}
        keyed = {
            ast.unparse(node.args[2]).strip("'\"").removeprefix("hashlib.")
            for _, node, name in calls()
            if name in ("hmac.new", "hmac.digest")
        }
        assert used <= DIGESTS
        assert keyed == {"sha256"}

    def test_chance_that_protects_is_the_systems(self) -> None:
        assert [each for each in imported() if each[1] == "random"] == []

    def test_ciphers_are_authenticated(self) -> None:
        used = {each[2] for each in imported() if "hazmat.primitives.ciphers" in each[1]}
        assert used == {"AESGCM"}

    def test_certificates_are_always_looked_at(self) -> None:
        loose = re.compile(r"verify\s*=\s*False|CERT_NONE|_create_unverified|check_hostname\s*=\s*False")
        assert [path for path, tree in modules().items() if loose.search(ast.unparse(tree))] == []

    def test_a_field_is_read_from_where_it_was_sent(self) -> None:
        mixed = re.compile(r"request\.values|get_json\(force")
        found = {path for path, tree in modules().items() if mixed.search(ast.unparse(tree))}
        assert found <= MAY_READ_EITHER

    def test_statements_are_not_put_together_of_what_was_typed(self) -> None:
        texts = [
            place
            for place, node, name in calls()
            if name in ("text", "sqlalchemy.text", "sa.text")
            and isinstance(node.args[0], ast.JoinedStr)
            and not place.startswith(("geodata/migrations/", "geodata/tables/"))
        ]
        assert texts == []


class TestScripts:
    def test_none_makes_code_of_text(self) -> None:
        runs = re.compile(
            r"\beval\(|new Function\(|document\.write|setTimeout\(\s*[\"'`]|outerHTML|insertAdjacentHTML"
        )
        assert [path for path, text in scripts().items() if runs.search(text)] == []

    def test_markup_is_set_from_constants_alone(self) -> None:
        assert {path for path, text in scripts().items() if ".innerHTML" in text} <= MARKUP_OF_OUR_OWN

    def test_none_listens_to_other_windows(self) -> None:
        hears = re.compile(r"postMessage|[\"']message[\"']|onmessage|WebSocket|EventSource|RTCPeer")
        assert sorted(path for path, text in scripts().items() if hears.search(text)) == HEAR_OUR_OWN
        windows = re.compile(r"window\.(?:addEventListener\(\s*[\"']message|onmessage)")
        assert not [path for path, text in scripts().items() if windows.search(text)]

    def test_what_is_kept_in_browsers_is_known(self) -> None:
        kept = re.compile(r"(?:local|session)Storage\.setItem\(\s*[\"']?(\w+)")
        assert {key for text in scripts().values() for key in kept.findall(text)} <= KEPT_IN_BROWSERS
        shelves = [path for path, text in scripts().items() if re.search(r"indexedDB", text)]
        assert sorted(shelves) == KEEP_FINDINGS
        assert not [path for path, text in scripts().items() if "document.cookie" in text]

    def test_no_object_is_given_a_key_that_was_sent(self) -> None:
        computed = re.compile(r"\w+\[[a-zA-Z_][\w.]*\] = ")
        merged = re.compile(r"__proto__|Object\.assign\(\{|\.constructor\[")
        found = {
            path: each
            for path, text in scripts().items()
            for each in (*computed.findall(text), *merged.findall(text))
        }
        assert {path: each.strip() for path, each in found.items()} == KEYS_OF_OUR_OWN_PAGE


class TestPages:
    def test_none_needs_a_plug_in_or_a_frame(self) -> None:
        old = re.compile(r"<(object|embed|applet|iframe|frame)\b")
        assert [path for path, text in templates().items() if old.search(text)] == []


class TestTree:
    def test_it_holds_no_key(self) -> None:
        key = re.compile("-----BEGIN [A-Z ]*PRIVATE" + " KEY-----")
        texts = (path.read_text(encoding="utf-8", errors="replace") for path in tracked_files())
        assert not [text[:60] for text in texts if key.search(text)]

    @pytest.mark.parametrize("lock", ["requirements.lock", "package-lock.json"])
    def test_versions_were_chosen_anew_of_late(self, lock: str) -> None:
        def day(*paths: str) -> datetime | None:
            command = ["git", "log", "-1", "--format=%cI", "--", *paths]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            return datetime.fromisoformat(done.stdout.strip()) if done.stdout.strip() else None

        last, chosen = day(), day(lock)
        if last is None or chosen is None:
            pytest.skip("not a checkout with its history, so when the versions were chosen is not known")
        assert last - chosen <= UPDATED_WITHIN
