"""The filter's options: the same words as in links and files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

_OPTIONS = (
    ("since", "Första dag, till exempel 2025-01-01."),
    ("until", "Sista dag."),
    ("weekdays", "Veckodagar: mon,tue,wed,thu,fri,sat,sun."),
    ("hours", "Klockslag, till exempel 20-03; en natt hör till dagen den börjar."),
    ("kinds", "perception, observation, crime_report, walk_finding."),
    ("origins", "Ursprung, till exempel public,statistics."),
    ("polarity", "unsafe, safe, improvement."),
    ("categories", "Kategorikoder, till exempel lighting,drugs."),
    ("light", "dark eller light."),
    ("states", "new, accepted, rejected, duplicate, withdrawn."),
    ("bbox", "Väst,syd,öst,nord i grader."),
    ("area", "En orts namn."),
)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds every word of the filter as an option that is empty by default."""
    for name, text in reversed(_OPTIONS):
        command = click.option(f"--{name}", default="", help=text)(command)
    return command
