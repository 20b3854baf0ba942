"""docs/security.md says what the code does: its figures, its rights, its settings."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from geodata.exchange import photo_kinds
from webmap import LARGEST_FORM_BYTES, LARGEST_REQUEST_BYTES, MOST_FORM_PARTS
from webmap.access import Permission, Role, Viewer, may
from webmap.api import report_door, strict_json
from webmap.limits import LIMITS
from webmap.pages import importing
from webmap.services import area_upload, passwords, photos, second_factor, sessions, throttle
from webmap.settings import Settings

DOC = (Path(__file__).parents[1] / "docs" / "security.md").read_text(encoding="utf-8")
HEADINGS = (
    *("Report a hole", "What you must choose", "Ways in", "Sessions", "Who may what", "What is taken in"),
    *("What costs much", "Who is talked to", "Data and how it is kept", "Keys and algorithms", "Logs"),
    *("Parts of others", "What is not protected"),
)


def part(heading: str) -> str:
    return DOC.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def rights() -> str:
    """The table of rights as it is in the code."""
    roles = list(Role)
    rows = [["may", "anybody", *roles], ["---"] * (len(roles) + 2)]
    for permission in Permission:
        held = [may(Viewer(1, "", {"1470": frozenset({role})}), permission, "1470") for role in roles]
        marks = ["●" if each else "" for each in (may(Viewer(), permission), *held)]
        rows.append([f"`{permission}`", *marks])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_part_is_there(heading: str) -> None:
    assert len(part(heading).split()) > 20


def test_the_rights_are_those_of_the_table() -> None:
    assert rights() in part("Who may what"), f"paste this:\n{rights()}"


def test_the_settings_it_names_are_there() -> None:
    named = {each.lower() for each in re.findall(r"TRYGGKARTA_([A-Z_]+)", DOC)}
    assert named <= {each.name for each in fields(Settings)}
    assert Settings().second_factor == "required"


def test_figures_of_logging_in_are_those_of_the_code() -> None:
    ways, session = part("Ways in"), part("Sessions")
    assert f"{passwords.SHORTEST} to {passwords.LONGEST} signs" in ways
    assert f"{throttle.ATTEMPTS} attempts in {throttle.WINDOW_S} s" in ways
    assert f"TOTP, {second_factor.STEP_S} s" in ways
    assert f"recovery code ({second_factor.RECOVERY_CODES}," in ways
    assert f"{sessions.IDLE.seconds // 60} minutes idle" in session
    assert f"{sessions.ABSOLUTE.seconds // 3600} hours at most" in session
    assert f"Half sessions {sessions.HALF.seconds // 60} minutes" in session


def test_figures_of_what_is_taken_in_are_those_of_the_code() -> None:
    text = part("What is taken in")
    sizes = (
        *(LARGEST_REQUEST_BYTES, LARGEST_FORM_BYTES, report_door.MOST_BYTES, photo_kinds.MOST_BYTES),
        *(importing.LARGEST_FILE_BYTES, area_upload.MOST_BYTES),
    )
    for size in sizes:
        assert f"{size:,}" in text
    assert f"{MOST_FORM_PARTS} parts" in text
    assert f"{photos.MOST_OF_A_REPORT} a report" in text
    assert f"{strict_json.DEEPEST} levels" in text
    for name, limit in LIMITS.items():
        assert f"{name} {limit}" in text
    assert f"{Settings().reports_per_minute} reports a minute" in text
    for suffix in area_upload.SUFFIXES:
        assert f"`{suffix}`" in text
