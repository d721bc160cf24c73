"""The second regional day as its programme and assumptions tell it, without the database."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from maillage.lib.spreadsheets import Table, read_table
from maillage.registrations.doubles import Reading, read_registrations
from maillage.registrations.mapping import propose_mapping
from maillage.registrations.offer import Offer, OfferedSlot, OfferedWorkshop
from maillage.registrations.queries import numbered_rows
from maillage.registrations.reading import Known, Place

FILE = Path(__file__).parent / "data" / "inscriptions-jr-2025.csv"
PARIS = ZoneInfo("Europe/Paris")
OFFER = Offer(
    (
        OfferedSlot(
            "m",
            "Présentation d’expériences",
            (
                OfferedWorkshop(
                    "tfpb",
                    "Répondre aux besoins des habitants à partir de l’abattement TFPB",
                    "Abattement TFPB et « territoire commun »",
                    1,
                ),
                OfferedWorkshop(
                    "isolement",
                    "Trouver des réponses à l’isolement social dans le QPV Chantereigne Montvilliers Beau Toquat",
                    "L’isolement social en QPV",
                    2,
                ),
                OfferedWorkshop(
                    "animation", "Mettre en place une animation territoriale", "L’animation territoriale", 3
                ),
                OfferedWorkshop("village", "Concevoir un village des solidarités", "Le village des solidarités", 4),
            ),
        ),
        OfferedSlot(
            "a",
            "Testons les coopérations",
            (
                OfferedWorkshop("codev", "Co-développement"),
                OfferedWorkshop("coop", "Coop ou pas coop"),
                OfferedWorkshop("chaises", "Anarchaise"),
                OfferedWorkshop("pot", "Serious Game"),
            ),
        ),
    )
)
HEADERS = (
    "Prénom",
    "Nom",
    "Courriel",
    "Téléphone",
    "Vous êtes",
    "Structure",
    "Commune",
    "Atelier du matin - choix 1",
    "Atelier du matin - choix 2",
    "Atelier de l'après-midi - choix 1",
    "Je veux bien apporter un sujet",
)


class FewPlaces:
    """A gazetteer of four communes; two of them nearly the same."""

    names: Mapping[str, str] = {"Metz": "57463", "Nancy": "54395", "Épinal": "88160", "Reims": "51454"}

    def find(self, commune: str, territory: str) -> Place | None:
        if commune in self.names:
            return Place(self.names[commune], commune, sure=True)
        if commune == "Nanci":
            return Place("54395", "Nancy", sure=False)
        if commune == "Saint-Rémy":
            return Place("1", "Saint-Rémy (Vosges)", sure=False, others=(("2", "Saint-Rémy (Aube)"),))
        return None

    def name(self, insee: str) -> str:
        return {code: name for name, code in self.names.items()}.get(insee, insee)

    def territory(self, name: str) -> str:
        return name


def row(
    first: str = "Jeanne",
    last: str = "Martin",
    email: str = "",
    phone: str = "",
    category: str = "Habitant·e",
    organisation: str = "",
    commune: str = "Metz",
    morning: str = "",
    morning_2: str = "",
    afternoon: str = "",
    volunteer: str = "",
) -> tuple[str, ...]:
    return (
        first,
        last,
        email,
        phone,
        category,
        organisation,
        commune,
        morning,
        morning_2,
        afternoon,
        volunteer,
    )


def read(
    *rows: Sequence[str],
    headers: Sequence[str] = HEADERS,
    known: Sequence[Known] = (),
    answers: Mapping[str, str] | None = None,
) -> Reading:
    return read_registrations(
        headers,
        list(enumerate(rows, start=2)),
        mapping=propose_mapping(headers, rows, OFFER),
        offer=OFFER,
        places=FewPlaces(),
        known=known,
        answers=answers or {},
        zone=PARIS,
    )


def read_day(table: Table, known: Sequence[Known] = (), answers: Mapping[str, str] | None = None) -> Reading:
    rows = numbered_rows(table)
    return read_registrations(
        table.headers,
        rows,
        mapping=propose_mapping(table.headers, [cells for _number, cells in rows], OFFER),
        offer=OFFER,
        places=FewPlaces(),
        known=known,
        answers=answers or {},
        zone=PARIS,
    )


def day_table() -> Table:
    return read_table(FILE.read_bytes(), FILE.name)


def as_known(reading: Reading) -> list[Known]:
    return [
        Known(f"r{index}", candidate.record)
        for index, candidate in enumerate(reading.candidates)
        if candidate.verdict == "new"
    ]
