"""What a municipality may choose for itself: each choice with its default and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChoiceKey(StrEnum):
    """A choice. Its word is what is stored and what the command line takes."""

    CONTROLLER_NAME = "controller_name"
    ORGANISATION_NUMBER = "organisation_number"
    CONTACT_EMAIL = "contact_email"
    CONTACT_PHONE = "contact_phone"
    DATA_OFFICER_EMAIL = "data_officer_email"
    FEEDBACK_URL = "feedback_url"
    ACCESSIBILITY_REVIEWED_ON = "accessibility_reviewed_on"
    PUBLISH_K = "publish_k"
    PUBLISH_FINE_M = "publish_fine_m"
    PUBLISH_COARSE_M = "publish_coarse_m"
    PUBLISH_DAYS_BETWEEN = "publish_days_between"
    PUBLISH_BY_ITSELF = "publish_by_itself"
    EDITION_HIDDEN = "edition_hidden"


class ChoiceForm(StrEnum):
    """How a choice is written."""

    TEXT = "text"
    EMAIL = "email"
    URL = "url"
    DAY = "day"
    NUMBER = "number"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class ChoiceRule:
    """form: how it is written. default: what holds where nothing is chosen. least, most: of a number.

    steps: the only numbers that go; empty lets every one between least and most through.
    """

    form: ChoiceForm
    default: str = ""
    least: int = 0
    most: int = 0
    steps: tuple[int, ...] = ()


YES, NO = "yes", "no"
_TEXT = ChoiceRule(ChoiceForm.TEXT)
CHOICES = {
    ChoiceKey.CONTROLLER_NAME: _TEXT,
    ChoiceKey.ORGANISATION_NUMBER: _TEXT,
    ChoiceKey.CONTACT_EMAIL: ChoiceRule(ChoiceForm.EMAIL),
    ChoiceKey.CONTACT_PHONE: _TEXT,
    ChoiceKey.DATA_OFFICER_EMAIL: ChoiceRule(ChoiceForm.EMAIL),
    ChoiceKey.FEEDBACK_URL: ChoiceRule(ChoiceForm.URL),
    ChoiceKey.ACCESSIBILITY_REVIEWED_ON: ChoiceRule(ChoiceForm.DAY),
    ChoiceKey.PUBLISH_K: ChoiceRule(ChoiceForm.NUMBER, "5", 4, 50),
    ChoiceKey.PUBLISH_FINE_M: ChoiceRule(ChoiceForm.NUMBER, "250", 250, 1_000, (250, 500, 1_000)),
    ChoiceKey.PUBLISH_COARSE_M: ChoiceRule(ChoiceForm.NUMBER, "1000", 1_000, 4_000, (1_000, 2_000, 4_000)),
    ChoiceKey.PUBLISH_DAYS_BETWEEN: ChoiceRule(ChoiceForm.NUMBER, "30", 30, 366),
    ChoiceKey.PUBLISH_BY_ITSELF: ChoiceRule(ChoiceForm.YES_NO, NO),
    ChoiceKey.EDITION_HIDDEN: ChoiceRule(ChoiceForm.NUMBER, "", 0, 1_000_000),
}
"""Limits keep people unknown; no setting goes below them."""
