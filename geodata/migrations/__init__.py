"""The schema, step by step, and whether a database has come all the way."""

from geodata.migrations.path import check, differences, downgrade, is_current, is_foreign, revision, upgrade

__all__ = ["check", "differences", "downgrade", "is_current", "is_foreign", "revision", "upgrade"]
