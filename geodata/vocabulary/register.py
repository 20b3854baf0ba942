"""Words of the register of public records. Their codes never change meaning."""

from __future__ import annotations

from enum import StrEnum


class RecordType(StrEnum):
    """What is registered."""

    REPORT = "report"
    IMPORT = "import_batch"
    OCCASION = "occasion"
    MEASURE = "measure"
    SHARING = "sharing"
    EDITION = "edition"
    DISCLOSURE = "disclosure"
    RETENTION_RUN = "retention_run"
    WALK = "walk"
    FINDING = "finding"
    MINUTES = "minutes"


class Direction(StrEnum):
    """Which way a record went: it came in, was drawn up here, or was sent out."""

    IN = "in"
    HERE = "here"
    OUT = "out"


class Counterpart(StrEnum):
    """From whom or to whom, without saying who."""

    ANONYMOUS = "anonymous"
    STAFF = "staff"
    MEETING = "meeting"
    FILE = "file"
    POLICE = "police"
    EVERYONE = "everyone"
    REQUESTER = "requester"
