"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import (
    database_url,
    empty_engine,
    empty_url,
    engine,
    migrated_file,
    postgresql_engine,
    postgresql_server,
    postgresql_url,
    second_engine,
    session,
    sqlite_engine,
    sqlite_url,
)

__all__ = [
    "database_url",
    "empty_engine",
    "empty_url",
    "engine",
    "migrated_file",
    "postgresql_engine",
    "postgresql_server",
    "postgresql_url",
    "second_engine",
    "session",
    "shared",
    "sqlite_engine",
    "sqlite_url",
]

ROOT = Path(__file__).parents[1]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again took a fifth of the tests' time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """The path of a reference or data file, or a skip that says it is not there."""
    folder = (ROOT / os.environ.get("TRYGGKARTA_REFERENCE_DIR", "../shared")).resolve()

    def path(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"reference data absent: {name} (set TRYGGKARTA_REFERENCE_DIR)")
        return folder / name

    return path
