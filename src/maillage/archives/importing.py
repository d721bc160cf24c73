"""A public archive becomes a gathering of a space: whole or not at all, and nothing that is here changes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from maillage.archives.contents import FROM_ARCHIVE
from maillage.archives.opening import ArchiveRefused, Opened, Rows, features_of, open_archive
from maillage.archives.participation import codes_of
from maillage.contracts.models import ContratDeVille
from maillage.contracts.published import ContractsRefused, import_published_contracts
from maillage.gatherings.models import Gathering, Room, Workshop
from maillage.gatherings.published import GatheringsRefused, import_published_gatherings
from maillage.lib.tableschema import write_csv
from maillage.live.results import keep_rows
from maillage.memory.models import Experience, Takeaway
from maillage.memory.published import ExperiencesRefused, import_published_experiences
from maillage.memory.services import LONGEST_TAKEAWAY
from maillage.office.services import record_activity
from maillage.people.models import Space
from maillage.questionnaires.results import keep_rows as keep_asked
from maillage.territories.importing import TerritoriesRefused
from maillage.territories.models import Commune, Department, Epci, Qpv, Region, Source
from maillage.territories.published import LISTS
from maillage.territories.services import import_territories

MOST_NUMBER = 32_767  # a small whole number, as every database holds it
PLACES = {
    "regions": Region,
    "departements": Department,
    "intercommunalites": Epci,
    "communes": Commune,
    "quartiers": Qpv,
}
REFUSALS = (GatheringsRefused, ContractsRefused, ExperiencesRefused, TerritoriesRefused)
DEFINITION = {"text": str, "implies": list, "determinants": list, "properties": list}


def import_archive(*, content: bytes, space: Space, by: str) -> Gathering:
    """Raises ArchiveRefused, and then nothing was taken."""
    opened = open_archive(content)
    try:
        with transaction.atomic():
            return _Import(opened, space, by).run()
    except REFUSALS as refusal:
        raise ArchiveRefused(refusal.sentence) from refusal
    except (ValidationError, IntegrityError, DataError, OverflowError) as error:
        raise ArchiveRefused(_("Deux lignes s’y contredisent, ou une valeur est hors de portée.")) from error


class _Import:
    def __init__(self, opened: Opened, space: Space, by: str) -> None:
        self.opened, self.space, self.by = opened, space, by

    def rows(self, name: str) -> Rows:
        return self.opened.rows[name]

    def run(self) -> Gathering:
        gathering_id, cells = self._only_gathering()
        self._places()
        self._check_belongs("programmes", "rencontre", {str(gathering_id)})
        self._check_belongs("ateliers", "moment", {row["id"] for _place, row in self.rows("programmes")})
        gathering = self._make(gathering_id, cells)
        self._takeaways(gathering)
        self._figures(gathering)
        self._questionnaires(gathering)
        self._contracts()
        self._experiences()
        record_activity(
            space=self.space.slug,
            by=self.by,
            verb="import-archive",
            about=str(gathering),
            about_id=gathering.pk,
        )
        return gathering

    def _only_gathering(self) -> tuple[UUID, Mapping[str, Any]]:
        rows = self.rows("rencontre")
        if len(rows) != 1:
            raise ArchiveRefused(_("rencontre.csv : on attend une rencontre, et une seule."))
        place, cells = rows[0]
        gathering_id = UUID(cells["id"])
        here = Gathering.with_trials.filter(pk=gathering_id).select_related("space").first()
        if here is not None:
            raise ArchiveRefused(
                _("« {title} » est déjà sur ce serveur (espace « {space} ») : une archive n’y change rien.").format(
                    title=here.title, space=here.space.slug
                )
            )
        definition = cells["definition"]
        right = set(definition) <= set(DEFINITION) and all(
            isinstance(value, DEFINITION[name]) for name, value in definition.items()
        )
        lists = [value for value in definition.values() if isinstance(value, list)]
        if not right or not all(isinstance(line, str) for value in lists for line in value):
            raise ArchiveRefused(
                _("{place} : « definition » : on attend text, implies, determinants, properties.").format(place=place)
            )
        return gathering_id, cells

    def _places(self) -> None:
        """Territories this server does not know yet; those it knows stay as it knows them."""
        given: list[tuple[str, bytes]] = []
        for name, model in PLACES.items():
            known = set(model._default_manager.values_list("pk", flat=True))
            content = features_of(self.opened.files, name, known)
            if content:
                given.append((f"{name}.geojson", content))
        if not given:
            return
        known_sources = set(Source.objects.values_list("pk", flat=True))
        sources = [row for _place, row in self.rows("sources") if row["identifiant"] not in known_sources]
        if sources:
            given.append(("sources.csv", write_csv(LISTS["sources"], sources)))
        import_territories(given)

    def _check_belongs(self, name: str, column: str, known: set[str]) -> None:
        for place, cells in self.rows(name):
            if cells[column] not in known:
                raise ArchiveRefused(
                    _("{place} : « {column} » ne désigne rien de cette archive.").format(place=place, column=column)
                )

    def _make(self, gathering_id: UUID, cells: Mapping[str, Any]) -> Gathering:
        own, slots, workshops = self.rows("rencontre"), self.rows("programmes"), self.rows("ateliers")
        # the gathering and its moments, then its rooms under their own identity, then the workshops that are in them
        import_published_gatherings(space=self.space, gatherings=own, slots=slots, workshops=[], by=self.by)
        gathering = Gathering.objects.select_related("space").get(pk=gathering_id)
        for place, room in self.rows("salles"):
            self._check_number(place, "capacite", room["capacite"])
            if Room.objects.filter(uid=room["id"]).exists():
                raise ArchiveRefused(
                    _("{place} : cet identifiant est déjà celui d’autre chose sur ce serveur.").format(place=place)
                )
            made = Room(
                gathering=gathering,
                uid=UUID(room["id"]),
                name=room["nom"],
                capacity=room["capacite"],
                step_free=room["accessible"],
            )
            try:
                made.full_clean(exclude=["gathering"])
            except ValidationError as error:
                raise ArchiveRefused(f"{place} : {' '.join(error.messages)}") from error
            made.save()
        import_published_gatherings(space=self.space, gatherings=[], slots=[], workshops=workshops, by=self.by)
        gathering.public = cells["publique"]
        gathering.definition = cells["definition"]
        gathering.sources = {FROM_ARCHIVE: cells["producteur"]}
        gathering.save(update_fields=["public", "definition", "sources"])
        return gathering

    def _workshop(self, place: str, given: str, gathering: Gathering) -> Workshop | None:
        if not given:
            return None
        found = Workshop.objects.filter(pk=given, slot__gathering=gathering).first()
        if found is None:
            raise ArchiveRefused(_("{place} : « atelier » ne désigne rien de cette archive.").format(place=place))
        return found

    def _check_number(self, place: str, column: str, number: int | None) -> None:
        if number is not None and not 0 <= number <= MOST_NUMBER:
            raise ArchiveRefused(_("{place} : « {column} » est hors de portée.").format(place=place, column=column))

    def _takeaways(self, gathering: Gathering) -> None:
        for place, cells in self.rows("a-retenir"):
            self._check_number(place, "rang", cells["rang"])
            if len(cells["texte"]) > LONGEST_TAKEAWAY:
                raise ArchiveRefused(
                    _("{place} : « texte » dépasse {most} signes.").format(place=place, most=LONGEST_TAKEAWAY)
                )
            if Takeaway.objects.filter(pk=cells["id"]).exists():
                raise ArchiveRefused(
                    _("{place} : cet identifiant est déjà celui d’autre chose sur ce serveur.").format(place=place)
                )
            Takeaway.objects.create(
                id=UUID(cells["id"]),
                gathering=gathering,
                workshop=self._workshop(place, cells["atelier"], gathering),
                text=cells["texte"],
                origin=cells["origine"],
                position=cells["rang"],
                unsettled=cells["non_tranche"],
            )

    def _figures(self, gathering: Gathering) -> None:
        found: dict[Workshop, list[dict[str, Any]]] = {}
        for name in ("resultats", "pots"):
            for place, cells in self.rows(name):
                workshop = self._workshop(place, cells["atelier"], gathering)
                assert workshop is not None  # the column is required
                found.setdefault(workshop, []).append(_result(cells) if name == "resultats" else _round(cells))
        for workshop, rows in found.items():
            keep_rows(gathering, workshop, rows)
        participation = [dict(cells) for _place, cells in self.rows("participation")]
        unknown = codes_of(participation) - set(Epci.objects.values_list("pk", flat=True))
        if unknown:
            raise ArchiveRefused(_("participation.csv : {code} est inconnu.").format(code=min(unknown)))
        if participation:
            keep_rows(gathering, None, participation)

    def _questionnaires(self, gathering: Gathering) -> None:
        rows = []
        for place, cells in self.rows("questionnaires"):
            for column in ("questionnaire", "personnes", "nombre", "reponses"):
                self._check_number(place, column, cells[column])
            rows.append(_asked(cells))
        if rows:
            keep_asked(gathering, rows)

    def _contracts(self) -> None:
        """Those that are here are what the space says of them."""
        here = ContratDeVille.objects.filter(space=self.space, removed_at=None)
        known = set(here.values_list("epci", "first_year", "perimeter"))
        rows = [
            (place, cells)
            for place, cells in self.rows("contrats")
            if (cells["siren_epci"], cells["premiere_annee"], cells["perimetre"]) not in known
        ]
        if rows:
            import_published_contracts(space=self.space, rows=rows, by=self.by)

    def _experiences(self) -> None:
        known = {str(pk) for pk in Experience.objects.values_list("pk", flat=True)}
        rows = [(place, cells) for place, cells in self.rows("experiences") if cells["id"] not in known]
        if rows:
            import_published_experiences(space=self.space, rows=rows, by=self.by)


def _result(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "step": cells["etape"],
        "kind": cells["genre"],
        "title": cells["titre"],
        "subject": cells["sujet"],
        "question": cells["question"],
        "option": cells["choix"],
        "count": cells["nombre"],
        "possible": None,
        "answered": cells["reponses"],
    }


def _asked(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "questionnaire": cells["questionnaire"],
        "title": cells["titre"],
        "moment": cells["moment"],
        "people": cells["personnes"],
        "question": cells["question"],
        "kind": cells["reponse"],
        "low": cells["sens_du_plus_petit"],
        "high": cells["sens_du_plus_grand"],
        "option": cells["choix"],
        "count": cells["nombre"],
        "answered": cells["reponses"],
    }


def _round(cells: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "step": cells["etape"],
        "kind": "pot",
        "title": cells["titre"],
        "subject": cells["sujet"],
        "question": "",
        "option": "",
        "count": cells["jetons"],
        "possible": cells["possibles"],
        "answered": cells["personnes"],
    }
