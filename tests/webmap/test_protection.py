"""What protects and has no other place: types of answers, cookies, what logging out leaves, the log-in."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import func, select, update
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from geodata.errors import Fault, InvalidValue, NotAllowed
from geodata.queries.municipalities import home
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.users import User
from geodata.vocabulary import ChoiceKey
from tests import factories
from tests.factories import PASSWORD
from tests.webmap.application import (
    ADMIN,
    COORDINATOR,
    SECRET,
    STAFF,
    application,
    closed,
    enter,
    post,
    token_in,
)
from tests.webmap.matrix import LINES, OWN, address, furnish, rules_of
from webmap.cli.serving import _refuse_open_http
from webmap.cookies import Sealer
from webmap.services import accounts, passwords, receipts, second_factor
from webmap.services.actors import COMMAND
from webmap.services.choices import choose
from webmap.settings import Settings

HTTPS = "https://localhost"
WITHOUT_A_FRAME = {"sun.show"}
"""Where one lands who has to leave quickly: it shows nothing of us."""
TEXT = re.compile(r"text/|application/javascript|\+xml|/xml")


@pytest.fixture
def furnished(app):
    works = app.extensions["works"]
    settings = works.settings
    made = furnish(works.engine, settings.data_folder, settings.photos_folder, OWN)
    return app, made | {"user": 1, "session": 1}


def pages_of(app, things):
    for rule in rules_of(app):
        line = LINES.get(rule.endpoint)
        if line and "GET" in rule.methods:
            values = {name: things.get(value, value) for name, value in line.values.items()}
            yield rule.endpoint, f"{address(rule, values)}?municipality={OWN}{line.query}"


class TestAnswers:
    @pytest.mark.parametrize("email", [COORDINATOR, ADMIN])
    def test_each_says_its_type_and_every_text_its_letters(self, furnished, logged_in, email):
        app, things = furnished
        client, wrong = logged_in(email), []
        for endpoint, path in pages_of(app, things):
            answer = client.get(path)
            said = answer.content_type or ""
            if answer.data and (not said or (TEXT.search(said) and "charset=utf-8" not in said.lower())):
                wrong.append((endpoint, said))
        assert wrong == []

    @pytest.mark.parametrize("email", [COORDINATOR, ADMIN])
    def test_every_page_of_somebody_known_has_its_way_out_and_is_kept_by_nobody(
        self, furnished, logged_in, email
    ):
        app, things = furnished
        client, lacking = logged_in(email), []
        for endpoint, path in pages_of(app, things):
            answer = client.get(path)
            if answer.status_code != 200 or not answer.content_type.startswith("text/html"):
                continue
            is_framed = "<main" in answer.text and endpoint not in WITHOUT_A_FRAME
            if is_framed and 'action="/logout"' not in answer.text:
                lacking.append((endpoint, "no way out"))
            if "<main" in answer.text and "no-store" not in answer.headers["Cache-Control"]:
                lacking.append((endpoint, answer.headers["Cache-Control"]))
        assert lacking == []


class TestWhatIsNotServed:
    @pytest.mark.parametrize(
        "path",
        [
            *("/.git/config", "/.git/HEAD", "/.svn/entries", "/.env", "/wsgi.py", "/pyproject.toml"),
            *("/instance/secret", "/secret", "/tests/factories.py", "/webmap/settings.py", "/console"),
            *("/static/.git/config", "/static/../.git/config", "/static/%2e%2e/.git/config"),
        ],
    )
    def test_no_source_history_or_secret(self, client, path):
        assert client.get(path).status_code in (301, 308, 404)

    @pytest.mark.parametrize("path", ["/static/", "/static/css/", "/static/js/", "/static/js"])
    def test_no_list_of_files(self, client, path):
        assert client.get(path).status_code == 404

    def test_nothing_is_told_of_the_inside(self, app):
        assert not app.debug
        assert not app.testing
        assert app.config["PROPAGATE_EXCEPTIONS"] is None


class TestCookie:
    def test_it_says_nothing_of_what_it_holds(self, app, client):
        with client.session_transaction() as session:
            session["report"] = {"text": "en hemlig berättelse" * 5}
        value = client.get_cookie("s").value
        signer = URLSafeTimedSerializer(SECRET, salt="cookie-session")
        with pytest.raises(BadSignature):
            signer.loads(value)
        assert "hemlig" not in value
        assert Sealer(app.secret_key).loads(value)["report"]["text"].startswith("en hemlig")

    def test_one_that_was_altered_is_nobodys(self):
        sealer = Sealer("x" * 40)
        cookie = sealer.dumps({"sid": "token"})
        for at in range(0, len(cookie) - 1, 3):
            changed = cookie[:at] + ("A" if cookie[at] != "A" else "B") + cookie[at + 1 :]
            with pytest.raises(BadSignature):
                sealer.loads(changed)

    @pytest.mark.parametrize("cookie", ["", "x", "å", "A" * 5_000, "eyJzaWQiOiIxIn0.Zx.y"])
    def test_what_is_none_is_nobodys(self, cookie):
        with pytest.raises(BadSignature):
            Sealer("x" * 40).loads(cookie)

    def test_with_another_secret_or_after_its_time_it_is_worth_nothing(self):
        cookie = Sealer("x" * 40).dumps({"sid": "token"})
        with pytest.raises(BadSignature):
            Sealer("y" * 40).loads(cookie)
        with pytest.raises(BadSignature):
            Sealer("x" * 40).loads(cookie, max_age=-1)

    def test_no_two_are_alike(self):
        sealer = Sealer("x" * 40)
        assert len({sealer.dumps({"a": 1}) for _ in range(100)}) == 100

    def test_a_forms_token_is_signed_by_sha256(self, app):
        assert URLSafeTimedSerializer("x").make_signer().digest_method().digest_size == 32


class TestLeaving:
    def test_the_browser_is_told_to_keep_nothing(self, logged_in):
        answer = post(logged_in(), "/logout")
        assert answer.headers["Clear-Site-Data"] == '"cache"'
        assert answer.status_code == 303

    def test_so_it_is_by_ending_this_session_in_the_list(self, logged_in):
        client = logged_in()
        number = re.search(r"/account/sessions/(\d+)/end", client.get("/account").text)[1]
        assert post(client, f"/account/sessions/{number}/end").headers["Clear-Site-Data"] == '"cache"'


class TestPasswords:
    @pytest.mark.parametrize("path", ["/login", "/account/password"])
    def test_fields_hide_what_is_typed_and_let_managers_and_pasting_be(self, logged_in, client, path):
        text = (client if path == "/login" else logged_in()).get(path).text
        fields = re.findall(r'<input[^>]*type="password"[^>]*>', text)
        assert fields
        for field in fields:
            assert re.search(r'autocomplete="(current|new)-password"', field)
            assert "onpaste" not in field
            assert int(re.search(r'maxlength="(\d+)"', field + ' maxlength="1000"')[1]) >= passwords.LONGEST
        assert not re.search(r'<input[^>]*type="(?!password)\w+"[^>]*name="(password|again|old)"', text)

    def test_none_of_those_used_most_will_do(self, capsys):
        long_enough = [each for each in FREQUENCY_LISTS["passwords"] if len(each) >= passwords.SHORTEST]
        for each in long_enough:
            with pytest.raises(InvalidValue):
                passwords.checked(each)
        known = len(FREQUENCY_LISTS["passwords"])
        with capsys.disabled():
            print(f"\npasswords: {known} of the most used known, {len(long_enough)} long enough, 0 taken")  # noqa: T201
        assert known >= 3_000

    @pytest.mark.parametrize("word", ["tryggkarta", "kommun", "polisen", "samordnare", "lösenord"])
    def test_the_words_of_this_place_do_not_make_one(self, word):
        with pytest.raises(InvalidValue, match="password.easy"):
            passwords.checked((word + "2026").ljust(12, "!"))

    @pytest.mark.parametrize(
        "password", ["gammal cykel regnar", "SJUTTIOTVÅ BLÅ STOLAR", "9137 5502 8846 17", "žluťoučký kůň pěl"]
    )
    def test_any_signs_will_do(self, password):
        assert passwords.checked(password) == password

    def test_it_is_checked_as_it_was_typed(self, engine):
        with writing(engine) as session:
            factories.municipality(session)
        said = "Sju Tröga gäss i vassen " + "x y " * 40
        with writing(engine) as session:
            new = accounts.NewAccount("anna@vara.example", said, "coordinator", "1470")
            accounts.add(session, new)
        assert accounts.log_in(engine, "anna@vara.example", said, SECRET)
        for other in (said.lower(), said.strip(), said[:72], said + " ", said.replace("ö", "o\u0308")):
            with pytest.raises(NotAllowed):
                accounts.log_in(engine, "anna@vara.example", other, SECRET + other[:3])

    def test_an_old_one_is_as_good_as_a_new_one(self, app, client):
        with writing(app.extensions["works"].engine) as session:
            session.execute(update(User).values(created_at=datetime.now(UTC) - timedelta(days=3_650)))
        assert enter(client, COORDINATOR, PASSWORD).headers["Location"] == "/staff/"

    def test_nothing_is_asked_that_another_could_know(self):
        kept = set(User.__table__.columns.keys())
        assert not [name for name in kept if re.search("hint|question|answer|birth|maiden", name)]


class TestTokens:
    def test_one_is_of_256_bits_and_no_two_are_alike(self, app):
        engine = app.extensions["works"].engine
        made = {factories.session_of(engine, each) for each in STAFF for _ in range(5)}
        assert len(made) == 5 * len(STAFF)
        with reading(engine) as session:
            user = session.scalars(select(User.id)).first()
        assert re.fullmatch(r"[\w-]{43}", accounts.begin(engine, user, "password"))

    def test_a_recovery_code_is_of_49_bits(self):
        codes = second_factor._fresh_codes()
        letters = f"[{receipts.ALPHABET}]{{5}}"
        assert all(re.fullmatch(f"{letters}-{letters}", each) for each in codes)
        assert len(receipts.ALPHABET) ** 10 >= 2**49


def test_a_new_database_has_no_account(migrated_file, tmp_path):
    engine = make_engine(f"sqlite:///{migrated_file}")
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
    engine.dispose()


def test_no_setting_brings_a_secret_of_its_own():
    plain = Settings()
    assert (plain.secret_key, plain.demo_password, plain.database_url, plain.redis_url) == ("", "", "", "")
    assert (plain.smtp_url, plain.oidc_client_secret) == ("", "")


class TestOpenHttp:
    @pytest.mark.parametrize(
        ("address", "behind"), [("", ""), ("http://kartan.example", "1"), (f"{HTTPS}", "")]
    )
    def test_other_machines_are_not_served_without_tls_in_front(self, address, behind):
        with pytest.raises(Fault, match="serve.needs_https"):
            _refuse_open_http(Settings(public_url=address, behind_proxy=behind), "0.0.0.0")  # noqa: S104

    def test_behind_a_proxy_with_it_they_are(self):
        _refuse_open_http(Settings(public_url=HTTPS, behind_proxy="1"), "0.0.0.0")  # noqa: S104
        _refuse_open_http(Settings(), "127.0.0.1")


class TestWire:
    """What the server under the application makes of requests whose end is told twice."""

    HEAD = b"POST /login HTTP/1.1\r\nHost: localhost\r\n"

    @pytest.mark.parametrize(
        "said",
        [
            b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            b"Content-Length: +3\r\n\r\nabc",
            b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            b"X\x00: 1\r\n\r\n",
        ],
    )
    def test_they_are_refused(self, said):
        parser = RequestParser(Config(), io.BytesIO(self.HEAD + said), ("127.0.0.1", 1))
        with pytest.raises(ParseException):
            next(parser)


class TestTyped:
    SAID = "{{ 7*7 }} ${7*7} {0.__class__} %(secret)s %s%n <%= 7*7 %>"

    def test_what_looks_like_a_template_is_text(self, client):
        token = token_in(client.get("/login"))
        said = {"csrf_token": token, "email": self.SAID, "password": "x", "next": self.SAID}
        text = client.post("/login", data=said).text
        assert "{{ 7*7 }} ${7*7} {0.__class__} %(secret)s %s%n &lt;%= 7*7 %&gt;" in text
        assert "49" not in re.sub(r'name="csrf_token"[^>]*', "", text)

    def test_nor_in_a_fault_that_says_it_back(self, logged_in):
        answer = logged_in().get("/staff/map", query_string={"weekdays": self.SAID})
        assert answer.status_code in (200, 422)
        assert "%(secret)s" in answer.text


class TestSecurityContact:
    PATH = "/.well-known/security.txt"

    def test_it_is_what_the_municipality_has_chosen(self, staffed_file, tmp_path):
        path = tmp_path / "chosen.gpkg"
        path.write_bytes(staffed_file.read_bytes())
        app = application(f"sqlite:///{path}", tmp_path, public_url=HTTPS)
        with writing(app.extensions["works"].engine) as session:
            choose(session, home(session, OWN), {ChoiceKey.CONTACT_EMAIL: "hal@vara.example"}, COMMAND)
        answer = app.test_client().get(self.PATH, base_url=HTTPS)
        assert answer.content_type == "text/plain; charset=utf-8"
        lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
        assert lines["Contact"] == "mailto:hal@vara.example"
        assert lines["Canonical"] == f"{HTTPS}{self.PATH}"
        left = datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)
        assert timedelta(days=80) < left < timedelta(days=365)
        closed(app)

    def test_until_somebody_has_it_is_not_there(self, client):
        assert client.get(self.PATH).status_code == 404
