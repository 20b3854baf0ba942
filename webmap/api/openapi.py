"""The description of the API in OpenAPI 3.1, made of what is declared beside each view."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.routing import Map, Rule

from webmap.access import PUBLIC, Permission, may
from webmap.api.description import (
    UID,
    WHOLE,
    Answer,
    Operation,
    Parameter,
    Schema,
    described,
    listed,
    record,
)
from webmap.gate import needs, works
from webmap.settings import Settings

bp = Blueprint("openapi", __name__)

ROOT = "/api/v1/"
PROBLEM = "application/problem+json"
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
_CONVERTERS: dict[str | None, Schema] = {"uuid": UID, "int": WHOLE, None: {"type": "string"}}
_FAULT = record({"field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}})
_TEXT, _OBJECT = {"type": "string"}, {"type": "object"}
_PROBLEM = record(
    {"type": _TEXT, "title": _TEXT, "status": WHOLE, "detail": _TEXT, "code": _TEXT, "errors": listed(_FAULT)}
)
_OF_ALL = {
    400: "The request is not HTTP or not of the type it is said to be.",
    503: "The database does not answer; Retry-After says when to try again.",
}
_OF_STAFF = {401: "Nobody is logged in.", 403: "The one who asks may not.", 404: "Not in their municipality."}
_ABOUT = (
    "Reports of unsafe places, and what is made of them. Dates are ISO 8601, coordinates longitude before"
    " latitude in WGS 84, errors application/problem+json (RFC 9457) with every fault at its field. Calls of"
    " staff go by the cookie of a session."
)


@bp.get("/api/v1/openapi.json")
@described(
    Operation(
        "This description",
        {200: Answer("OpenAPI 3.1.", record({"openapi": _TEXT, "info": _OBJECT, "paths": _OBJECT}))},
    )
)
@needs(Permission.SEE_PUBLIC)
def show() -> ResponseReturnValue:
    return jsonify(document(current_app.url_map, current_app.view_functions, works().settings))


def document(rules: Map, views: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Of every address under `/api/v1/` that is declared."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(rules.iter_rules(), key=lambda rule: rule.rule):
        view = views[rule.endpoint]
        if rule.rule.startswith(ROOT) and hasattr(view, "operation"):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                address = _ARGUMENT.sub(r"{\2}", rule.rule)
                paths.setdefault(address, {})[method.lower()] = _operation(rule, view, method)
    cookie = {"type": "apiKey", "in": "cookie", "name": "__Host-s" if settings.is_secure else "s"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tryggkarta", "version": "1", "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}, "securitySchemes": {"session": cookie}},
    }


def _operation(rule: Rule, view: Any, method: str) -> dict[str, Any]:
    declared: Operation = view.operation
    is_open = may(PUBLIC, view.permission)
    no_such = {404: "The address names nothing of this form."} if rule.arguments else {}
    refusals = {**_OF_ALL, **no_such, **({} if is_open else _OF_STAFF), **declared.refuses}
    made: dict[str, Any] = {
        "operationId": f"{rule.endpoint}.{method.lower()}",
        "summary": declared.summary,
        "parameters": [*_in_path(rule), *map(_in_query, declared.asks)],
        "responses": _answers(declared.answers) | _refusals(refusals),
    }
    if declared.body:
        content = {kind: {"schema": schema} for kind, schema in declared.body.items()}
        made["requestBody"] = {"required": True, "content": content}
    if not is_open:
        made["security"] = [{"session": []}]
    return made


def _in_path(rule: Rule) -> Iterable[dict[str, Any]]:
    for kind, name in _ARGUMENT.findall(rule.rule):
        yield {"name": name, "in": "path", "required": True, "schema": _CONVERTERS[kind or None]}


def _in_query(asked: Parameter) -> dict[str, Any]:
    made = {"name": asked.name, "in": "query", "required": asked.is_required, "schema": asked.schema}
    if asked.about:
        made["description"] = asked.about
    return made | ({"style": "form", "explode": False} if asked.schema.get("type") == "array" else {})


def _answers(answers: Mapping[int, Answer]) -> dict[str, Any]:
    return {
        str(status): {"description": each.about, "content": {each.content_type: {"schema": each.schema}}}
        for status, each in answers.items()
    }


def _refusals(refusals: Mapping[int, str]) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": refusals[status], "content": content} for status in sorted(refusals)}
