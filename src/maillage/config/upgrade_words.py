"""What an upgrade says to whoever runs it."""

import pwd
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from maillage.lib.typography import count

if TYPE_CHECKING:
    from maillage.config.copying.kept import Copy
    from maillage.config.upgrade_trial import Trial
    from maillage.config.upgrading import Upgraded, WentBack

MOST_NAMED = 6  # of what is listed in one sentence


class Refused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class TablesAreOlder(Refused):
    def __init__(self, waiting: int) -> None:
        what = count(waiting, "mise à jour attend", "mises à jour attendent", zero="")
        super().__init__(
            f"Les tables de cette installation sont celles d’une version plus ancienne de Maillage ({what}). "
            "« maillage upgrade --dry-run » dit ce qui changera sans rien toucher ; « maillage "
            "upgrade » le fait, après une copie."
        )


class TablesAreNewer(Refused):
    def __init__(self, unknown: Sequence[str], copy: "Copy | None", here: str) -> None:
        way = (
            f"« maillage upgrade --back » remet les tables d’avant, copiées le {moment(copy)}"
            if copy
            else "il n’y a pas ici de copie d’avant la mise à jour"
        )
        super().__init__(
            f"Les tables de cette installation sont celles d’une version plus récente que Maillage {here} "
            f"({some(unknown)}) : cette version-ci ne peut ni les lire ni y écrire sans les abîmer. Réinstallez "
            f"la plus récente ; ou bien, {way}."
        )


class StillServing(Refused):
    def __init__(self, others: int) -> None:
        who = count(others, "autre programme s’en sert", "autres programmes s’en servent", zero="")
        super().__init__(
            f"La base est ouverte : {who}. Ce changement des tables ne se fait pas sous un serveur d’une autre version "
            ": arrêtez-le d’abord (systemctl stop maillage, ou Ctrl+C), puis recommencez."
        )


class NoRoom(Refused):
    def __init__(self, needed: int, free: int, folder: Path) -> None:
        super().__init__(
            f"Il faut {mb(needed)} libres sur le disque de {folder} pour la copie et le changement, et il en reste "
            f"{mb(free)} : rien n’a été commencé."
        )


class NotItsOwner(Refused):
    def __init__(self, folder: Path, owner: int) -> None:
        name = account_name(owner)
        super().__init__(
            f"Le dossier {folder} est à « {name} » : lancée par root, cette commande y laisserait des fichiers que le "
            f"serveur ne pourrait plus écrire. Lancez-la sous ce compte : sudo -u {name} maillage …"
        )


class NoCopy(Refused):
    def __init__(self, name: str | None, copies: Sequence["Copy"]) -> None:
        known = f" Copies gardées ici : {some([copy.folder for copy in copies])}." if copies else ""
        super().__init__(
            f"Aucune copie ne s’appelle {name}.{known or ' Il n’y en a aucune ici.'}"
            if name
            else "Aucune mise à jour n’est à défaire : ces tables ne viennent d’aucune mise à jour dont la copie soit "
            f"gardée.{known}"
        )


class Failed(Refused):
    def __init__(self, step: str, why: str, served_by: str) -> None:
        where = f" à l’étape {step}" if step else ""
        before = version_words(served_by)
        super().__init__(
            f"La mise à jour a échoué{where} ({why}). Rien n’en est resté : la base est exactement comme avant. "
            f"Réinstallez {before} pour servir, et transmettez ces lignes à qui s’occupe de Maillage."
        )


class TrialFailed(Refused):
    def __init__(self, step: str, why: str) -> None:
        where = f" à l’étape {step}" if step else ""
        super().__init__(
            f"L’essai a échoué{where} ({why}). Cette installation n’a pas été touchée : gardez la version d’avant de "
            "Maillage, et transmettez ces lignes à qui s’en occupe."
        )


class CannotTry(Refused):
    def __init__(self, why: str) -> None:
        super().__init__(
            f"On ne peut pas essayer à côté des vraies tables ({why}). Avec PostgreSQL, l’utilisateur de Maillage doit "
            "posséder la base, ou avoir le droit d’y créer un schéma : GRANT CREATE ON DATABASE …"
        )


NOTHING = "Rien à faire : les tables sont celles de cette version de Maillage."


def again_words() -> str:
    return "Une mise à jour précédente a été interrompue avant sa fin. Il n’en reste rien : la base est comme avant."


def begin_words(plan: int) -> str:
    what = count(plan, "changement", "changements", zero="")
    return f"Mise à jour des tables : {what}. Une copie d’abord, puis tout d’un seul coup ; la porte est fermée."


def done_words(done: "Upgraded") -> list[str]:
    copy = done.copy
    rows = count(sum(copy.rows.values()), "ligne", "lignes", zero="aucune ligne")
    lines = [f"Copie faite et relue en {seconds(done.copying)} : {copy.path} ({mb(copy.size)}, {rows})."]
    lines += [f"  {step.name} : {seconds(step.seconds)}" for step in done.steps]
    lines += [f"  {line}" for line in moved_words(done.before, done.after)]
    lines.append(f"Vérifié : liens entre les lignes, nombre de lignes de chaque table ({seconds(done.checking)}).")
    lines.append(
        "La mise à jour est faite. Si quelque chose ne va pas avec cette version : « maillage upgrade --back » remet "
        "les tables comme avant, dans les sept jours ; ce qui est écrit d’ici là n’y sera pas, et sera gardé à part."
    )
    return lines


def moved_words(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """Which tables came, went, or have not as many rows."""
    lines = new_words({name: rows for name, rows in after.items() if name not in before})
    for name in sorted(before):
        if name not in after:
            lines.append(f"table {name} : retirée, avec {count(before[name], 'ligne', 'lignes', zero='aucune ligne')}")
        elif before[name] != after[name] and name not in BOOKKEEPING:
            lines.append(f"table {name} : {before[name]} lignes avant, {after[name]} après")
    return lines


def new_words(tables: dict[str, int]) -> list[str]:
    """Table → its rows: those that are empty, often many, in one line."""
    filled = {name: rows for name, rows in sorted(tables.items()) if rows}
    lines = [f"table {name} : nouvelle, {count(rows, 'ligne', 'lignes', zero='')}" for name, rows in filled.items()]
    if empty := sorted(set(tables) - set(filled)):
        number = count(len(empty), "table nouvelle, vide", "tables nouvelles, vides", zero="")
        lines.insert(0, f"{number} : {some(empty)}")
    return lines


BOOKKEEPING = frozenset({"django_migrations", "django_content_type", "auth_permission"})  # Django's own lists


def trial_words(trial: "Trial") -> list[str]:
    waiting = count(len(trial.steps), "changement attend", "changements attendent", zero="")
    lines = [f"{waiting}. Essayés sur une copie de ces données ; rien n’a été touché ici."]
    lines += [f"  {step.name} : {seconds(step.seconds)}" for step in trial.steps]
    lines.append("Ce qui changera :")
    lines += [f"  {line}" for line in trial.changes] or ["  rien de visible dans les lignes"]
    if trial.lost:
        lines.append("Ce qui disparaîtra, et que seule la copie saura rendre :")
        lines += [f"  {line}" for line in trial.lost]
    else:
        lines.append("Rien de ce qui est écrit ne disparaîtra.")
    if trial.one_way:
        lines.append(f"Se défait par la copie seulement : {some(trial.one_way)}.")
    lines.append(
        f"Place : {mb(trial.needed)} libres pendant le changement, dont {mb(trial.copy_size)} pour la copie, gardée "
        f"sept jours ; il y a {mb(trial.free)}." + ("" if trial.free >= trial.needed else " C’EST TROP PEU.")
    )
    door = f"La porte sera fermée {seconds(trial.door)} environ, sur cette machine-ci"
    if trial.beside:
        lines.append(
            f"{door} au plus. Ces changements vont aussi avec un serveur de la version d’avant : le renouvellement "
            "(kill -HUP, systemctl reload) suffit, sans fermer."
        )
    else:
        lines.append(
            f"{door} : elle répond alors 503, « Mise à jour en cours ». Arrêtez le serveur, puis « maillage upgrade », "
            "ou redémarrez-le : il fait la même chose avant d’ouvrir."
        )
    return lines


def back_words(went: "WentBack") -> list[str]:
    copy = went.copy
    before = version_words(copy.served_by)
    rows = count(sum(copy.rows.values()), "ligne", "lignes", zero="aucune ligne")
    return [
        f"Les tables sont celles du {moment(copy)}, à l’octet près : {rows}.",
        f"Ce qui y était jusqu’ici est gardé sept jours : « maillage upgrade --back {went.kept.folder} » le remet.",
        f"Réinstallez maintenant {before} avant de servir : la version d’ici referait la mise à jour.",
    ]


def version_words(served_by: str) -> str:
    return "la version d’avant" if served_by in ("", version("maillage")) else f"Maillage {served_by}"


def account_name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # a container's
        return str(number)


def moment(copy: "Copy") -> str:
    return f"{timezone.localtime(copy.moment):%d/%m/%Y à %H:%M:%S}"


def some(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" et {more} autres" if more > 0 else "")


def seconds(number: float) -> str:
    if number >= 90:
        return f"{number / 60:.0f} min"
    return f"{number:.0f} s" if number >= 10 else f"{number:.1f} s".replace(".", ",")


def mb(size: int) -> str:
    return f"{max(1, round(size / 1_000_000))} Mo"
