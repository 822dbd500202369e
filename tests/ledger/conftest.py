"""What the tests of copies stand on: one case with its four copies, made once in a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roznamcha.postgres import Embedded
from tests.ledger.copies import Court, court


@pytest.fixture(scope="session")
def case(server: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    """The case and its four copies."""
    with court(server, tmp_path_factory.mktemp("court"), "court_copies") as made:
        yield made
