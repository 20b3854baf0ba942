"""Walks from the command line."""

from __future__ import annotations

import json

from click.testing import CliRunner

from tests import walks
from webmap.cli import main


def test_they_are_listed_in_words_and_as_json(app, monkeypatch):
    engine = app.extensions["works"].engine
    made = walks.walk(engine, title="Kväll i Vara")
    monkeypatch.setenv("TRYGGKARTA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    said = CliRunner().invoke(main, ["walk", "list", "--municipality", "1470"])
    told = CliRunner().invoke(main, ["walk", "list", "--municipality", "1470", "--json"])
    assert all(word in said.output for word in (made.join_code, "Kväll i Vara", "Pågår"))
    assert [(each["code"], each["stops"]) for each in json.loads(told.output)] == [(made.join_code, 4)]
