"""How often each door may be knocked at: the table of SECURITY.md, read in the code."""

from maillage.config.rights import addresses
from maillage.lib.rates import RATES, Rate
from maillage.lib.typography import grouped
from maillage.live import throttle
from maillage.people import second_factor

HEAD = "| ce qui est compté | par | au plus |\n| --- | --- | --- |"


def write_table() -> str:
    addresses()  # the views are read, and what each counts with them
    rows = [(rate.name, rate.by, _often(rate)) for rate in RATES.values()]
    minutes = throttle.WINDOW / 60
    rows += [
        (
            "les codes faux, de salle ou de questionnaire",
            "une adresse du réseau",
            f"{throttle.MOST_OF_ONE} en {minutes:.0f} min, {throttle.MOST_AT_HOME} là où la rencontre est chez elle ; "
            f"{grouped(throttle.MOST_OF_ALL)} de tout le monde",
        ),
        (
            "les codes faux du second facteur, de secours compris",
            "un compte",
            f"{second_factor.MOST_TRIES} en {second_factor.TRIES_WINDOW.seconds // 60} min, comptés dans la base",
        ),
    ]
    return "\n".join([HEAD, *(f"| {' | '.join(row)} |" for row in sorted(rows))]) + "\n"


def _often(rate: Rate) -> str:
    return f"{grouped(rate.most)} en {rate.window / 60:.0f} min"
