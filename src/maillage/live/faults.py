"""Saying in the log where something failed, and never what a person typed."""

import logging
import traceback

logger = logging.getLogger(__name__)


def report(what: str, error: Exception) -> None:
    """The lines of code and the error's name; not its words, which may quote a card or a name."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, type(error).__name__, where)
