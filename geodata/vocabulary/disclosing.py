"""Words of handing out records: what is masked, how far a package has come. Codes never change meaning."""

from __future__ import annotations

from enum import StrEnum


class PackageState(StrEnum):
    """How far a package has come."""

    OPEN = "open"
    MADE = "made"
    CANCELLED = "cancelled"


class MaskState(StrEnum):
    """What was decided on a stretch of text: nothing yet, that it is taken out, that it stays."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    KEPT = "kept"


class MaskWhy(StrEnum):
    """Why a stretch may have to be taken out; the first five as `privacy.SuspectKind` has them."""

    EMAIL = "email"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    PLATE = "plate"
    NAME = "name"
    MARK = "mark"
    PLACE = "place"
    OWN = "own"


class Precision(StrEnum):
    """How exactly a package tells where."""

    EXACT = "exact"
    SQUARE = "square"
    LOCALITY = "locality"


class ReportField(StrEnum):
    """What of a report can be marked as secret or taken out whole. The first four are texts of their own."""

    ORIGINAL = "private_text"
    PUBLIC = "public_text"
    PLACE_WORDS = "place_text"
    SOURCE_WORDS = "source_category"
    REPLIES = "replies"
    PLACE = "place"
    TIME = "time"
    PHOTOS = "photos"


TEXT_FIELDS = (
    ReportField.ORIGINAL,
    ReportField.PUBLIC,
    ReportField.PLACE_WORDS,
    ReportField.SOURCE_WORDS,
)
"""Fields that are one free text each; replies are several."""
