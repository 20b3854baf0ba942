"""Words of town walks: how far one has come, who came, and what became of what they found."""

from __future__ import annotations

from enum import StrEnum


class WalkState(StrEnum):
    """How far a walk has come. Phones may join while it is planned or open."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    FOLLOWED_UP = "followed_up"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class WalkRole(StrEnum):
    """In what quality somebody walks along. Heads are counted per role; nobody is named."""

    RESIDENT = "resident"
    YOUTH = "youth"
    ASSOCIATION = "association"
    COUNCILLOR = "councillor"
    OFFICIAL = "official"
    PROPERTY_OWNER = "property_owner"
    POLICE = "police"
    OTHER = "other"


class RouteSource(StrEnum):
    """How a route was drawn: along imported streets, straight between the stops, or by hand."""

    STREETS = "streets"
    STRAIGHT = "straight"
    DRAWN = "drawn"


class StopSource(StrEnum):
    """How the stop of a finding is known where the phone did not say it: the nearest, or as staff said."""

    RECKONED = "reckoned"
    STAFF = "staff"


class Theme(StrEnum):
    """What is looked at, at each stop. Source: checklists of Mark, Lerum and Svedala."""

    LIGHTING = "lighting"
    GREENERY = "greenery"
    OVERVIEW = "overview"
    ORIENTATION = "orientation"
    ACCESS = "access"
    PATHS = "paths"
    TUNNELS = "tunnels"
    SEATS_AND_BINS = "seats_and_bins"
    LITTER = "litter"
    MAINTENANCE = "maintenance"


class CheckAnswer(StrEnum):
    """What somebody says of a theme at a stop. What they did not see they leave out."""

    GOOD = "good"
    POOR = "poor"


class EntryKind(StrEnum):
    """What a phone sends: one thing found, or the checklist of a stop."""

    FINDING = "finding"
    CHECK = "check"


class RevisionState(StrEnum):
    """What became of a change to a finding. A conflict keeps both until the leader settles it."""

    APPLIED = "applied"
    CONFLICT = "conflict"
    MERGED = "merged"
    DISMISSED = "dismissed"


class QuarantineReason(StrEnum):
    """Why something sent by a phone was kept aside instead of taken in."""

    WALK_CLOSED = "walk_closed"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a word of the list, no secret
    SCHEMA_UNKNOWN = "schema_unknown"
    CONTENT_UNKNOWN = "content_unknown"


class QuarantineOutcome(StrEnum):
    """What became of what was kept aside."""

    TAKEN_IN = "taken_in"
    DISMISSED = "dismissed"


class LandOwner(StrEnum):
    """Whose the ground is. A private owner decides for himself."""

    MUNICIPALITY = "municipality"
    TRANSPORT_ADMINISTRATION = "transport_administration"
    HOUSING_COMPANY = "housing_company"
    PRIVATE = "private"
    UNKNOWN = "unknown"


class FindingState(StrEnum):
    """How far the municipality has come with a finding."""

    NEW = "new"
    REVIEWED = "reviewed"
    ASSIGNED = "assigned"
    PLANNED = "planned"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"
