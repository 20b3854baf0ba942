"""A municipality with rows beside the point."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from geodata.queries.municipalities import Home
from geodata.tables.engine import writing
from tests import factories


@pytest.fixture
def there(engine: Engine) -> Home:
    """An empty municipality, on either database."""
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def noise(engine: Engine, there: Home) -> None:
    """Rows of another municipality, in other states, of another kind and without position."""
    with writing(engine) as session:
        factories.put_noise(session, there)
