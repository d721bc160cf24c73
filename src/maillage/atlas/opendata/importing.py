"""Lists published by a house like this one, read back: which list a file is, its columns tell. All of them or none."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.atlas.opendata.lists import BY_NAME
from maillage.contracts.published import import_published_contracts
from maillage.gatherings.published import import_published_gatherings
from maillage.lib.tableschema import BadCell, UnreadableSheet, read_record, read_sheet, recognise
from maillage.memory.published import import_published_experiences
from maillage.people.models import Space
from maillage.people.published import import_published_organisations
from maillage.territories.published import LISTS
from maillage.territories.services import import_territories

MOST_BYTES = 100_000_000  # of one file, as for territories
MOST_SAID = 20
Rows = list[tuple[str, Mapping[str, Any]]]


class OpenDataRefused(Exception):
    """Nothing was taken."""

    def __init__(self, doubts: Sequence[str]) -> None:
        self.doubts = list(doubts)
        said = self.doubts[:MOST_SAID]
        if len(self.doubts) > MOST_SAID:
            more = len(self.doubts) - MOST_SAID
            said.append(ngettext("et %d autre point.", "et %d autres points.", more) % more)
        self.sentence = "\n".join([_("Rien n’a été importé :"), *said])
        super().__init__(self.sentence)


@transaction.atomic
def import_open_data(*, space: Space, given: Sequence[tuple[str, bytes]], by: str) -> dict[str, int]:
    """list → rows read. Raises OpenDataRefused, or the refusal of the noun that would not take a row."""
    doubts: list[str] = []
    territories: list[tuple[str, bytes]] = []
    found: dict[str, Rows] = {}
    numbers: dict[str, int] = {}
    columns = {name: asked.columns for name, asked in BY_NAME.items()}
    for file, content in given:
        if len(content) > MOST_BYTES:
            doubts.append(_("%(file)s : plus de %(most)d Mo.") % {"file": file, "most": MOST_BYTES // 1_000_000})
            continue
        try:
            sheet = read_sheet(content)
        except UnreadableSheet as bad:
            doubts.append(f"{file} : {bad.sentence}.")
            continue
        name = recognise(sheet.headers, columns)
        if not name:
            sentence = _("%(file)s : ses colonnes ne sont celles d’aucune liste publiée (%(headers)s).")
            said = ", ".join(map(str, sheet.headers[:6])) or _("rien")
            doubts.append(sentence % {"file": file, "headers": said})
            continue
        numbers[name] = numbers.get(name, 0) + len(sheet.records)
        if name in LISTS:
            if sheet.records:
                territories.append((file, content))
            continue
        for place, given_row in sheet.records:
            try:
                row = read_record(columns[name], given_row, text=sheet.text)
            except BadCell as bad_cell:
                doubts.append(f"{file}, {place} : {bad_cell.sentence}.")
                continue
            found.setdefault(name, []).append((f"{file}, {place}", row))
    if doubts:
        raise OpenDataRefused(doubts)
    if territories:
        import_territories(territories)
    if found.get("contrats"):
        import_published_contracts(space=space, rows=found["contrats"], by=by)
    if found.get("structures"):
        import_published_organisations(space=space, rows=found["structures"], by=by)
    days, slots, workshops = (found.get(name, []) for name in ("rencontres", "programmes", "ateliers"))
    if days or slots or workshops:
        import_published_gatherings(space=space, gatherings=days, slots=slots, workshops=workshops, by=by)
    if found.get("experiences"):
        import_published_experiences(space=space, rows=found["experiences"], by=by)
    return numbers
