"""What will be erased, and when; with --apply, what is due is erased now, as the server does each hour."""

import argparse
import json

from django.utils import timezone

from maillage.config.finding import find_space
from maillage.config.installation import prepare_tables
from maillage.lib.typography import count, typo
from maillage.office.retention import erase_again, erase_all_due, rules, waiting
from maillage.people.models import Space


class OneOrTheOther(Exception):
    sentence = "--apply efface, --dry-run montre : l’un ou l’autre."


class EverySpace(Exception):
    sentence = "--apply efface ce qui est dû dans tous les espaces : il va sans --space."


def run(options: argparse.Namespace) -> int:
    if options.apply and options.dry_run:
        raise OneOrTheOther
    if options.apply and options.space:
        raise EverySpace
    prepare_tables()
    return _apply(options) if options.apply else _show(options)


def _apply(options: argparse.Namespace) -> int:
    again = erase_again()
    gone = {key: number + again.get(key, 0) for key, number in erase_all_due(now=timezone.now()).items()}
    titles = {rule.key: str(rule.title) for rule in rules()}
    lines = [f"{titles[key]} : {count(number, 'effacé', 'effacés', zero='')}" for key, number in gone.items() if number]
    print(
        json.dumps(gone, indent=2) if options.json else "\n".join(map(typo, lines)) or typo("Rien n’était à effacer.")
    )
    return 0


def _show(options: argparse.Namespace) -> int:
    now = timezone.now()
    spaces = [find_space(options.space)] if options.space else list(Space.objects.order_by("slug"))
    lines, answers = [], []
    for space in spaces:
        lines.append(f"{space.name} ({space.slug})")
        for rule, due in waiting(space.pk, now=now):
            lines.append(f"  {rule.title} : {rule.term(space.pk)}")
            for each in due:
                when = "maintenant" if each.at <= now else f"le {timezone.localtime(each.at):%d/%m/%Y à %H:%M}"
                lines.append(f"    {when} : {each.words}")
                answer = {"space": space.slug, "rule": rule.key, "what": each.words, "at": each.at.isoformat()}
                answers.append(answer | {"due": each.at <= now})
    if not options.json:
        lines.append("Rien n’a été effacé. « maillage retention --apply » le fait ; le serveur aussi, chaque heure.")
    print(json.dumps(answers, ensure_ascii=False, indent=2) if options.json else "\n".join(map(typo, lines)))
    return 0
