"""The same settings, serving one empty template: what a page costs before it says anything."""

from maillage.config.settings import *  # noqa: F403 - the same, but for one name

ROOT_URLCONF = "maillage.config.bench.empty_urls"
