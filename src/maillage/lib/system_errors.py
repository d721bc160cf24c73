"""Why a file, an address or a database refuses, in French: the system and the drivers speak English only."""

import errno

from maillage.lib.typography import typo

OS_WORDS = {
    errno.ENOENT: "ce dossier ou ce fichier n’existe pas",
    errno.EACCES: "vous n’en avez pas le droit",
    errno.EPERM: "vous n’en avez pas le droit",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "votre part du disque est pleine",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "une partie du chemin n’est pas un dossier",
    errno.EEXIST: "il existe déjà",
    errno.ENOTEMPTY: "ce dossier n’est pas vide",
    errno.ENAMETOOLONG: "ce nom est trop long",
    errno.ELOOP: "ce lien tourne en rond",
    errno.EMFILE: "trop de fichiers sont ouverts",
    errno.ENFILE: "trop de fichiers sont ouverts",
    errno.EIO: "le disque ne répond pas bien",
    errno.EADDRINUSE: "un autre programme s’en sert déjà",
    errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de cette machine",
    errno.EAFNOSUPPORT: "cette machine ne connaît pas cette sorte d’adresse",
    errno.ECONNREFUSED: "personne ne répond à cette adresse",
    errno.ECONNRESET: "la connexion a été coupée",
    errno.EPIPE: "la connexion a été coupée",
    errno.EHOSTUNREACH: "cette machine est hors d’atteinte",
    errno.ENETUNREACH: "le réseau est hors d’atteinte",
    errno.ETIMEDOUT: "la réponse n’est pas venue à temps",
}

# Parts of what SQLite and PostgreSQL say. The first that is found speaks.
DATABASE_WORDS = {
    "unable to open database file": "on ne peut pas ouvrir son fichier",
    "readonly database": "elle est en lecture seule",
    "database is locked": "un autre programme la tient",
    "database or disk is full": "le disque est plein",
    "file is not a database": "ce fichier n’est pas une base SQLite",
    "disk image is malformed": "son fichier est abîmé",
    "disk i/o error": "le disque ne répond pas bien",
    "password authentication failed": "le nom ou le mot de passe n’est pas le bon",
    "no password supplied": "il faut un mot de passe",
    "could not translate host name": "ce nom de serveur est inconnu",
    "failed to resolve host": "ce nom de serveur est inconnu",
    "name or service not known": "ce nom de serveur est inconnu",
    "connection refused": "personne ne répond à cette adresse",
    "timeout expired": "la réponse n’est pas venue à temps",
    "too many clients": "trop de programmes s’en servent",
    "permission denied": "vous n’en avez pas le droit",
}


def os_error_words(error: OSError) -> str:
    """What comes after « : » in a sentence, without a full stop. An unknown error keeps its number, to look it up."""
    if isinstance(error, TimeoutError):
        return OS_WORDS[errno.ETIMEDOUT]
    known = OS_WORDS.get(error.errno or 0)
    if known is None and "name or service not known" in str(error).lower():
        return "ce nom de machine est inconnu"
    return known or f"le système refuse (erreur {error.errno}, «\u202f{error.strerror or error}\u202f»)"


def os_error_sentence(error: OSError) -> str:
    where = error.filename or error.filename2
    words = os_error_words(error)
    return typo(f"{where} : {words}." if where else f"{words[0].upper()}{words[1:]}.")


def database_error_words(error: Exception) -> str:
    """As `os_error_words`, of what a database driver said; an unknown one is quoted, its first line only."""
    said = " ".join(str(error).split("\n")[0].split())
    for part, words in DATABASE_WORDS.items():
        if part in str(error).lower():
            return words
    if "does not exist" in said and "database" in said:
        return "cette base n’existe pas"
    return f"elle répond «\u202f{said}\u202f»" if said else "elle ne dit pas pourquoi"


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
