"""One page to hang in a hall: the day in figures and what it keeps."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from maillage.lib.typography import count, typo
from maillage.people.style import House
from maillage.reports.blocks import Figure, Numbers
from maillage.reports.decided import decisions_of, next_of
from maillage.reports.figures import of_territories
from maillage.reports.summary import fair
from maillage.reports.telling import DrawMap, day_numbers

MOST_SENTENCES = 12
ON_MAP = 16  # lines beside the map
PAPERS = ("a3", "a4")


def poster_facts(facts: Mapping[str, Any], house: House, draw_map: DrawMap, *, paper: str = "a3") -> dict[str, Any]:
    decisions = decisions_of(facts)
    shown = fair(decisions, MOST_SENTENCES)
    left = len(decisions) - len(shown)
    numbers = next((block for block in day_numbers(facts) if isinstance(block, Numbers)), Numbers(()))
    ahead = next_of(facts)
    return {
        "paper": paper,
        "title": facts["title"],
        "description": typo(_("L’affiche de la rencontre : ses nombres, et ce qu’elle garde.")),
        "house": house.as_data(),
        "eyebrow": " · ".join(part for part in (house.host or house.name, facts["date"], facts["place"]) if part),
        "lead": facts["subtitle"] or facts["theme"],
        "warning": typo(_("Répétition : rien de ceci n’a été dit à la vraie rencontre.")) if facts["rehearsal"] else "",
        "numbers": [list(pair) for pair in numbers.pairs[:5]],
        "heading": typo(_("Ce que nous gardons")),
        "sentences": [{"text": each.text, "by": each.by} for each in shown],
        "left": typo(count(left, _("autre phrase"), _("autres phrases"), zero="") + _(" dans le compte rendu"))
        if left > 0
        else "",
        "empty": "" if decisions else typo(_("Rien n’a encore été gardé de cette rencontre.")),
        "map": _map(facts, house, draw_map),
        "next": typo(_("La suite : {meeting}").format(meeting=ahead[0])) if ahead else "",
        "foot": typo(_("Fait le {date}. {sources}").format(date=facts["made_on"], sources=facts["sources"])),
    }


def _map(facts: Mapping[str, Any], house: House, draw_map: DrawMap) -> dict[str, Any] | None:
    blocks = of_territories(facts["came"]["territories"], house.accent, draw_map) if facts["came"]["total"] else ()
    figure = next((block for block in blocks if isinstance(block, Figure)), None)
    if figure is None:
        return None
    rows = [row for row in figure.table.rows if row[0].isdigit()]
    more = len(rows) - ON_MAP
    shown = [list(row[:2]) for row in rows[: ON_MAP if more > 1 else len(rows)]]
    if more > 1:
        shown.append(["", typo(_("et {n} autres intercommunalités").format(n=more))])
    return {"svg": figure.svg, "alt": figure.alt, "rows": shown}
