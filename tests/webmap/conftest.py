"""Fixtures for tests that reach the application."""

from tests.webmap.application import (
    app,
    client,
    demo_app,
    demo_engine,
    demo_file,
    logged_in,
    staffed_file,
    staffed_url,
)

__all__ = [
    "app",
    "client",
    "demo_app",
    "demo_engine",
    "demo_file",
    "logged_in",
    "staffed_file",
    "staffed_url",
]
