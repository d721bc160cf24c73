"""English as it is read in Europe: the day before the month."""

from django.conf.locale.en_GB.formats import *  # type: ignore[import-untyped]  # noqa: F403
