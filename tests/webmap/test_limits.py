"""Limits on what anybody may do: after so many, wait; nothing is lost, and nobody is written down."""

from __future__ import annotations

import logging
import re
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine

from tests import factories, walks
from tests.webmap.application import application, closed, token_in
from tests.webmap.teller import Teller
from webmap.limits import LIMITS, Addresses
from webmap.services import walk_leading
from webmap.services.actors import Actor
from webmap.services.walk_leading import Leading
from webmap.settings import BadSettings, Settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WRONG = "2222-2222-2223"


@pytest.fixture
def limited_app(staffed_file, tmp_path):
    """The application as it is served, held to its limits."""
    made = []

    def build(**said):
        path = tmp_path / "limited.gpkg"
        if not path.exists():
            shutil.copy(staffed_file, path)
        made.append(application(f"sqlite:///{path}", tmp_path, **{"rate_limits": "on", **said}))
        return made[-1]

    yield build
    for each in made:
        closed(each)


def guess(client, address="203.0.113.7", code=WRONG):
    token = token_in(client.get("/follow"))
    return client.post(
        "/follow", data={"csrf_token": token, "code": code}, environ_overrides={"REMOTE_ADDR": address}
    )


class TestFollow:
    def test_after_ten_guesses_one_waits_and_what_was_typed_is_kept(self, limited_app):
        client = limited_app().test_client()
        assert {guess(client).status_code for _ in range(10)} == {422}
        answer = guess(client)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert WRONG in answer.text
        assert re.search(r'<form method="post" action="/follow">', answer.text)

    def test_after_a_minute_one_may_again(self, limited_app):
        client = limited_app().test_client()
        with time_machine.travel(NOW, tick=False) as clock:
            for _ in range(11):
                guess(client)
            clock.shift(61)
            assert guess(client).status_code == 422

    def test_others_do_not_wait(self, limited_app):
        client = limited_app().test_client()
        for _ in range(11):
            guess(client)
        assert guess(client, "203.0.113.8").status_code == 422
        assert client.get("/follow").status_code == 200


class TestReports:
    def test_the_thirty_first_waits_with_its_answers(self, limited_app):
        teller = Teller(limited_app().test_client())
        teller.answer()
        token = token_in(teller.client.get("/report/check"))
        sent = [teller.client.post("/report/send", data={"csrf_token": token}) for _ in range(30)]
        assert {each.status_code for each in sent} == {303}
        teller.answer()
        answer = teller.post("/report/send")
        assert answer.status_code == 429
        assert "Bakom lekplatsen" in teller.client.get("/report/check").text

    def test_a_program_is_told_in_its_own_way(self, limited_app):
        client = limited_app().test_client()
        answers = [client.put(f"/api/v1/reports/{uuid4()}", data=b"{}") for _ in range(121)]
        assert {each.status_code for each in answers[:-1]} == {415}
        assert (answers[-1].status_code, answers[-1].content_type) == (429, "application/problem+json")
        assert answers[-1].json["code"] == "limit.wait"
        assert int(answers[-1].headers["Retry-After"]) > 0

    def test_photos_of_form_and_programs_are_counted_together(self, limited_app):
        client = limited_app().test_client()
        for _ in range(60):
            client.put(f"/api/v1/photos/{uuid4()}", data=b"")
        token = token_in(client.get("/follow"))
        assert client.post("/report/photo", data={"csrf_token": token}).status_code == 429


class TestWalks:
    """Forty phones of a walk may share one address."""

    @pytest.fixture
    def town(self, limited_app):
        app = limited_app()
        walk = walks.walk(app.extensions["works"].engine)
        return SimpleNamespace(app=app, walk=walk, client=app.test_client())

    def join(self, town, code=None, address="203.0.113.7"):
        return town.client.post(
            f"/api/v1/walks/{town.walk.uid}/join",
            json={"code": code or town.walk.join_code},
            environ_overrides={"REMOTE_ADDR": address},
        )

    def test_the_mistakes_of_others_shut_nobody_out(self, town):
        assert {self.join(town, "FELFEL").status_code for _ in range(40)} == {403}
        assert self.join(town).status_code == 201

    def test_after_sixty_wrong_codes_one_waits_and_others_do_not(self, town):
        assert {self.join(town, "FELFEL").status_code for _ in range(60)} == {403}
        answer = self.join(town)
        assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
        assert self.join(town, address="203.0.113.8").status_code == 201

    def test_forty_apps_with_the_code_before_are_told_and_not_counted(self, town):
        engine, old = town.app.extensions["works"].engine, town.walk.join_code
        home = factories.home_of(engine, town.walk.code)
        new = walk_leading.renew_code(engine, Leading(home, town.walk.uid, Actor(None, "walk_leader")))
        asked = [f"/w/{old}/{name}" for name in ("walk.json", "ground.json", "app.webmanifest", "field")]
        assert {town.client.get(path).status_code for path in asked * 20} == {410}
        assert self.join(town, old).status_code == 410
        assert self.join(town, new).status_code == 201

    def test_as_many_as_like_join_with_the_right_one(self, town):
        assert {self.join(town).status_code for _ in range(20)} == {201}

    def test_each_phone_is_counted_by_itself(self, town, monkeypatch):
        monkeypatch.setitem(LIMITS, "walk", "3 per 1 minute")
        tokens = [self.join(town).json["token"] for _ in range(2)]
        told = [self.put(town, token) for token in (tokens[0],) * 4 + (tokens[1],)]
        assert told == [201, 201, 201, 429, 201]

    def put(self, town, token):
        body = walks.finding(town.walk)
        path = f"/api/v1/walks/{town.walk.uid}/findings/{body['id']}"
        shown = {"Authorization": f"Bearer {token}"}
        return town.client.put(path, json=body, headers=shown).status_code

    def test_a_made_up_token_is_no_way_round_the_limit_of_another_room(self, town):
        shown = [{"Authorization": f"Bearer {number}"} for number in range(121)]
        answers = [town.client.put(f"/api/v1/reports/{uuid4()}", data=b"{}", headers=each) for each in shown]
        assert answers[-1].status_code == 429


class TestWhichViews:
    def test_every_limit_holds_a_view_and_every_view_a_known_limit(self, app):
        named = {getattr(view, "limit_name", None) for view in app.view_functions.values()} - {None}
        assert named == set(LIMITS)


class TestAddresses:
    def test_one_address_has_one_name_a_day_and_another_the_next(self):
        addresses = Addresses()
        first = addresses.name_of("203.0.113.7", NOW)
        assert addresses.name_of("203.0.113.7", NOW + timedelta(hours=5)) == first
        assert addresses.name_of("203.0.113.8", NOW) != first
        assert addresses.name_of("203.0.113.7", NOW + timedelta(days=1)) != first

    def test_nothing_of_the_address_is_in_its_name(self):
        one, other = (Addresses().name_of("203.0.113.7", NOW) for _ in range(2))
        assert re.fullmatch("[0-9a-f]{32}", one)
        assert one != other

    def test_processes_that_count_together_agree(self):
        names = {Addresses("a secret").name_of("203.0.113.7", NOW) for _ in range(3)}
        assert len(names) == 1

    def test_a_network_of_ipv6_is_one(self):
        name = Addresses("a secret").name_of
        assert name("2001:db8:1:2::5", NOW) == name("2001:db8:1:2:ffff::9", NOW)
        assert name("2001:db8:1:3::5", NOW) != name("2001:db8:1:2::5", NOW)
        assert name("::ffff:203.0.113.7", NOW) == name("203.0.113.7", NOW)

    def test_no_log_line_tells_who_waits(self, limited_app, caplog):
        client = limited_app().test_client()
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("flask-limiter").setLevel(logging.WARNING)
            for _ in range(12):
                guess(client)
        assert "203.0.113.7" not in caplog.text
        assert "exceeded" not in caplog.text


class TestSettings:
    def test_they_are_off_on_this_machine_alone(self):
        assert not Settings(rate_limits="off").has_rate_limits
        assert not Settings(rate_limits="off", public_url="http://127.0.0.1:8000").has_rate_limits
        assert Settings(rate_limits="off", public_url="https://vara.example").has_rate_limits
        assert Settings().has_rate_limits

    @pytest.mark.parametrize(("name", "value"), [("REDIS_URL", "http://redis"), ("RATE_LIMITS", "none")])
    def test_what_cannot_be_is_refused(self, name, value):
        with pytest.raises(BadSettings, match=name):
            Settings.from_environment({f"TRYGGKARTA_{name}": value})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Redis:
    """A Redis of the test's own, started and stopped at will; nothing of it is kept on disk."""

    def __init__(self, folder):
        self.port, self.folder, self.process = free_port(), folder, None

    def start(self):
        server = shutil.which("redis-server") or pytest.skip("redis-server is absent (Debian: redis-server)")
        words = [server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)


@pytest.fixture
def redis(tmp_path):
    pytest.importorskip("redis")
    made = Redis(tmp_path)
    yield made
    made.stop()


class TestRedis:
    def test_without_it_each_process_counts_for_itself(self, limited_app, redis):
        client = limited_app(redis_url=f"redis://127.0.0.1:{redis.port}").test_client()
        assert [guess(client).status_code for _ in range(11)] == [422] * 10 + [429]

    def test_with_it_two_processes_count_together(self, limited_app, redis):
        redis.start()
        one, two = (limited_app(redis_url=f"redis://127.0.0.1:{redis.port}").test_client() for _ in "ab")
        told = [guess(client).status_code for client in (one, two) * 5]
        assert told == [422] * 10
        assert {guess(one).status_code, guess(two).status_code} == {429}

    def test_it_is_used_again_when_it_is_back(self, limited_app, redis):
        redis.start()
        client = limited_app(redis_url=f"redis://127.0.0.1:{redis.port}").test_client()
        assert guess(client).status_code == 422
        redis.stop()
        assert guess(client, "203.0.113.9").status_code == 422
        redis.start()
        time.sleep(2.1)
        assert guess(client, "203.0.113.9").status_code == 422
        with socket.create_connection(("127.0.0.1", redis.port)) as asked:
            asked.sendall(b"DBSIZE\r\n")
            assert asked.recv(20).strip() != b":0"
