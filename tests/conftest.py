"""What all tests share. A missing browser or database is said at the end; with CI=true it is a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.middleware import csrf

from tests import emptying, postgresql, strict
from tests.fuzz.counting import pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown  # noqa: F401 - hooks
from tests.once import ON_POSTGRESQL, made_once, made_tables
from tests.order import longest_first

# Whatever the tests start reads what was compiled once (see the Makefile).
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The short suite plays the same examples each time; `make long` looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
if not os.environ.get("MAILLAGE_LONG"):
    hypothesis.settings.load_profile("same")

CI = os.environ.get("CI") == "true"

# Nobody's name is in a token by chance: a page that shows « Di » once shows it once.
csrf.CSRF_ALLOWED_CHARS = "BCDFGHJKLMNPQRSTVWXZ"

emptying.install()
strict.install()


def pytest_report_header(config: pytest.Config) -> list[str]:
    database = os.environ.get("MAILLAGE_TEST_DATABASE") or "sqlite"
    return [f"maillage: base {database}, navigateur {chromium() or 'absent'}, CI {'oui' if CI else 'non'}"]


def chromium() -> str | None:
    """The shell draws the same pages without a browser's windows, for a fifth less processor."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.hookimpl(trylast=True)  # behind pytest-django, which has its own order inside a file
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not os.environ.get("MAILLAGE_LONG"):
        long = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if item not in long]
        config.hook.pytest_deselected(items=long)  # not skipped: they are another command's, make long
    for item in items:
        if item.get_closest_marker("browser") and chromium() is None:
            if CI:
                raise pytest.UsageError("Chromium est absent : en CI, un navigateur absent est une erreur.")
            item.add_marker(pytest.mark.skip(reason="navigateur absent : installez chromium"))
    longest_first(items)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> Path:
    """The data folder of a new installation on SQLite, tables and static files ready: copied, it saves each process a
    test starts the seconds of the migrations, which have tests of their own."""

    def make(folder: Path) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("MAILLAGE_", "DJANGO_"))
        }
        if not ON_POSTGRESQL:
            shutil.copy(tables, folder)
        environment |= {"MAILLAGE_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "maillage.config.settings"}
        code = "import django; django.setup(); from maillage.config.installation import *; prepare_installation()"
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)

    return made_once(tmp_path_factory, "installation", make)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database whose migrations were run, once for all of pytest's processes: an SQLite file, or a dump that
    is also the template database of this process's cluster."""
    made = made_tables(tmp_path_factory)
    if ON_POSTGRESQL:
        postgresql.cluster().restore(made, postgresql.TEMPLATE)
    return made


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    return True  # the suite's own database is a copy of `tables`, in a folder or a cluster thrown away at the end


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, tables: Path) -> None:
    name = str(connection.settings_dict["TEST"]["NAME"] or f"test_{connection.settings_dict['NAME']}")
    if ON_POSTGRESQL:
        postgresql.cluster().make_database(name, template=postgresql.TEMPLATE)
    else:
        shutil.copyfile(tables, name)


class AtOnce:
    """Stands for the office's executor of letters: the work is done when it is asked, in the test's own transaction."""

    def submit(self, _in_its_thread, work):
        work()


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has its own keys and files."""
    if office := sys.modules.get("maillage.office.services"):
        monkeypatch.setattr(office, "_letters", AtOnce())
    settings.KEYS_DIR = tmp_path / "keys"
    settings.MEDIA_ROOT = tmp_path / "files"
    if kept := sys.modules.get("maillage.atlas.keeping"):
        kept.forget_all()
    if rates := sys.modules.get("maillage.lib.rates"):
        rates.table.clear()
    if throttle := sys.modules.get("maillage.live.throttle"):
        throttle.codes_throttle.forget()
