"""What phones on a walk may send and are answered, as the API's description has it."""

from __future__ import annotations

from webmap.api.description import (
    JSON,
    MOMENT,
    NUMBER,
    SHA_256,
    TEXT,
    UID,
    WHOLE,
    Answer,
    Operation,
    Schema,
    listed,
    one_of,
    or_null,
    record,
)
from webmap.services.walk_body import SCHEMA

MOST_BYTES = 65_536
MOST_IDS = 200
MOST_WAITING = 100_000
RECEIVED, ASIDE, WITHDRAWN, CONFLICT = "received", "aside", "withdrawn", "conflict"

_BODY: Schema = record({"schema": {"const": SCHEMA}, "id": UID, "walk": UID}) | {
    "description": "Canonical JSON, at most 64 kB. What is not understood is kept aside and not refused."
}
_ECHO: Schema = record(
    {
        "id": UID,
        "sha256": SHA_256 | {"description": "Of the bytes as they were sent."},
        "seq": WHOLE,
        "received_at": MOMENT,
        "state": one_of((RECEIVED,)),
        "photos_missing": listed(UID),
        "safe_through": WHOLE,
        "revision": WHOLE,
    }
)
_OF_REVISION: Schema = record(
    {
        "id": UID,
        "revision_id": UID,
        "sha256": SHA_256,
        "seq": WHOLE,
        "received_at": MOMENT,
        "state": one_of((RECEIVED, CONFLICT, WITHDRAWN)),
        "photos_missing": listed(UID),
        "safe_through": WHOLE,
        "revision": WHOLE | {"description": "Of the finding, as it is now."},
    }
)
_KEPT_ASIDE: Schema = record(
    {
        "quarantined": {"const": True},
        "id": UID,
        "revision_id": or_null(UID),
        "sha256": SHA_256,
        "received_at": MOMENT,
        "state": one_of((ASIDE,)),
        "reason": TEXT,
        "safe_through": WHOLE,
    }
)
GONE: Schema = record({"id": UID, "deleted_at": MOMENT, "reason": TEXT})
_NO_TOKEN = "The token is missing, unknown, of another walk or too old: scan the walk's code again."  # noqa: S105
_REFUSES = {
    401: _NO_TOKEN,
    413: "Too large.",
    415: "Of another type.",
    422: "It is not JSON.",
    429: "Sent too often; Retry-After says for how long.",
}
_ASIDE_ANSWER = Answer("Kept aside as it came, for somebody to look at.", _KEPT_ASIDE)
_GONE_ANSWER = Answer("It was withdrawn or destroyed, and is not taken in again.", GONE)
_OTHER = {409: "The id is stored with other content; both are kept where they are."}

PING = Operation(
    "Whether this is the server, and what its clock says in seconds since 1970",
    {200: Answer("It is.", record({"app": {"const": "trygg"}, "t": NUMBER}))},
)
JOINED = Operation(
    "Join a walk with its code. No account, no name.",
    {
        201: Answer(
            "The token to show as Authorization: Bearer from now on.",
            record(
                {
                    "token": TEXT,
                    "device": UID,
                    "walk": UID,
                    "code": TEXT,
                    "group": WHOLE,
                    "expires_at": MOMENT,
                }
            ),
        )
    },
    body={JSON: record({"code": TEXT}, group=or_null(WHOLE))},
    refuses={
        **{status: said for status, said in _REFUSES.items() if status != 401},
        403: "The code is another.",
        409: "The walk is over or cancelled.",
        410: "The code was exchanged for another.",
    },
)
FINDING_SENT = Operation(
    "Send a finding or a checklist. The same bytes under the same id are stored once. Authorization: Bearer.",
    {
        201: Answer("Stored for the first time.", _ECHO),
        200: Answer("It was stored already; the same answer.", _ECHO),
        202: _ASIDE_ANSWER,
        410: _GONE_ANSWER,
    },
    body={JSON: _BODY},
    refuses=_REFUSES | _OTHER,
)
REVISION_SENT = Operation(
    'Change or withdraw what was sent. If-Match: "n", the revision that was seen. Authorization: Bearer.',
    {
        201: Answer("Taken in.", _OF_REVISION),
        200: Answer("It was settled already.", _OF_REVISION),
        202: _ASIDE_ANSWER,
        410: _GONE_ANSWER,
        412: Answer("Something came between: both are kept, and somebody decides.", _OF_REVISION),
    },
    body={JSON: _BODY},
    refuses=_REFUSES | _OTHER,
)
RECEIPTS_ASKED = Operation(
    f"What is known of at most {MOST_IDS} ids of the walk; unknown ones are absent. Authorization: Bearer.",
    {
        200: Answer(
            "By id.",
            {
                "type": "object",
                "additionalProperties": record(
                    {"sha256": SHA_256, "received_at": MOMENT, "state": TEXT, "safe_through": WHOLE},
                    seq=WHOLE,
                    revision=WHOLE,
                    photos={"type": "object", "additionalProperties": one_of(("received", "missing"))},
                    deleted_at=MOMENT,
                    reason=TEXT,
                ),
            },
        )
    },
    body={JSON: record({"ids": listed(UID) | {"maxItems": MOST_IDS}})},
    refuses=_REFUSES,
)
WAITING_SAID = Operation(
    "How much is still on this phone, for the leader; which group it goes in. Authorization: Bearer.",
    {200: Answer("Noted.", record({"seen_at": MOMENT, "group": WHOLE, "groups": WHOLE}))},
    body={
        JSON: record(
            {name: WHOLE | {"maximum": MOST_WAITING} for name in ("entries", "photos")},
            group=or_null(WHOLE) | {"description": "One that it would rather go in."},
        )
    },
    refuses=_REFUSES,
)
