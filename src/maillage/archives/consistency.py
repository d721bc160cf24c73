"""Does what the database holds hang together? Counted from the rows, whatever the services believe."""

from django.db import IntegrityError, connection
from django.db.models import Count, F, Max, Min

from maillage.lib.system_errors import database_error_words
from maillage.lib.typography import count
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.models import Session


def faults_here() -> list[str]:
    """A sentence each; none: all is well."""
    return [*_pages(), *_links(), *_logs(), *_keys()]


def _pages() -> list[str]:
    """PostgreSQL checks its pages as it reads them; a SQLite file is asked."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(5)")
        said = [row[0] for row in cursor.fetchall()]
    if said == ["ok"]:
        return []
    return ["Le fichier de la base est abîmé : arrêtez le serveur, et remettez la dernière sauvegarde."]


def _links() -> list[str]:
    """Foreign keys: PostgreSQL holds them at each write; SQLite too, unless somebody wrote with a tool of theirs."""
    try:
        connection.check_constraints()
    except IntegrityError as error:
        return [f"Des lignes renvoient à d’autres qui ne sont pas là ({database_error_words(error)})."]
    return []


def _logs() -> list[str]:
    """Each session's moves are numbered from 1 to what its row says, none lacking."""
    rows = Session.objects.exclude(status=SessionStatus.ERASED).annotate(
        stored=Count("moves"), first=Min("moves__number"), last=Max("moves__number")
    )
    broken = rows.exclude(stored=F("last_number"), last=F("last_number"), first=1).exclude(stored=0, last_number=0)
    number = broken.count()
    if not number:
        return []
    words = count(number, "séance n’a pas tous ses gestes", "séances n’ont pas tous leurs gestes", zero="")
    return [f"{words} : leur journal est incomplet."]


def _keys() -> list[str]:
    alive = Session.objects.exclude(status=SessionStatus.ERASED).values_list("pk", flat=True)
    number = sum(not keys.has_key(pk) for pk in alive)
    if not number:
        return []
    words = count(number, "séance n’a pas sa clé", "séances n’ont pas leur clé", zero="")
    return [f"{words} : ce qui s’y est écrit n’est pas lisible. Remettez le dossier des clés (MAILLAGE_KEYS_DIR)."]
