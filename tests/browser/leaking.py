"""The server with the one door left open: everybody sees all cards of all tables. python -m tests.browser.leaking serve

What the canaries are for: their test must fail on this one.
"""

import os
import sys
from importlib import import_module

os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"

from facilitation import Audience, State
from maillage.config.cli import main

door = import_module("facilitation.view")  # the package gives its function `view` the same name


def see_everything(_state: State, _group: Audience) -> str:
    return "all"


vars(door)["_sees"] = see_everything

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
