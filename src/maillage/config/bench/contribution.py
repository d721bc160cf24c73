"""Django as it comes, for the moves: a view that stores one contribution in one transaction, as startproject would have
it served by an ASGI server; its own middleware, its own threads, its own settings of SQLite.

python -m maillage.config.bench.contribution PORT. POST /contribution answers 201. The database is MAILLAGE_DATABASE_URL
if it is said, else a file in MAILLAGE_DATA_DIR.
"""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import uvicorn
from django.conf import settings

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
APPS = ["auth", "contenttypes", "sessions", "messages"]


def database() -> dict[str, Any]:
    url = os.environ.get("MAILLAGE_DATABASE_URL", "")
    if not url:
        file = Path(os.environ["MAILLAGE_DATA_DIR"]) / "plain.sqlite3"
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": file, "OPTIONS": {"timeout": 60}}
    parts = urlsplit(url)
    engine = "django.db.backends.postgresql"
    return {
        "ENGINE": engine,
        "NAME": parts.path[1:],
        "USER": parts.username,
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


def main(port: int) -> None:
    settings.configure(
        ROOT_URLCONF=sys.modules[__name__],
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="mesure",  # noqa: S106 - of a measure
        MIDDLEWARE=MIDDLEWARE,
        INSTALLED_APPS=[f"django.contrib.{name}" for name in APPS],
        DATABASES={"default": database()},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    _make_view()
    from django.core.asgi import get_asgi_application  # the settings are those above

    application: Any = get_asgi_application()
    uvicorn.run(application, host="127.0.0.1", port=port, loop="uvloop", http="httptools", log_level="error",
                backlog=2048, access_log=False, lifespan="off")  # fmt: skip


urlpatterns: list[Any] = []


def _make_view() -> None:
    from django.db import connection, models, transaction  # the settings are those above
    from django.http import HttpRequest, HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    class Contribution(models.Model):  # noqa: DJ008 - nobody reads it
        author = models.CharField(max_length=40)
        text = models.TextField()
        at = models.DateTimeField(auto_now_add=True)

        class Meta:
            app_label = "mesure"

    with connection.schema_editor() as editor:
        if Contribution._meta.db_table not in connection.introspection.table_names():
            editor.create_model(Contribution)

    @csrf_exempt
    def contribution(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            Contribution._default_manager.create(
                author=request.POST.get("author", ""), text=request.POST.get("text", "")
            )
        return HttpResponse(status=201)

    urlpatterns.append(path("contribution", contribution))


if __name__ == "__main__":
    main(int(sys.argv[1]))
