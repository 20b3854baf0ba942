"""What was typed is still there where a public form could not be taken in, and nothing of a stranger's is."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy.exc import OperationalError

from tests.webmap.application import COORDINATOR, token_in
from tests.webmap.teller import Teller
from webmap import LARGEST_FORM_BYTES, LARGEST_REQUEST_BYTES
from webmap.gate import needs
from webmap.typed import PUBLIC_FORMS

TEXT = 'Mörkt vid bryggan, "lampan" <är> trasig\r\noch har varit det länge & väl.'
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def teller(client):
    made = Teller(client)
    made.answer("what", "where", "when")
    return made


def breaks(app, endpoint, fault):
    def broken(**_):
        raise fault

    app.view_functions[endpoint] = needs(app.view_functions[endpoint].permission)(broken)


def typed_in(answer):
    """Names and values of the form that is made ready."""
    form = re.search(r"<form method=.post. action=.([^\"]*).>(.*?)</form>", answer.text, re.S)
    fields = re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', form[2], re.S)
    fields += re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[2])
    return form[1], {name: unescape(value).replace("\r\n", "\n") for name, value in fields}


AWAY = OperationalError("INSERT secret", {}, Exception("secret"))


class TestFailure:
    @pytest.mark.parametrize(("fault", "status"), [(RuntimeError("secret"), 500), (AWAY, 503)], ids=str)
    def test_what_was_written_is_shown_and_sent_again(self, app, teller, fault, status):
        whole = app.view_functions["report_words.take_words"]
        breaks(app, "report_words.take_words", fault)
        answer = teller.post("/report/words", text=TEXT)
        assert answer.status_code == status
        assert "secret" not in answer.text
        address, typed = typed_in(answer)
        assert typed["text"] == TEXT.replace("\r\n", "\n")
        app.view_functions["report_words.take_words"] = whole
        again = teller.client.post(address, data={**typed, "anyway": "1"})
        assert (again.status_code, again.headers["Location"]) == (303, "/report/photo")
        assert "lampan" in teller.client.get("/report/words").text

    def test_every_public_form_is_made_ready_again(self, app, client):
        forms = [
            rule
            for rule in app.url_map.iter_rules()
            if "POST" in rule.methods and app.view_functions[rule.endpoint].permission in PUBLIC_FORMS
        ]
        assert len(forms) > 10
        for rule in forms:
            breaks(app, rule.endpoint, RuntimeError())
            token = token_in(client.get("/login"))
            answer = client.post(rule.rule, data={"csrf_token": token, "x": TEXT, "choice": ["a", "b"]})
            assert answer.status_code == 500
            address, typed = typed_in(answer)
            assert (address, typed["x"]) == (rule.rule, TEXT.replace("\r\n", "\n"))
            assert answer.text.count('name="choice"') == 2

    def test_what_staff_type_and_passwords_are_not(self, app, logged_in):
        client = logged_in(COORDINATOR)
        token = token_in(client.get("/account"))
        for endpoint, path in (("account.enter", "/login"), ("measures.create", "/staff/measures")):
            breaks(app, endpoint, RuntimeError())
            answer = client.post(
                path, data={"csrf_token": token, "password": "hemligt ord", "title": "hemligt"}
            )
            assert answer.status_code in (404, 405, 500)
            assert "hemligt" not in answer.text


class TestTooLarge:
    @pytest.mark.parametrize("size", [LARGEST_FORM_BYTES + 1, LARGEST_REQUEST_BYTES + 1])
    def test_the_way_back_into_the_report_is_shown_and_the_rest_is_there(self, teller, size):
        answer = teller.client.post("/report/words", data={"text": "a" * size})
        assert answer.status_code == 413
        assert "Det du har svarat hittills är kvar" in answer.text
        assert 'href="/report/words"' in answer.text
        assert teller.client.get("/report/words").status_code == 200
        assert teller.client.get("/report/check").status_code == 200


class TestTooOld:
    def test_what_was_written_is_shown_when_the_token_is_gone(self, teller):
        answer = teller.client.post("/report/words", data={"text": TEXT, "csrf_token": "old"}, headers=OURS)
        assert (answer.status_code, "är inte skickad" in answer.text) == (400, True)
        address, typed = typed_in(answer)
        assert teller.client.post(address, data=typed | {"anyway": "1"}).status_code == 303

    def test_also_when_the_cookie_is(self, app):
        answer = app.test_client().post("/report/words", data={"text": TEXT}, headers=OURS)
        assert typed_in(answer)[1]["text"] == TEXT.replace("\r\n", "\n")

    @pytest.mark.parametrize(
        "sent",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example"},
            {"Referer": "https://evil.example/"},
            {"Origin": "null"},
            {},
        ],
        ids=str,
    )
    def test_nothing_that_another_page_sent_is_made_ready(self, teller, sent):
        """One press would do what the other page wanted, with a token of ours."""
        answer = teller.client.post("/follow/withdraw", data={"text": "by another"}, headers=sent)
        assert answer.status_code == 400
        assert "by another" not in answer.text
        assert 'action="/follow/withdraw"' not in answer.text
