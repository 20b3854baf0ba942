"""Somebody who tells of a place, page by page, without a script."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.webmap.application import token_in

PLAIN: dict[str, dict[str, Any]] = {
    "what": {"polarity": "unsafe", "categories": ["lighting"]},
    "where": {"way": "unknown", "unsure": "Bakom lekplatsen"},
    "when": {"when": "often", "weekdays": ["fri"], "often_clock": "20", "often_end_clock": "03"},
    "words": {"text": "Det är mörkt vid bryggan."},
    "photo": {},
    "contact": {},
}
"""An ordinary answer to every question."""


class Teller:
    """One browser. Answers every page as `PLAIN` does unless told otherwise."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def post(self, path: str, **said: Any) -> TestResponse:
        """Fill in a form as it stands and send it."""
        page = self.client.get(path if path != "/report/send" else "/report/check")
        token = token_in(page) if page.status_code == 200 else ""
        return self.client.post(path, data={"csrf_token": token, **said})

    def begin(self) -> TestResponse:
        return self.post("/report", municipality="1470")

    def answer(self, *steps: str, **other: dict[str, Any]) -> TestResponse:
        """Answer some questions, or all; the last answer's page."""
        answered = self.begin()
        for name in steps or PLAIN:
            answered = self.post(f"/report/{name}", **other.get(name, PLAIN[name]))
            if "/report/crime" in answered.headers.get("Location", ""):
                answered = self.post("/report/crime")
        return answered

    def tell(self, **other: dict[str, Any]) -> TestResponse:
        """All of it, sent."""
        self.answer(**other)
        return self.post("/report/send")
