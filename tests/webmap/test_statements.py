"""The pages on personal data and accessibility: what the law wants, out of what is chosen and in force."""

from __future__ import annotations

import re
from html import unescape

import pytest

from geodata.queries.keeping import Term
from geodata.tables.engine import writing
from geodata.vocabulary import ChoiceKey, Owner, RecordClass, Trigger
from tests import factories
from tests.webmap.application import application, closed
from tests.webmap.test_report_flow import lix, sentences_in
from webmap.access import OUTLOOK, Role
from webmap.services import choices, retention_rules
from webmap.services.actors import COMMAND
from webmap.services.retention_rules import RuleDraft
from webmap.services.walk_contacts import KEPT

PAGES = ("/about/privacy", "/about/accessibility")


@pytest.fixture
def engine(app):
    return app.extensions["works"].engine


def choose(engine, **said):
    with writing(engine) as session:
        home = factories.home_in(session, "1470")
        choices.choose(session, home, {ChoiceKey(key): text for key, text in said.items()}, COMMAND)


def read(client, path, **more):
    text = client.get(path, query_string={"municipality": "1470", **more}).text
    main = text.split("<main")[1].partition(">")[2].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


class TestPrivacy:
    @pytest.mark.parametrize(
        "wanted",
        [
            "6.1 e",
            "(2023:196)",
            "Vara kommun",
            "IP-adress",
            "röst",
            "allmän handling",
            "få en kopia",
            "rättade",
            "invändningar",
            "IMY",
            "Sessionskaka",
            "9 kap. 28 §",
            "minst 5 olika röster",
            "minst 250 meter",
            "1000 meter",
            "30 dagar mellan",
            "högst 3 röster",
            "efter 30 minuter",
            "efter 12 timmar",
        ],
    )
    def test_it_says_what_it_must(self, client, wanted):
        assert wanted in read(client, "/about/privacy")

    def test_who_walks_along_reads_what_becomes_of_it_and_for_how_long(self, client):
        page = client.get("/about/privacy").text
        walks = page[page.index('id="walks"') : page.index('id="not"')]
        assert f"högst {KEPT.days} dagar" in walks
        assert all(said in walks for said in ("lämnar inte sitt namn", "läge", "1–2", "offentligt"))

    def test_what_is_chosen_stands_there(self, client, engine):
        said = {
            "controller_name": "Kommunstyrelsen",
            "organisation_number": "212000-1637",
            "contact_email": "trygg@vara.example",
            "data_officer_email": "dso@vara.example",
            "publish_k": "8",
        }
        choose(engine, **said)
        told = read(client, "/about/privacy")
        assert all(text in told for text in said.values() if text != "8")
        assert "minst 8 olika röster" in told
        assert "växel" not in told

    def test_without_an_address_it_says_where_to_ask(self, client):
        assert "Ring kommunens växel" in read(client, "/about/privacy")

    def test_what_is_shared_is_what_is_in_force_and_names_nobody(self, client):
        told = read(client, "/about/privacy")
        assert "Kommunens rapporter, för polisen" in told
        assert "@vara.example" not in told

    def test_where_nothing_is_shared_it_says_so(self, client, engine):
        with writing(engine) as session:
            factories.municipality(session, "1447", "Gullspång")
        assert "Inget delas nu" in read(client, "/about/privacy", municipality="1447")

    def test_rules_are_told_with_their_decision_and_those_without_are_not(self, client, engine):
        assert "Inga rapporter tas bort än" in read(client, "/about/privacy")
        home = factories.home_of(engine, "1470")
        for record, decision in ((RecordClass.REPORT, "KS 2026/114"), (RecordClass.PHOTO, "")):
            draft = RuleDraft(Term(record, Trigger.RECEIVED, 5, 0), decision)
            retention_rules.create(engine, home, draft, COMMAND)
        told = read(client, "/about/privacy")
        assert "Rapporter tas bort 5 år efter att de kom in. Beslut KS 2026/114" in told
        assert "Foton tas bort" not in told
        assert "Inga rapporter tas bort än" not in told

    def test_every_role_is_told_of_as_the_table_of_rights_has_it(self, client):
        told = read(client, "/about/privacy")
        names = {Role.COORDINATOR: "Samordnare", Role.WALK_LEADER: "Vandringsledare"}
        assert all(name in told for name in names.values())
        assert f"rutor om {OUTLOOK[Role.WALK_LEADER].precision_m} meter" in told
        assert {role for role in Role if role not in OUTLOOK} == {Role.ADMIN, Role.COUNCIL, Role.REPORTER}
        assert told.count("Läser inga rapporter") == 3
        assert {role for role, seen in OUTLOOK.items() if seen.owner == Owner.POLICE} == {
            Role.POLICE_PLANNER,
            Role.POLICE_OFFICER,
        }

    def test_the_cookies_told_of_are_those_there_are(self, client):
        client.get("/report?municipality=1470&lang=en")
        assert {cookie.key for cookie in client._cookies.values()} <= {"s", "language"}


class TestAccessibility:
    @pytest.mark.parametrize(
        "wanted",
        [
            "Vara kommun står bakom",
            "Tryggkarta",
            "(2018:1937)",
            "delvis förenlig",
            "digg.se/tdosanmalan",
            "(9 § 2)",
            "självskattning",
            "Inte gjord än",
            "uppdaterad",
        ],
    )
    def test_it_says_what_the_statement_must(self, client, wanted):
        assert wanted in read(client, "/about/accessibility")

    def test_what_is_chosen_stands_there(self, client, engine):
        choose(engine, accessibility_reviewed_on="2026-11-14", feedback_url="https://vara.example/synpunkter")
        assert "14 nov. 2026" in read(client, "/about/accessibility")
        assert (
            'href="https://vara.example/synpunkter"'
            in client.get("/about/accessibility?municipality=1470").text
        )


@pytest.mark.parametrize("path", PAGES)
class TestBoth:
    def test_their_swedish_is_easy_to_read(self, client, path):
        sentences = sentences_in(client.get(path).text)
        longest = max(sentences, key=lambda each: len(each.split()))
        assert len(longest.split()) <= 20, longest
        assert lix(sentences) <= 45, lix(sentences)

    def test_they_are_in_english_too(self, client, path):
        told = read(client, path, lang="en")
        assert "Vara" in told
        assert not re.search(r"\b(och|inte|är|som)\b", told)

    def test_they_link_to_nothing_that_is_not_theirs_to_load(self, client, path):
        text = client.get(path).text
        assert re.findall(r'(?:src|action)="(?:https?:)?//[^"]*"', text) == []

    def test_a_service_without_a_municipality_says_so(self, sqlite_url, tmp_path, migrated_file, path):
        app = application(sqlite_url, tmp_path)
        answer = app.test_client().get(path)
        closed(app)
        assert (answer.status_code, "Ingen kommun än" in answer.text) == (200, True)
