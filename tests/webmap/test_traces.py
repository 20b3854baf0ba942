"""What is written down of a request holds nothing that somebody sent."""

from __future__ import annotations

import logging

import pytest

from webmap.traces import ASKED

SECRET = "Hemligt"


def fails(fault):
    def view(said="", number=0):
        raise fault

    return view


@pytest.fixture
def noted(app):
    """The lines of requests as the access log would have them."""
    lines = []
    inner = app.wsgi_app

    def outer(environ, start):
        answer = inner(environ, start)
        lines.append(environ[ASKED])
        return answer

    app.wsgi_app = outer
    return lines


@pytest.mark.parametrize(
    ("method", "path", "line"),
    [
        ("GET", f"/follow?code={SECRET}", "GET /follow"),
        ("GET", f"/{SECRET}", "- -"),
        ("GET", f"/static/{SECRET}.css", "GET /static/<path:filename>"),
        ("GET", "/heat/staff/10/548/305.png", "GET /heat/staff/10/548/305.png"),
        (SECRET.upper(), "/follow", "- -"),
    ],
)
def test_only_paths_of_our_own_are_noted(client, noted, method, path, line):
    client.open(path, method=method)
    assert noted == [line]


class TestException:
    @pytest.mark.parametrize("fault", [ValueError(SECRET), KeyError(SECRET), OSError(1, SECRET)])
    def test_it_is_told_by_place_and_kind_alone(self, app, caplog, fault):
        app.add_url_rule("/broken/<said>", endpoint="broken", view_func=fails(fault))
        with caplog.at_level(logging.ERROR):
            assert app.test_client().get(f"/broken/{SECRET}?q={SECRET}").status_code == 500
        assert SECRET not in caplog.text
        assert "GET /broken/<said> failed" in caplog.text
        assert type(fault).__name__ in caplog.text
        assert "test_traces.py" in caplog.text

    def test_what_it_came_of_is_told_the_same_way(self, app, caplog):
        fault = RuntimeError(SECRET)
        fault.__cause__ = LookupError(SECRET)
        app.add_url_rule("/broken", endpoint="broken", view_func=fails(fault))
        app.test_client().get("/broken")
        assert SECRET not in caplog.text
        assert "builtins.LookupError" in caplog.text

    def test_one_of_the_program_itself_says_what_is_wrong(self, app, caplog):
        app.add_url_rule("/broken", endpoint="broken", view_func=fails(AttributeError("no such name")))
        app.test_client().get("/broken")
        assert "no such name" in caplog.text
