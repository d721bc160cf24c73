"""What never goes into a log: the private part of an address, so that whoever reads a log cannot enter by it; and the
traceback of a refusal, so that a real fault is seen among them."""

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


class BriefRefusals(logging.Filter):
    """A request refused on purpose (403, 404…) is one line. What is our fault, 500 and more, keeps its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        return True
