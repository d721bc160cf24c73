"""What never goes into a log: the private part of an address. Whoever reads a log must not be able to enter by it."""

import logging
import re

PRIVATE = re.compile(r"(/(?:inscription|entrer|animer|projection|fiche|s)/)[^/\s\"']+|(jeton=)[^&\s\"']+")


class WithoutLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = PRIVATE.sub(lambda found: (found[1] or found[2]) + "…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
