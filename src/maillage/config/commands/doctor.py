"""Is this installation sound? Each check is a sentence; the first thing that is wrong comes with the way out."""

import argparse
import datetime as dt
import errno
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable

import typst
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max
from django.utils import timezone

from facilitation import shipped_methods
from maillage.archives.backup import last_backup
from maillage.config.copying.kept import KEPT_DAYS
from maillage.config.upgrade_words import TablesAreNewer, TablesAreOlder, account_name
from maillage.config.upgrading import last_upgrade, look, refuse_newer
from maillage.lib.openid import ProviderSilent
from maillage.lib.system_errors import database_error_words, os_error_sentence, os_error_words
from maillage.lib.typography import count, join_words, typo
from maillage.lib.typst import OUR_FONTS
from maillage.live import bus
from maillage.office.enums import MailStatus
from maillage.office.models import Activity, Mail
from maillage.people import openid
from maillage.people.models import Space

HEARD_WITHIN = 2.0  # seconds
ANSWERS_WITHIN = 5.0  # seconds, a server of letters
CLOCKS_APART = 5  # seconds
BACKUP_DAYS = 7
CONNECTIONS = 12  # of PostgreSQL that one process may hold: pages, streams, moves, the bus, long work
BASE = "maillage.sqlite3"
OF_THE_SERVER = (
    BASE,
    f"{BASE}-wal",
    f"{BASE}-shm",
    "secret-key",
    "static",
    "files",
    "mail",
    "copies",
)  # it writes these
AHEAD = dt.timedelta(minutes=10)
FACES = 4  # of our family: regular, bold, and their italics
FREE_DISK = 500_000_000  # bytes; a day writes a few MB, a full disk loses it


class Lacking(Exception):
    """What a reader of the pages will miss, though everything works: said, and still sound."""


class Wrong(Exception):
    """What is wrong, and the way out, in one sentence."""


def check_python() -> str:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return f"Python {version}"


def check_data_folder() -> str:
    folder = settings.DATA_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_text("écrit", encoding="utf-8")
        probe.unlink()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Wrong(f"Le disque de {folder} est plein : libérez au moins 500 Mo.") from error
        raise Wrong(
            f"On ne peut pas écrire dans {folder} ({os_error_words(error)}) : changez ses droits, ou MAILLAGE_DATA_DIR."
        ) from error
    free = shutil.disk_usage(folder).free
    if free < FREE_DISK:
        raise Wrong(f"Il reste {free // 1_000_000} Mo sur le disque de {folder} : libérez au moins 500 Mo.")
    return f"dossier des données : {folder}"


def check_keys_folder() -> str:
    folder = settings.KEYS_DIR
    try:
        if not folder.exists():
            return "dossier des clés : il sera fait à la première séance"
        mode = folder.stat().st_mode
    except OSError as error:
        raise Wrong(f"Le dossier des clés {folder} ne se voit pas : {os_error_words(error)}.") from error
    if mode & 0o077:
        raise Wrong(f"D’autres comptes de la machine peuvent lire {folder} : chmod 700 {folder}.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Wrong(f"Ce compte ne peut pas lire et écrire dans {folder} : chown -R {_account()} {folder}.")
    return f"dossier des clés : {folder}"


def check_files() -> str:
    """A command run by root, or by another account, leaves files that the server cannot write any more."""
    folder = settings.DATA_DIR
    others = [folder / name for name in OF_THE_SERVER if (folder / name).exists()]
    if settings.KEYS_DIR.is_dir() and os.access(settings.KEYS_DIR, os.R_OK | os.X_OK):
        others += settings.KEYS_DIR.iterdir()
    owner = folder.stat().st_uid if folder.exists() else os.geteuid()
    shut = [path for path in others if not os.access(path, os.R_OK | os.W_OK)]
    alien = [path for path in others if path.stat().st_uid != owner]
    if shut or alien:
        path, more = (shut or alien)[0], len(shut or alien) - 1
        which = f"{path} et {count(more, 'autre', 'autres', zero='')}" if more else str(path)
        account = account_name(owner)
        raise Wrong(
            f"Tout n’est pas au même compte : le serveur ne pourra pas lire ou écrire {which}. Remettez-les au sien : "
            f"chown -R {account} {folder} ; et lancez les commandes par : sudo -u {account} maillage …"
        )
    return f"fichiers des données : tous à {account_name(owner)}"


def _account() -> str:
    return account_name(os.geteuid())


def check_database() -> str:
    try:
        connection.ensure_connection()
        tables = look()
        refuse_newer(tables)
    except DatabaseError as error:
        raise Wrong(f"La base ne répond pas : {database_error_words(error)}.") from error
    except TablesAreNewer as newer:
        raise Wrong(newer.sentence) from newer
    if tables.empty:
        return f"base {connection.vendor} : vide, ses tables se feront au premier démarrage"
    if tables.plan:
        raise Lacking(TablesAreOlder(len(tables.plan)).sentence)
    copy = last_upgrade()
    if copy is None:
        return f"base {connection.vendor} : à jour"
    until = timezone.localtime(copy.moment + dt.timedelta(days=KEPT_DAYS))
    return f"base {connection.vendor} : à jour ; « maillage upgrade --back » en revient, jusqu’au {until:%d/%m/%Y}"


def check_methods() -> str:
    methods = shipped_methods()
    return "méthodes livrées : " + ", ".join(sorted(methods))


def check_pdf() -> str:
    try:
        # a root of ours: else typst asks for the folder the command was typed in, which may be root's
        page = b'#set document(title: [essai])\n#set text(lang: "fr")\nEssai'
        typst.Compiler(page, root=str(OUR_FONTS)).compile(format="pdf", pdf_standards=["ua-1"])
        ours = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(OUR_FONTS)])
        found = ours.fonts()
    except Exception as error:  # an extension of another language: whatever it raises, documents cannot be made
        raise Wrong(f"Les documents PDF ne se font pas ({type(error).__name__}) : réinstallez Maillage.") from error
    if len(found) < FACES:
        raise Wrong(
            f"Il manque des polices dans {OUR_FONTS} ({len(found)} sur {FACES}) : les documents seraient laids, les "
            "badges trop étroits. Réinstallez Maillage."
        )
    return "documents PDF : typst répond, avec ses polices"


def check_contacts() -> str:
    wanted = {
        "MAILLAGE_OPERATOR": settings.OPERATOR,
        "MAILLAGE_OPERATOR_EMAIL": settings.OPERATOR_EMAIL,
        "MAILLAGE_ACCESSIBILITY_EMAIL": settings.ACCESSIBILITY_EMAIL,
    }
    missing = [name for name, value in wanted.items() if not value]
    if missing:
        raise Lacking(
            "Les pages « Accessibilité », « Vos données » et « À propos » ne disent pas à qui écrire : réglez "
            f"{join_words(missing)}."
        )
    operator = f"{settings.OPERATOR}, {settings.OPERATOR_EMAIL}"
    return f"à qui écrire : {operator} ; accessibilité : {settings.ACCESSIBILITY_EMAIL}"


def check_legal() -> str:
    wanted = {
        "MAILLAGE_OPERATOR_ADDRESS": settings.OPERATOR_ADDRESS,
        "MAILLAGE_OPERATOR_PHONE": settings.OPERATOR_PHONE,
        "MAILLAGE_PUBLICATION_DIRECTOR": settings.PUBLICATION_DIRECTOR,
        "MAILLAGE_HOSTING": settings.HOSTING,
        "MAILLAGE_DPO": settings.DPO,
    }
    missing = [name for name, value in wanted.items() if not value]
    if settings.DEMO_MARK.exists() or settings.ROOM:
        return "mentions légales : rien à dire d’une démonstration ou d’une salle"
    if missing:
        words = join_words(missing)
        raise Lacking(f"Les pages « Mentions légales » et « Vos données » sont incomplètes : réglez {words}.")
    return f"mentions légales : complètes, direction de la publication : {settings.PUBLICATION_DIRECTOR}"


def check_bus() -> str:
    """What one process says, another hears: not behind a pool that lends a connection for one transaction."""
    if not bus.exists():
        return "un seul processus sert : SQLite"
    try:
        heard = bus.try_out(within=HEARD_WITHIN)
        with connection.cursor() as cursor:
            cursor.execute("SHOW max_connections")
            most = int(cursor.fetchone()[0])
    except DatabaseError as error:
        raise Wrong(f"La base ne répond pas : {database_error_words(error)}.") from error
    if heard is None:
        raise Wrong(
            "Les processus ne s’entendraient pas : LISTEN et NOTIFY ne passent pas jusqu’à PostgreSQL. Un répartiteur "
            "de connexions (pgbouncer en mode « transaction ») les arrête : donnez l’adresse de PostgreSQL lui-même."
        )
    workers = max(1, (most - 5) // CONNECTIONS)
    words = count(workers, "processus au plus", "processus au plus", zero="")
    return f"plusieurs processus : ils s’entendent en {heard * 1000:.0f} ms ; {most} connexions, donc {words}"


def check_front() -> str:
    """What phones go through before they reach us."""
    if not settings.HTTPS:
        return "sans chiffrement : pour une salle, ou derrière un mandataire à déclarer (MAILLAGE_HTTPS)"
    if not settings.PUBLIC_URL.startswith("https://"):
        raise Lacking(
            "MAILLAGE_HTTPS vaut « oui », mais MAILLAGE_PUBLIC_URL ne commence pas par https:// : les QR mèneraient à "
            "une page non chiffrée, où personne ne resterait connecté."
        )
    return f"derrière un mandataire qui chiffre : {settings.PUBLIC_URL}, de {join_words(settings.PROXIES)}"


def check_figures() -> str:
    if settings.METRICS_TOKEN:
        return "mesures (/metrics) : avec le jeton de MAILLAGE_METRICS_TOKEN"
    return "mesures (/metrics) : depuis cette machine seulement"


def check_mail() -> str:
    """Reaches the server of letters, and says nothing to it."""
    if not settings.EMAIL_HOST:
        return f"courrier : aucun serveur (MAILLAGE_SMTP_HOST), les lettres restent dans {settings.EMAIL_FILE_PATH}"
    try:
        with socket.create_connection((settings.EMAIL_HOST, settings.EMAIL_PORT), timeout=ANSWERS_WITHIN):
            pass
    except OSError as error:
        raise Wrong(
            f"Le serveur de courrier {settings.EMAIL_HOST}, port {settings.EMAIL_PORT}, ne répond pas "
            f"({os_error_words(error)}) : vérifiez MAILLAGE_SMTP_HOST et MAILLAGE_SMTP_PORT."
        ) from error
    try:
        stuck = Mail.objects.filter(status=MailStatus.FAILED).count()
    except DatabaseError:  # said by check_database, or its tables are not made yet
        stuck = 0
    if stuck:
        words = count(stuck, "lettre n’a pas pu partir", "lettres n’ont pas pu partir", zero="")
        raise Lacking(f"Le serveur de courrier {settings.EMAIL_HOST} répond, mais {words} : voyez le journal.")
    return f"courrier : {settings.EMAIL_HOST} répond"


def check_sign_in_provider() -> str:
    """Asks it where it is and for its keys, as at a sign-in."""
    provider = openid.client()
    if provider is None:
        return "entrer : par un lien, sans fournisseur d’identité (MAILLAGE_OIDC_ISSUER)"
    try:
        number = provider.reach()
    except ProviderSilent as silence:
        raise Wrong(
            f"Le fournisseur d’identité {provider.provider.issuer} ne répond pas comme on l’attend ({silence.why}) : "
            "vérifiez les réglages MAILLAGE_OIDC_…, et que ce serveur peut sortir jusqu’à lui."
        ) from silence
    return f"entrer : par un lien, ou par {provider.provider.issuer} ({count(number, 'clé', 'clés', zero='')})"


def check_clock() -> str:
    """Two clocks that differ sign links that are too old, or not yet born."""
    _refuse_late_clock()
    if connection.vendor != "postgresql":
        return f"heure : {timezone.localtime():%d/%m/%Y %H:%M}, {settings.TIME_ZONE}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs((cursor.fetchone()[0] - timezone.now()).total_seconds())
    except DatabaseError as error:
        raise Wrong(f"La base ne répond pas : {database_error_words(error)}.") from error
    if apart > CLOCKS_APART:
        raise Wrong(f"L’horloge de cette machine et celle de PostgreSQL diffèrent de {apart:.0f} s : réglez-les (NTP).")
    return f"heure : {timezone.localtime():%d/%m/%Y %H:%M}, {settings.TIME_ZONE}, la même qu’à PostgreSQL"


def _refuse_late_clock() -> None:
    """What was written cannot be of tomorrow: a machine whose battery is dead wakes up years ago."""
    try:
        last = Activity.objects.aggregate(last=Max("at"))["last"]
    except DatabaseError:  # said by check_database, or its tables are not made yet
        return
    if last is not None and last - timezone.now() > AHEAD:
        raise Wrong(
            f"Cette machine se croit le {timezone.localtime():%d/%m/%Y à %H:%M}, et ce qui est enregistré va jusqu’au "
            f"{timezone.localtime(last):%d/%m/%Y à %H:%M} : réglez l’heure (timedatectl set-ntp true)."
        )


def check_backup() -> str:
    last = last_backup()
    try:
        empty = not Space.objects.exists()
    except DatabaseError:  # said by check_database, or its tables are not made yet
        empty = True
    if settings.DEMO_MARK.exists():
        return "sauvegarde : rien, c’est une démonstration"
    if empty:
        return "sauvegarde : rien encore à sauvegarder"
    if last is None:
        raise Lacking("Aucune sauvegarde n’a été faite d’ici : maillage backup -o FICHIER.")
    days = (timezone.now() - last).days
    if days > BACKUP_DAYS:
        raise Lacking(f"La dernière sauvegarde a {days} jours : maillage backup -o FICHIER.")
    return f"dernière sauvegarde : {timezone.localtime(last):%d/%m/%Y à %H:%M}"


CHECKS: tuple[Callable[[], str], ...] = (
    check_python,
    check_data_folder,
    check_keys_folder,
    check_files,
    check_database,
    check_bus,
    check_front,
    check_figures,
    check_methods,
    check_pdf,
    check_contacts,
    check_legal,
    check_mail,
    check_sign_in_provider,
    check_clock,
    check_backup,
)


def run(options: argparse.Namespace) -> int:
    rows: list[tuple[str, str]] = []
    for check in CHECKS:
        try:
            rows.append(("✓", check()))
        except Lacking as lacking:
            rows.append(("!", str(lacking)))
        except Wrong as wrong:
            rows.append(("✗", str(wrong)))
        except OSError as error:  # a folder that does not even show what it holds
            rows.append(("✗", os_error_sentence(error)))
    sound = all(sign != "✗" for sign, _sentence in rows)
    if options.json:
        checks = [{"ok": sign != "✗", "warning": sign == "!", "sentence": sentence} for sign, sentence in rows]
        print(json.dumps({"sound": sound, "checks": checks}, ensure_ascii=False, indent=2))
    else:
        for sign, sentence in rows:
            print(f"{sign} {typo(sentence)}")
        print("Cette installation est saine." if sound else "Quelque chose est à mettre en ordre.")
    return 0 if sound else 1
