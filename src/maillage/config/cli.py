"""The command `maillage`. Exit codes: 0 done, 1 refused (a sentence says why), 2 wrong usage."""

import importlib
import os
import sys
from collections.abc import Sequence

import django
from django.db import DatabaseError, OperationalError

from maillage.config.arguments import read_arguments
from maillage.config.environment import BadSetting
from maillage.lib.system_errors import database_error_words, os_error_sentence
from maillage.lib.typography import typo

READ_BY_OTHERS = {"report", "change-report", "bench"}  # commands whose files are made to be given


def main(arguments: Sequence[str] | None = None) -> int:
    options = read_arguments(arguments)
    if getattr(options, "data", None):
        os.environ["MAILLAGE_DATA_DIR"] = options.data
    if options.command == "demo":
        os.environ["MAILLAGE_DEMO"] = "oui"
    if options.command == "serve" and options.room:
        os.environ["MAILLAGE_ROOM"] = "oui"
        os.environ["MAILLAGE_HTTPS"] = "oui" if options.tls else "non"
    if options.command not in READ_BY_OTHERS:
        os.umask(0o077)  # the database and its journal hold names: they are their owner's
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    try:
        django.setup()  # the settings are read here, once the options are known
        command = importlib.import_module(f"maillage.config.commands.{options.command.replace('-', '_')}")
        return command.run(options) or 0
    except BadSetting as refusal:
        return _refuse(refusal.sentence)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # « maillage … | head »: nobody reads any more
        return 0
    except Exception as error:  # the edge of the process: a refusal is said in its words, the rest is ours
        sentence = getattr(error, "sentence", None)
        if sentence is None and isinstance(error, OSError):
            sentence = os_error_sentence(error)
        if sentence is None and type(error) in (OperationalError, DatabaseError):  # the others are mistakes of ours
            sentence = f"La base de données ne répond pas : {database_error_words(error)}."
        if sentence is None:
            raise
        return _refuse(sentence)


def _refuse(sentence: str) -> int:
    print(typo(sentence), file=sys.stderr)
    return 1
