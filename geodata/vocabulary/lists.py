"""Closed lists of words. Their codes never change meaning."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a record tells of. Kinds are shown apart and never summed."""

    PERCEPTION = "perception"
    OBSERVATION = "observation"
    CRIME_REPORT = "crime_report"
    WALK_FINDING = "walk_finding"


class Origin(StrEnum):
    """Where a record came from."""

    PUBLIC = "public"
    WALK = "walk"
    PATROL = "patrol"
    VEST = "vest"
    CITIZEN_DIALOGUE = "citizen_dialogue"
    STAFF_DIALOGUE = "staff_dialogue"
    SURVEY = "survey"
    STATISTICS = "statistics"


class Polarity(StrEnum):
    """What is said of the place."""

    UNSAFE = "unsafe"
    SAFE = "safe"
    IMPROVEMENT = "improvement"


class State(StrEnum):
    """Where a report is in its review."""

    NEW = "new"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Light(StrEnum):
    """What a habit says of the light; dated reports get theirs from the sun."""

    DARK = "dark"
    LIGHT = "light"


class Owner(StrEnum):
    """Which authority a record belongs to."""

    MUNICIPALITY = "municipality"
    POLICE = "police"


class PositionSource(StrEnum):
    """How a position was got."""

    MAP = "map"
    GPS = "gps"
    ADDRESS = "address"
    FILE = "file"
    STOP = "stop"
    """At a stop of a walk: no better position was there."""


class Stage(StrEnum):
    """How far the municipality has come with a report, as the one who sent it reads it."""

    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    WITH_RESPONSIBLE = "with_responsible"
    DONE = "done"
    CLOSED = "closed"


class Channel(StrEnum):
    """By which way a report came in; kept as the report's `source`."""

    FORM = "form"
    API = "api"
    PHONE = "phone"
    PAPER = "paper"
    MEETING = "meeting"
    STAFF = "staff"
    WALK = "walk"
    """From a phone on a walk, by the walk's own protocol."""
    MACHINE = "machine"
    """The form, but filled in as a program does. Taken in like any other; counts as nobody's voice."""


class Verdict(StrEnum):
    """What somebody says of a place that is reported already."""

    SAME = "same"
    BETTER = "better"


class Refusal(StrEnum):
    """Why a report is not let through."""

    ABOUT_A_PERSON = "about_a_person"
    CRIME_TO_REPORT = "crime_to_report"
    NOT_A_PLACE = "not_a_place"
    NOT_HERE = "not_here"
    NOT_SERIOUS = "not_serious"
    HANDLED_ELSEWHERE = "handled_elsewhere"


class PhotoState(StrEnum):
    """Where a photo is in its review."""

    NEW = "new"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class MeasureState(StrEnum):
    """How far a measure has come."""

    PLANNED = "planned"
    ONGOING = "ongoing"
    DONE = "done"
    NOT_POSSIBLE = "not_possible"


class AreaKind(StrEnum):
    """What a context layer holds: names for places, or ground to draw."""

    LOCALITY = "locality"
    PLACE = "place"
    SCHOOL = "school"
    STREET = "street"
    PATH = "path"
    RAILWAY = "railway"
    BUILDING = "building"
    WATER = "water"
    GREEN = "green"


class Focus(StrEnum):
    """The focus areas of the citizen promise."""

    ENVIRONMENT = "unsafe_environment"
    TRAFFIC = "traffic"
    DRUGS = "drugs"


class Group(StrEnum):
    """How categories are laid out in a form."""

    ENVIRONMENT = "environment"
    BEHAVIOUR = "behaviour"
    CONTEXT = "context"
    POSITIVE = "positive"
    IDEA = "idea"
    OTHER = "other"
