"""The tables of one version become those of another, and back: docs/guides/exploitation.md, « Mettre à jour »."""

import argparse
import json
from dataclasses import asdict

from django.db import connections

from maillage.config.closed_door import GOING_BACK, UPGRADING, behind_closed_door
from maillage.config.installation import prepare_installation, say
from maillage.config.upgrade_trial import try_upgrade
from maillage.config.upgrade_words import NOTHING, back_words, trial_words
from maillage.config.upgrading import WentBack, go_back, look, refuse_newer


class OnlyToGoBack(Exception):
    sentence = "Le nom d’une copie va avec --back : maillage upgrade --back COPIE."


def run(options: argparse.Namespace) -> int:
    if options.copy and not options.back:
        raise OnlyToGoBack
    if options.dry_run:
        return _try(options)
    return _back(options) if options.back else _upgrade(options)


def _try(options: argparse.Namespace) -> int:
    trial = try_upgrade()
    if options.json:
        print(json.dumps(asdict(trial) if trial else None, ensure_ascii=False, indent=2))
        return 0
    for line in trial_words(trial) if trial else [NOTHING]:
        say(line)
    return 0


def _upgrade(options: argparse.Namespace) -> int:
    tables = look()
    refuse_newer(tables)
    if not tables.plan:
        say(NOTHING)
        return 0

    def work() -> None:
        try:
            prepare_installation()
        finally:
            connections.close_all()

    connections.close_all()
    behind_closed_door(work, host=options.host, port=options.port, patience=0, words=UPGRADING, say=False)
    return 0


def _back(options: argparse.Namespace) -> int:
    went: list[WentBack] = []

    def work() -> None:
        try:
            went.append(go_back(to=options.copy, tell=say))
        finally:
            connections.close_all()

    connections.close_all()  # ours is not another program's
    behind_closed_door(work, host=options.host, port=options.port, patience=0, words=GOING_BACK, say=False)
    for line in back_words(went[0]):
        say(line)
    return 0
