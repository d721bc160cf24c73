"""The facts of a place, in words, each with the list it is from: who made it, under which licence, at which date."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.atlas.contracts import SIGNED
from maillage.atlas.places import FRANCE, Place
from maillage.atlas.shades import qpv_words
from maillage.atlas.tallies import Tally
from maillage.lib.dates import day_words
from maillage.lib.typography import NARROW, NO_BREAK, count
from maillage.territories.enums import Level
from maillage.territories.models import Commune, Epci, Outline, Qpv, Source

YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class Fact:
    label: str
    words: str
    sources: tuple[Source, ...] = ()
    note: str = ""  # what must be known to read it rightly


def all_sources() -> dict[str, Source]:
    return Source.objects.in_bulk()


def sources_of(rows: Iterable[object], fact: str, known: Mapping[str, Source]) -> tuple[Source, ...]:
    """Where a fact of these rows is from; the list of the row itself, when nothing else is said."""
    slugs: dict[str, None] = {}
    for row in rows:
        said = getattr(row, "sources", {})
        slugs[said.get(fact) or said.get("", "")] = None
    return tuple(known[slug] for slug in slugs if slug in known)


def year_of(sources: Sequence[Source]) -> str:
    """The year a list of populations is about, as its title says; "" when it does not, or when several differ."""
    years = {found[0] for source in sources if (found := YEAR.search(source.title))}
    return years.pop() if len(years) == 1 else ""


def number_words(number: int) -> str:
    return f"{number:,}".replace(",", NARROW)


def people_words(number: int, year: str) -> str:
    words = count(number, _("habitant"), _("habitants"), zero=_("aucun habitant"))
    return f"{words} ({year})" if year else f"{words} ({_('année non précisée')})"


def commune_words(number: int) -> str:
    return count(number, _("commune"), _("communes"), zero=_("aucune commune"))


def epci_words(number: int) -> str:
    return count(number, _("intercommunalité"), _("intercommunalités"), zero=_("aucune intercommunalité"))


def facts_of(place: Place, qpvs: Sequence[Qpv], known: Mapping[str, Source]) -> tuple[list[Fact], list[Fact]]:
    """What lists say of a place: before what its space says of contracts, and after it."""
    if place.level == Level.QPV:
        return _of_qpv(place.row, known), []
    before = [_quarters(qpvs, place, known), *_people(qpvs, known)]
    if place.level in (Level.REGION, Level.DEPARTMENT, FRANCE):
        return before, _communes(place, known)
    return before, _of_epci(place.row, known) if place.level == Level.EPCI else _of_commune(place.row, known)


def _quarters(qpvs: Sequence[Qpv], place: Place, known: Mapping[str, Source]) -> Fact:
    words = qpv_words(len(qpvs))
    if qpvs and place.level in (Level.REGION, Level.DEPARTMENT, FRANCE):
        epcis = len({qpv.epci_id for qpv in qpvs})
        words = _("%(qpvs)s, dans %(epcis)s") % {"qpvs": words, "epcis": epci_words(epcis)}
    return Fact(_("Politique de la ville"), words, sources_of(qpvs, "", known))


def _people(qpvs: Sequence[Qpv], known: Mapping[str, Source]) -> list[Fact]:
    counted = [qpv for qpv in qpvs if qpv.population is not None]
    if not counted:
        return []
    sources = sources_of(counted, "population", known)
    missing = len(qpvs) - len(counted)
    note = _("Population non connue de %s.") % qpv_words(missing) if missing else ""
    total = sum(qpv.population or 0 for qpv in counted)
    return [Fact(_("Dans ces quartiers"), people_words(total, year_of(sources)), sources, note)]


def contracts_fact(tallies: Sequence[Tally]) -> Fact:
    signed = sum(tally.status.state == SIGNED for tally in tallies)
    words = count(signed, _("signature connue"), _("signatures connues"), zero=_("aucune signature connue"))
    return Fact(
        _("Contrats de ville 2024–2030"),
        _("%(signed)s sur %(epcis)s") % {"signed": words, "epcis": epci_words(len(tallies))},
        (),
        _("Avoir un quartier prioritaire n’est pas avoir signé : les autres ont peut-être signé, ce n’est pas su ici."),
    )


def _communes(place: Place, known: Mapping[str, Source]) -> list[Fact]:
    rows = Commune.objects.all()
    if place.level == Level.REGION:
        rows = rows.filter(department__region=place.code)
    elif place.level == Level.DEPARTMENT:
        rows = rows.filter(department=place.code)
    number = rows.count()
    return [Fact(_("Communes"), commune_words(number), sources_of(rows[:1], "", known))] if number else []


def _of_epci(epci: Epci, known: Mapping[str, Source]) -> list[Fact]:
    communes = list(epci.communes.all())
    facts = []
    people = [row.population for row in communes if row.population is not None]
    if people:
        sources = sources_of(communes, "population", known)
        facts.append(Fact(_("Population de l’intercommunalité"), people_words(sum(people), year_of(sources)), sources))
        facts.append(Fact(_("Communes"), commune_words(len(communes)), sources_of(communes, "epci", known)))
    if epci.long_name and epci.long_name != epci.name:
        facts.append(Fact(_("Nom complet"), epci.long_name, sources_of([epci], "long_name", known)))
    facts.append(Fact(_("SIREN"), epci.siren, sources_of([epci], "", known)))
    return facts


def _of_commune(commune: Commune, known: Mapping[str, Source]) -> list[Fact]:
    facts = []
    if commune.population is not None:
        sources = sources_of([commune], "population", known)
        facts.append(Fact(_("Population de la commune"), people_words(commune.population, year_of(sources)), sources))
    facts.append(Fact(_("Code Insee"), commune.insee, sources_of([commune], "", known)))
    return facts


def _of_qpv(qpv: Qpv, known: Mapping[str, Source]) -> list[Fact]:
    facts = []
    if qpv.population is not None:
        sources = sources_of([qpv], "population", known)
        facts.append(Fact(_("Population"), people_words(qpv.population, year_of(sources)), sources))
    if qpv.area_ha is not None:
        outlines = Outline.objects.filter(level=Level.QPV, code=qpv.code)[:1]
        area = count(round(qpv.area_ha), _("hectare"), _("hectares"), zero=_("moins d’un hectare"))
        note = _("Calculée d’après le contour, à quelques mètres près : elle ne dit pas si une adresse y est.")
        facts.append(Fact(_("Surface"), area, sources_of(outlines, "", known), note))
    listed = _("quartiers prioritaires de %d") % qpv.vintage
    facts.append(Fact(_("Code"), f"{qpv.code}{NO_BREAK}– {listed}", sources_of([qpv], "", known)))
    return facts


def used_sources(facts: Sequence[Fact], drawn: Iterable[Outline], known: Mapping[str, Source]) -> list[Source]:
    """Those of a page, each once: what stands under its map and on paper."""
    found = {source.slug: source for fact in facts for source in fact.sources}
    found |= {source.slug: source for source in sources_of(drawn, "", known)}
    return list(found.values())


def source_words(source: Source) -> str:
    """« Population municipale 2020 dans les QPV 2024, Insee, Licence Ouverte 2.0, 2025-11-01 »."""
    through = _(" (par %s)") % source.through if source.through else ""
    parts = [source.title, source.producer, source.licence, date_words(source.date)]
    return ", ".join(part for part in parts if part) + through


def date_words(date: str) -> str:
    """As published: a year, a month or a day."""
    try:
        if len(date) == 10:
            return day_words(dt.date.fromisoformat(date))
        if len(date) == 7:
            return day_words(dt.date.fromisoformat(f"{date}-01")).split(" ", 1)[1]
    except ValueError:
        pass
    return date
