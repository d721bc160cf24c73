"""The server with the one door left open: everybody sees all cards of all tables. python -m tests.browser.leaking serve

What the canaries are for: their test must fail on this one.
"""

import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"

from facilitation import view
from maillage.config.cli import main


def see_everything(_state: view.State, _group: view.Audience) -> str:
    return "all"


view._sees = see_everything

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
