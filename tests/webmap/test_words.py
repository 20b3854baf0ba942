"""Words: every fault has its sentence, every sentence its English, and hours read as people say them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from geodata import errors
from geodata.errors import InvalidValue
from geodata.hours import HourFilter
from geodata.vocabulary import Focus, Kind, Light, Origin, Polarity, State
from webmap.access import Role
from webmap.cli import main
from webmap.cli.bilingual import help_texts
from webmap.words import words_for
from webmap.words.sentences import SENTENCES

ROOT = Path(__file__).parents[2]
SOURCES = [path for name in ("geodata", "webmap") for path in sorted((ROOT / name).rglob("*.py"))]
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
FAMILIES = {name for name, made in vars(errors).items() if isinstance(made, type)} | {"LoginNeeded"}
PLACEHOLDER = re.compile(r"%\((\w+)\)")
CODE = re.compile(r"[a-z_]+\.[a-z_]+")
KEPT = re.compile(r"(geometry|kind|origin|polarity|state|light|row|id|number|time|date)\.[a-z_]+")


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def text_of(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def calls():
    return [
        (path, node) for path, tree in TREES.items() for node in ast.walk(tree) if isinstance(node, ast.Call)
    ]


def raised():
    """(code, names of its values or None where not plain to see, where) of every fault made."""
    found = []
    for path, call in calls():
        if name_of(call) in FAMILIES and call.args and CODE.fullmatch(text_of(call.args[0]) or ""):
            names = {each.arg for each in call.keywords}
            given = None if None in names else names
            found.append((call.args[0].value, given, f"{path.relative_to(ROOT)}:{call.lineno}"))
    return found


def kept():
    """Codes that are kept in a table or handed on, and raised by another's hand."""
    found = {}
    for path, tree in TREES.items():
        if "geodata" in path.parts and "migrations" not in path.parts:
            nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Dict | ast.Tuple | ast.Call)]
            texts = {text_of(each) for node in nodes for each in _parts(node)}
            found |= {text: str(path.relative_to(ROOT)) for text in texts if text and KEPT.fullmatch(text)}
    return found


def _parts(node):
    if isinstance(node, ast.Call):
        return node.args if name_of(node) == "RowFault" else []
    return node.values if isinstance(node, ast.Dict) else node.elts


def python_sentences():
    """Every sentence that Python code says: a text, or a pair for one and many."""
    found = {}
    for path, call in calls():
        name = name_of(call) or (name_of(call.func) if isinstance(call.func, ast.Call) else "")
        texts = [text_of(each) for each in call.args]
        if name == "plural" and len(texts) >= 2 and texts[0]:
            found[texts[0], texts[1]] = path
        elif name in ("words", "say", "N_") and texts and texts[0]:
            found[texts[0]] = path
    return found


def template_sentences():
    found = {}
    for path in sorted((ROOT / "templates").rglob("*.html")):
        with path.open("rb") as source:
            for _, _, message, _ in babel_extract(source, ("_", "gettext", "ngettext"), [], {}):
                text = message if isinstance(message, str) else tuple(each for each in message if each)
                found[text[0] if isinstance(text, tuple) and len(text) == 1 else text] = path
    return found


SAID = python_sentences() | template_sentences() | dict.fromkeys(help_texts(main), "tryggkarta --help")


@pytest.fixture(scope="module")
def english():
    path = ROOT / "webmap/locale/en/LC_MESSAGES/messages.po"
    with path.open("rb") as source:
        catalogue = read_po(source, locale="en")
    return {message.id: message for message in catalogue if message.id}


class TestFaults:
    def test_every_code_has_a_sentence(self):
        made = kept() | {code: where for code, _, where in raised()}
        missing = {code: where for code, where in made.items() if code not in SENTENCES}
        assert missing == {}

    def test_every_sentence_is_given_what_it_says(self):
        lacking = {
            where: sorted(asked)
            for code, given, where in raised()
            if given is not None
            and (asked := set(PLACEHOLDER.findall(SENTENCES.get(code, ""))) - given - {"field"})
        }
        assert lacking == {}

    @pytest.mark.parametrize("language", ["sv", "en"])
    def test_a_fault_is_said_with_its_values(self, language):
        fault = InvalidValue("severity.out_of_range", "severity", given=1234)
        said = words_for(language).fault(fault)
        assert said.replace("\N{NO-BREAK SPACE}", " ").replace(",", " ").count("1 234") == 1

    def test_a_fault_without_a_sentence_is_its_code(self):
        assert words_for("sv").fault(InvalidValue("nobody.knows")) == "nobody.knows"


class TestEnglish:
    def test_nothing_that_is_said_is_missing(self, english):
        missing = [text for text in SAID if text not in english]
        assert missing == []

    def test_nothing_is_empty_or_guessed(self, english):
        bad = [key for key, message in english.items() if message.fuzzy or not all(_strings(message.string))]
        assert bad == []

    def test_every_sentence_holds_the_same_values(self, english):
        differing = [
            key
            for key, message in english.items()
            if any(_values(said) != _values(_strings(key)[-1]) for said in _strings(message.string))
        ]
        assert differing == []

    def test_the_catalogue_holds_nothing_that_nobody_says(self, english):
        assert [key for key in english if key not in SAID] == []


def _strings(text):
    return (text,) if isinstance(text, str) else tuple(text)


def _values(text):
    return set(PLACEHOLDER.findall(text))


class TestHours:
    @pytest.mark.parametrize(
        ("weekdays", "hours", "swedish", "english_words"),
        [
            ("fri,sat", "20-03", "fre–lör 20–03", "Fri–Sat 20–03"),
            ("fri", "20-03", "fre 20–03", "Fri 20–03"),
            ("mon,tue,wed,fri", "", "mån–ons, fre", "Mon–Wed, Fri"),
            ("", "22-24", "22–24", "22–24"),
            ("sun,mon", "00-06", "mån, sön 00–06", "Mon, Sun 00–06"),
            ("", "", "", ""),
        ],
    )
    def test_they_are_said_in_both_languages(self, weekdays, hours, swedish, english_words):
        chosen = HourFilter.parse(weekdays, hours)
        assert words_for("sv").hours(chosen) == swedish
        assert words_for("en").hours(chosen) == english_words


class TestLabels:
    @pytest.mark.parametrize("language", ["sv", "en"])
    @pytest.mark.parametrize("family", [Kind, Origin, Polarity, State, Light, Focus, Role])
    def test_every_word_of_a_vocabulary_has_one(self, family, language):
        words = words_for(language)
        assert [each for each in family if words.label(each) == each.value] == []

    def test_numbers_and_days_follow_the_language(self):
        assert words_for("sv").number(1234.56, 1) == "1\N{NO-BREAK SPACE}234,6"
        assert words_for("en").number(1234.56, 1) == "1,234.6"

    def test_a_language_we_do_not_have_is_swedish(self):
        assert words_for("fi").language == "sv"
