"""Why a file, an address or a database refuses: the system and the drivers speak English only.

The settings read this before there is a catalogue: nothing is looked up in French.
"""

import errno

from maillage.lib.languages import said as say
from maillage.lib.typography import typo


def gettext_noop(sentence: str) -> str:
    """Django's asks for the settings: these have not been read yet. The catalogues find it by its name."""
    return sentence


OS_WORDS = {
    errno.ENOENT: gettext_noop("ce dossier ou ce fichier n’existe pas"),
    errno.EACCES: gettext_noop("vous n’en avez pas le droit"),
    errno.EPERM: gettext_noop("vous n’en avez pas le droit"),
    errno.EROFS: gettext_noop("le disque est en lecture seule"),
    errno.ENOSPC: gettext_noop("le disque est plein"),
    errno.EDQUOT: gettext_noop("votre part du disque est pleine"),
    errno.EISDIR: gettext_noop("c’est un dossier"),
    errno.ENOTDIR: gettext_noop("une partie du chemin n’est pas un dossier"),
    errno.EEXIST: gettext_noop("il existe déjà"),
    errno.ENOTEMPTY: gettext_noop("ce dossier n’est pas vide"),
    errno.ENAMETOOLONG: gettext_noop("ce nom est trop long"),
    errno.ELOOP: gettext_noop("ce lien tourne en rond"),
    errno.EMFILE: gettext_noop("trop de fichiers sont ouverts"),
    errno.ENFILE: gettext_noop("trop de fichiers sont ouverts"),
    errno.EIO: gettext_noop("le disque ne répond pas bien"),
    errno.EADDRINUSE: gettext_noop("un autre programme s’en sert déjà"),
    errno.EADDRNOTAVAIL: gettext_noop("cette adresse n’est pas celle de cette machine"),
    errno.EAFNOSUPPORT: gettext_noop("cette machine ne connaît pas cette sorte d’adresse"),
    errno.ECONNREFUSED: gettext_noop("personne ne répond à cette adresse"),
    errno.ECONNRESET: gettext_noop("la connexion a été coupée"),
    errno.EPIPE: gettext_noop("la connexion a été coupée"),
    errno.EHOSTUNREACH: gettext_noop("cette machine est hors d’atteinte"),
    errno.ENETUNREACH: gettext_noop("le réseau est hors d’atteinte"),
    errno.ETIMEDOUT: gettext_noop("la réponse n’est pas venue à temps"),
}

# Parts of what SQLite and PostgreSQL say. The first that is found speaks.
DATABASE_WORDS = {
    "unable to open database file": gettext_noop("on ne peut pas ouvrir son fichier"),
    "readonly database": gettext_noop("elle est en lecture seule"),
    "database is locked": gettext_noop("un autre programme la tient"),
    "database or disk is full": gettext_noop("le disque est plein"),
    "file is not a database": gettext_noop("ce fichier n’est pas une base SQLite"),
    "disk image is malformed": gettext_noop("son fichier est abîmé"),
    "disk i/o error": gettext_noop("le disque ne répond pas bien"),
    "password authentication failed": gettext_noop("le nom ou le mot de passe n’est pas le bon"),
    "no password supplied": gettext_noop("il faut un mot de passe"),
    "could not translate host name": gettext_noop("ce nom de serveur est inconnu"),
    "failed to resolve host": gettext_noop("ce nom de serveur est inconnu"),
    "name or service not known": gettext_noop("ce nom de serveur est inconnu"),
    "connection refused": gettext_noop("personne ne répond à cette adresse"),
    "timeout expired": gettext_noop("la réponse n’est pas venue à temps"),
    "too many clients": gettext_noop("trop de programmes s’en servent"),
    "permission denied": gettext_noop("vous n’en avez pas le droit"),
}


def os_error_words(error: OSError) -> str:
    """What comes after « : » in a sentence, without a full stop. An unknown error keeps its number, to look it up."""
    if isinstance(error, TimeoutError):
        return say(OS_WORDS[errno.ETIMEDOUT])
    known = OS_WORDS.get(error.errno or 0)
    if known is None and "name or service not known" in str(error).lower():
        return say(gettext_noop("ce nom de machine est inconnu"))
    if known:
        return say(known)
    words = say(gettext_noop("le système refuse (erreur {number}, « {words} »)"))
    return typo(words.format(number=error.errno, words=error.strerror or error))


def os_error_sentence(error: OSError) -> str:
    where = error.filename or error.filename2
    words = os_error_words(error)
    return typo(f"{where} : {words}." if where else f"{words[0].upper()}{words[1:]}.")


def database_error_words(error: Exception) -> str:
    """As `os_error_words`, of what a database driver said; an unknown one is quoted, its first line only."""
    said = " ".join(str(error).split("\n")[0].split())
    for part, words in DATABASE_WORDS.items():
        if part in str(error).lower():
            return say(words)
    if "does not exist" in said and "database" in said:
        return say(gettext_noop("cette base n’existe pas"))
    if not said:
        return say(gettext_noop("elle ne dit pas pourquoi"))
    return typo(say(gettext_noop("elle répond « {words} »")).format(words=said))


AWAY_STATES = ("08", "53", "55P03", "57", "58")  # PostgreSQL: connection, resources, lock, stopped by hand, disk
AWAY_CODES = {5, 6, 8, 10, 13, 14}  # SQLite: busy, locked, read only, disk, full, cannot open


def database_is_away(error: BaseException) -> bool:
    """Whether the database cannot serve now, whatever was asked; else what was asked is at fault, and that is ours."""
    if type(error).__module__ != "django.db.utils":
        return False
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None)
    if state:
        return str(state).startswith(AWAY_STATES)
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in AWAY_CODES  # the rest of it says more of the same
    return type(error).__name__ in ("OperationalError", "InterfaceError")
