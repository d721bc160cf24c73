"""The settings over a throwaway data folder. MAILLAGE_TEST_DATABASE=postgresql plays the suite on PostgreSQL."""

import os
import tempfile
from pathlib import Path

_folder = tempfile.TemporaryDirectory(prefix="maillage-tests-")  # kept alive by this module, removed at exit
os.environ["MAILLAGE_DATA_DIR"] = _folder.name
os.environ["MAILLAGE_SECRET_KEY"] = "a secret of the tests only, long enough to be accepted"
for name in ("MAILLAGE_DATABASE_URL", "MAILLAGE_DEMO", "MAILLAGE_DEBUG", "MAILLAGE_KEYS_DIR", "MAILLAGE_HOSTS"):
    os.environ.pop(name, None)
if os.environ.get("MAILLAGE_TEST_DATABASE") == "postgresql":
    from tests import postgresql

    os.environ["MAILLAGE_DATABASE_URL"] = postgresql.cluster().url("maillage")

from maillage.config.settings import *  # noqa: E402, F403 - the environment must be set before the settings are read

TEST_DATA_DIR = Path(_folder.name)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file: streams and the committer read from other threads, which an in-memory database would not show them.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_DATA_DIR / "tests.sqlite3")}  # noqa: F405
    # What a test wrote need not survive a power cut: an fsync a commit is most of a test's time on a slow disk.
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
