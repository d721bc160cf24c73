"""What goes into a log, and what never does: the private part of an address, so that whoever reads a log cannot enter
by it; the words of an error, which may quote what somebody typed; the traceback of a refusal, so that a real fault is
seen.
"""

import contextlib
import datetime as dt
import json
import logging
import logging.handlers
import os
import re
import sys
import traceback
from types import TracebackType
from typing import Any

PRIVATE = re.compile(
    r"(/(?:inscription|entrer|animer|projection|fiche|place|s|action|ou-en-etes-vous|noyau|invitation|adresse"
    r"|experiences/mienne|experiences/proposer|q/mon-lien|q/mes-reponses|q)/)[^/\s\"']+"
    r"|((?:jeton|code|state|id_token_hint|retire)=)[^&\s\"']+"
)
PLAIN = "{asctime} {levelname} {name} {message}"
FORMATS = ("texte", "json")
PLACE = "MAILLAGE_PLACE"  # not a setting: the supervisor's number of this process, when it has one

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WithoutLinks(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = PRIVATE.sub(lambda found: (found[1] or found[2]) + "…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True


class BriefRefusals(logging.Filter):
    """A request refused on purpose (403, 404…, 503: the database is away) is one line. A fault keeps its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", 0)
        if 400 <= status < 500 or status == 503:
            record.exc_info = record.exc_text = None
        return True


class Plain(logging.Formatter):
    """A line for a person. `words`: what errors say is kept too; for who develops, on data that is nobody's."""

    def __init__(self, words: bool = False) -> None:
        super().__init__(PLAIN, style="{")
        self.words = words

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802 - logging's own name
        return super().formatException(ei) if self.words else wordless(ei[1])


class Json(Plain):
    """A line for a machine: one object, whatever its message holds."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if place := os.environ.get(PLACE):
            line["worker"] = int(place)
        if (status := getattr(record, "status_code", None)) is not None:
            line["status"] = status
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class KeptFile(logging.handlers.WatchedFileHandler):
    """Its owner's alone, added to by every process. Moved away (logrotate), it is made anew: no line is lost.

    A disk that is full, a folder that is gone, loses a line and nothing else: who writes one goes on.
    """

    def _open(self) -> Any:
        return open(self.baseFilename, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)


def wordless(error: BaseException | None) -> str:
    """Where an error came from and what it is, causes first; never its words. A database's errors keep their code."""
    parts: list[str] = []
    while error is not None:
        code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
        name = f"{type(error).__name__} {code}" if code else type(error).__name__
        parts.append("".join(traceback.format_tb(error.__traceback__)) + name)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(reversed(parts))


def configure_alone() -> None:
    """For a process without Django: the same lines, whatever a bad setting says; the workers refuse it by name."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if file := os.environ.get("MAILLAGE_LOG_FILE", "").strip():
        with contextlib.suppress(OSError):
            handler = KeptFile(file)
    handler.setFormatter(Json() if os.environ.get("MAILLAGE_LOG_FORMAT", "").strip().lower() == "json" else Plain())
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
