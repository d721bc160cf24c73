"""The one settings file. Everything an operator may change is a MAILLAGE_… variable (docs/guides/exploitation.md)."""

import os
import secrets
from importlib.util import find_spec
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from maillage.config.environment import (
    BadSetting,
    read_choice,
    read_email,
    read_flag,
    read_folder,
    read_list,
    read_number,
    read_text,
    read_writable_file,
)
from maillage.config.logs import FORMATS
from maillage.config.openid import read_provider
from maillage.lib.lan import LOOPBACK, RoomHosts
from maillage.lib.languages import NAMES
from maillage.lib.system_errors import os_error_words

PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = read_folder("MAILLAGE_DATA_DIR", Path.cwd() / "data")
KEYS_DIR = read_folder(
    "MAILLAGE_KEYS_DIR", DATA_DIR / "keys"
)  # session keys, kept apart from the database and its backups
DEMO = read_flag("MAILLAGE_DEMO")
DEBUG = read_flag("MAILLAGE_DEBUG")
ROOM = read_flag("MAILLAGE_ROOM")  # said by `maillage serve --room`: the addresses of this machine are its names


def _secret_key() -> str:
    """Given by MAILLAGE_SECRET_KEY, else made once and kept in the data folder, readable by its owner only."""
    given = read_text("MAILLAGE_SECRET_KEY")
    if given:
        if len(given) < 32:
            raise BadSetting("MAILLAGE_SECRET_KEY", "…", "on attend au moins 32 caractères.")
        return given
    file = DATA_DIR / "secret-key"
    if not file.exists():
        try:
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f".{secrets.token_hex(4)}")
            with draft.open("x", encoding="ascii") as handle:
                draft.chmod(0o600)
                handle.write(secrets.token_urlsafe(48))
            try:
                os.link(draft, file)  # refuses to replace: two processes end with one key, whole
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        except OSError as error:
            raise BadSetting(
                "MAILLAGE_DATA_DIR", str(DATA_DIR), f"on ne peut pas y écrire ({os_error_words(error)})."
            ) from error
    return file.read_text(encoding="ascii").strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = read_list("MAILLAGE_HOSTS", ("*",) if DEMO or DEBUG else LOOPBACK)
if ROOM:
    ALLOWED_HOSTS = RoomHosts(ALLOWED_HOSTS)
CSRF_TRUSTED_ORIGINS = read_list("MAILLAGE_ORIGINS")
HTTPS = read_flag("MAILLAGE_HTTPS")
PUBLIC_URL = read_text("MAILLAGE_PUBLIC_URL").rstrip(
    "/"
)  # where phones find this server; empty: the address of the request
OPERATOR = read_text("MAILLAGE_OPERATOR")  # who answers for this server; shown on « À propos », « Vos données »
OPERATOR_EMAIL = read_email("MAILLAGE_OPERATOR_EMAIL")
OPERATOR_ADDRESS = read_text("MAILLAGE_OPERATOR_ADDRESS")  # these five: « Mentions légales », « Vos données »
OPERATOR_PHONE = read_text("MAILLAGE_OPERATOR_PHONE")
PUBLICATION_DIRECTOR = read_text("MAILLAGE_PUBLICATION_DIRECTOR")
HOSTING = read_text("MAILLAGE_HOSTING")  # name, address and telephone of whoever houses the machine
DPO = read_text("MAILLAGE_DPO")  # how to reach the data protection officer
ACCESSIBILITY_EMAIL = read_email("MAILLAGE_ACCESSIBILITY_EMAIL", OPERATOR_EMAIL)
MAX_UPLOAD_MB = read_number("MAILLAGE_MAX_UPLOAD_MB", 10, least=1, most=100)

INSTALLED_APPS = [
    "maillage.config",
    "maillage.ui",
    "maillage.office",
    "maillage.territories",
    "maillage.people",
    "maillage.methods",
    "maillage.contracts",
    "maillage.gatherings",
    "maillage.registrations",
    "maillage.plans",
    "maillage.live",
    "maillage.memory",
    "maillage.change",
    "maillage.questionnaires",
    "maillage.trips",
    "maillage.reports",
    "maillage.atlas",
    "maillage.archives",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "maillage.config.headers.say_who_may_load",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # outside of those that answer in a page's place
    "django.middleware.gzip.GZipMiddleware",  # a phone's first screen: 11 kB of HTML become 3; it pads against BREACH
    "csp.middleware.CSPMiddleware",
    "maillage.ui.languages.Spoken",
    "maillage.config.refusing.refuse_nulls",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "maillage.config.privacy.keep_nothing",
    "maillage.people.presence.note_presence",
    "django.contrib.messages.middleware.MessageMiddleware",
    "maillage.config.refusing.say_wrong_method",
    "maillage.config.refusing.SayRefusals",
]

ROOT_URLCONF = "maillage.config.urls"
ASGI_APPLICATION = "maillage.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
LOGIN_URL = "people:sign-in"
LOGIN_REDIRECT_URL = "gatherings:list"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["maillage.ui.templatetags.ui", "django.contrib.humanize.templatetags.humanize"],
        },
    }
]


KEPT_OPEN = 60  # seconds a thread keeps its connection
# Nobody waits for ever: for a server that is away, for a line that is cut and says nothing, for a row another holds.
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 15_000,  # ms
    "keepalives_idle": 15,  # seconds
    "options": "-c lock_timeout=15s -c idle_in_transaction_session_timeout=60s",
}
ENGINES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")  # those the tests are passed on


def _databases() -> dict[str, dict[str, object]]:
    url = read_text("MAILLAGE_DATABASE_URL")
    if url:
        try:
            database = dict(dj_database_url.parse(url, conn_max_age=KEPT_OPEN, conn_health_checks=True))
            if database["ENGINE"] not in ENGINES:
                raise ValueError(database["ENGINE"])
        except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
            raise BadSetting(
                "MAILLAGE_DATABASE_URL",
                "…",
                "on attend postgresql://utilisateur:mot-de-passe@serveur/base ou sqlite:///fichier.",
            ) from error
        if database["ENGINE"] == "django.db.backends.postgresql" and find_spec("psycopg") is None:
            raise BadSetting(
                "MAILLAGE_DATABASE_URL", "postgresql://…", "il manque psycopg : pip install 'maillage[postgresql]'."
            )
        if database["ENGINE"] == "django.db.backends.postgresql":
            asked = database.get("OPTIONS")
            database["OPTIONS"] = POSTGRESQL_OPTIONS | (asked if isinstance(asked, dict) else {})
    else:
        database = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(DATA_DIR / "maillage.sqlite3"),
            "CONN_MAX_AGE": KEPT_OPEN,  # opening one costs a page a third of its time: sixty functions, three pragmas
        }
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",  # one writer: ask for the lock at once instead of failing half-way
            "timeout": 20,
            # FULL: a move that was acknowledged must survive a power cut (docs/decisions/0003-durable-moves.md)
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        }
    return {"default": database}


DATABASES = _databases()

PROXIES = read_list("MAILLAGE_PROXIES", ("127.0.0.1", "::1"))  # whom we believe when they say whose request it is
METRICS_TOKEN = read_text("MAILLAGE_METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise BadSetting("MAILLAGE_METRICS_TOKEN", "…", "on attend au moins 16 caractères.")

LANGUAGE_CODE = "fr"
LANGUAGES = list(NAMES.items())
FORMAT_MODULE_PATH = ["maillage.ui.formats"]
LOCALE_PATHS = [PACKAGE_DIR / "ui" / "locale"]
TIME_ZONE = read_text("MAILLAGE_TIME_ZONE", "Europe/Paris")
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "maillage.config.storage.StaticStorage"
    },
}
SERVESTATIC_KEEP_ONLY_HASHED_FILES = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False  # the proxy in front does it
# A room server has no proxy whose word to take, and its certificate is its own: no browser is told to insist on it.
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS and not ROOM else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and not ROOM else None
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # other names of the operator's domain are theirs to promise, not ours
    "security.W008",  # the proxy redirects
    "security.W021",  # nor do we enter their domain in the browsers' lists
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # the token is in the forms: no script of ours reads the cookie
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "maillage.ui.views.csrf_failure"

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # forms; files have MAX_UPLOAD_MB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "sesame.backends.ModelBackend"]
SESAME_TOKEN_NAME = "jeton"  # noqa: S105 - the name of a URL parameter, not a secret
SESAME_MAX_AGE = 12 * 3600  # seconds: the day of the gathering
DEMO_MARK = DATA_DIR / "demonstration"  # left by `maillage demo`: whatever command makes a link there, it opens
SESAME_ONE_TIME = not (DEMO or DEMO_MARK.exists())  # the demo's links are printed again and again
SESAME_INVALIDATE_ON_EMAIL_CHANGE = True

OIDC = read_provider()  # None: nobody signs in through another site
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds, from the sign-in on

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if read_text("MAILLAGE_SMTP_HOST")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_HOST = read_text("MAILLAGE_SMTP_HOST")
EMAIL_PORT = read_number("MAILLAGE_SMTP_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = read_text("MAILLAGE_SMTP_USER")
EMAIL_HOST_PASSWORD = read_text("MAILLAGE_SMTP_PASSWORD")
EMAIL_USE_TLS = read_flag("MAILLAGE_SMTP_TLS", default=True)
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = read_text("MAILLAGE_FROM", "Maillage <ne-pas-repondre@localhost>")

LOG_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")
LOG_LEVEL = read_choice("MAILLAGE_LOG_LEVEL", "WARNING", LOG_LEVELS).upper()
LOG_FORMAT = read_choice("MAILLAGE_LOG_FORMAT", "texte", FORMATS)
STDERR = {"class": "logging.StreamHandler"}
LOG_FILE = read_writable_file("MAILLAGE_LOG_FILE")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "no-links": {"()": "maillage.config.logs.WithoutLinks"},
        "brief-refusals": {"()": "maillage.config.logs.BriefRefusals"},
    },
    "formatters": {
        "texte": {"()": "maillage.config.logs.Plain", "words": DEBUG},
        "json": {"()": "maillage.config.logs.Json", "words": DEBUG},
    },
    "handlers": {
        "console": {
            **({"()": "maillage.config.logs.KeptFile", "filename": LOG_FILE} if LOG_FILE else STDERR),
            "formatter": LOG_FORMAT,
            "filters": ["no-links", "brief-refusals"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django": {"level": LOG_LEVEL}},  # Django gives its own logger a level, which root's does not change
}
