"""The database whose turn it is: an SQLite file of each world's own, or a PostgreSQL cluster that may be killed."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import WHOLE
from tests.postgresql import TEMPLATE, Cluster

BACKUP = "test_a_backup_under_load_has_all_that_was_acknowledged"
ON_BOTH = {"test_a_server_killed_under_load", "test_the_database_locked_for_five_seconds", BACKUP}
ON_POSTGRESQL = os.environ.get("MAILLAGE_TEST_DATABASE") == "postgresql"


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster | None]:
    """Of this file alone: the suite's own is not ours to kill."""
    if not ON_POSTGRESQL:
        yield None
        return
    own = Cluster(fsync=True)  # killed under load, it comes back as a real one does
    own.restore(request.getfixturevalue("tables"), TEMPLATE)
    yield own
    own.remove()


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if not ON_POSTGRESQL:
        shutil.copytree(request.getfixturevalue("installed"), tmp_path / "data")


@pytest.fixture
def killable(cluster: Cluster | None) -> Cluster:
    assert cluster is not None, "left out where there is none"
    return cluster


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Faults of PostgreSQL are played in the run that has one; those of SQLite in the other."""
    others = [item for item in items if item.path.parent.name == "faults" and not _is_played_here(item)]
    if others:
        items[:] = [item for item in items if item not in others]
        config.hook.pytest_deselected(items=others)


def _is_played_here(item: pytest.Item) -> bool:
    killable = "killable" in getattr(item, "fixturenames", ())
    if not ON_POSTGRESQL:
        return not killable
    if WHOLE:
        return item.get_closest_marker("only_sqlite") is None
    return killable or item.name in ON_BOTH  # the rest asks nothing of the database: once is enough
