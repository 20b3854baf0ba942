"""The description of the API is whole and true: whatever is made from it, good or bad, meets no surprise."""

from __future__ import annotations

import shutil
from collections import Counter
from copy import deepcopy

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import factories
from tests.webmap.application import COORDINATOR, application, closed
from webmap.access import PUBLIC, may

ADDRESS = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
UNPACKED = {"Accept-Encoding": "identity"}
EXAMPLES = 40
QUIETLY = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture(scope="module")
def described_app(staffed_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    shutil.copy(staffed_file, folder / "staffed.gpkg")
    made = application(f"sqlite:///{folder / 'staffed.gpkg'}", folder, rate_limits="off")
    yield made
    closed(made)


@pytest.fixture(scope="module")
def badge(described_app):
    """The cookie of a coordinator."""
    token = factories.session_of(described_app.extensions["works"].engine, COORDINATOR)
    signer = described_app.session_interface.get_signing_serializer(described_app)
    return {"s": signer.dumps({"sid": token})}


def brought_home(case):
    """The same, of a municipality that is here, at a place in it."""
    if isinstance(case.query, dict):
        case.query["municipality"] = "1470"
        case.query |= {name: at for name, at in {"lon": 12.95, "lat": 58.26}.items() if name in case.query}
    if isinstance(case.body, dict) and "properties" in case.body:
        case.body = deepcopy(case.body)
        case.body.pop("id", None)
        case.body["geometry"] = {"type": "Point", "coordinates": [12.95, 58.26]}
        case.body["properties"] |= {"municipality": "1470", "kind": "perception", "origin": "public"}
    return case


def tried(app, mode, how, cookies):
    """What went wrong, by address, when everything described is asked for in this mode, and every status."""
    seen, wrong = Counter(), {}
    for found in schemathesis.openapi.from_wsgi(ADDRESS, app).get_all_operations():
        operation = found.ok()

        @settings(max_examples=EXAMPLES, **QUIETLY)
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case):
            answer = how(case).call_and_validate(checks=CHECKS, cookies=cookies, headers=UNPACKED)
            seen[answer.status_code] += 1

        try:
            ask()
        except Unsatisfiable:
            assert not operation.definition.raw["parameters"]  # nothing to ask for wrongly
        except (Failure, FailureGroup) as failure:
            wrong[operation.label] = str(failure)
    return seen, wrong


ASKED = {
    "bad": (GenerationMode.NEGATIVE, lambda case: case, {400, 404, 422}),
    "good": (GenerationMode.POSITIVE, lambda case: case, {404, 415, 422}),
    "at home": (GenerationMode.POSITIVE, brought_home, {200, 422}),
}


@pytest.mark.parametrize("asked", list(ASKED))
@pytest.mark.parametrize("who", ["nobody", "coordinator"])
def test_nobody_meets_with_a_surprise(described_app, badge, who, asked):
    mode, how, expected = ASKED[asked]
    seen, wrong = tried(described_app, mode, how, badge if who == "coordinator" else {})
    said = ", ".join(f"{count} x {status}" for status, count in sorted(seen.items()))
    print(f"\n{asked} requests as {who}: {said}: {len(wrong)} surprises")  # noqa: T201 - the figures
    assert wrong == {}
    assert expected <= set(seen)
    assert (401 in seen) is (who == "nobody")


class TestDocument:
    def document(self, app):
        return app.test_client().get(ADDRESS).json

    def test_every_address_is_in_it(self, app):
        served = {
            (rule.rule.replace("<uuid:", "{").replace(">", "}"), method.lower())
            for rule in app.url_map.iter_rules()
            for method in rule.methods - {"HEAD", "OPTIONS"}
            if rule.rule.startswith("/api/v1/")
        }
        paths = self.document(app)["paths"]
        assert served == {(path, method) for path, known in paths.items() for method in known}

    def test_it_tells_what_a_login_is_needed_for(self, app):
        views = {f"{rule.endpoint}": app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
        for known in self.document(app)["paths"].values():
            for operation in known.values():
                permission = views[operation["operationId"].rpartition(".")[0]].permission
                assert ("security" in operation) is not may(PUBLIC, permission)
