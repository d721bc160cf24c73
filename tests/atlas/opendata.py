"""A small house with something in every list, and names of people wherever a name can be."""

import datetime as dt
from dataclasses import replace
from functools import cache
from importlib.resources import files

from maillage.contracts.models import ContratDeVille
from maillage.contracts.services import make_contract, new_facts, remove_contract
from maillage.gatherings.models import Facilitator, Gathering, Room, Slot, Speaker, Workshop
from maillage.gatherings.services import make_gathering
from maillage.memory.experiences import EMPTY, propose_experience, publish_experience
from maillage.memory.models import Experience, Theme
from maillage.people.directory import write_organisation
from maillage.people.models import Organisation, Person
from maillage.people.services import make_space
from maillage.territories.importing import import_rows
from maillage.territories.models import (
    Commune,
    Department,
    Epci,
    Landmark,
    Outline,
    Qpv,
    Region,
    Shape,
    Source,
)
from maillage.territories.reading import read_files
from maillage.territories.services import SHIPPED_SOURCES, keep_shipped_sources

NASTY = ("=cmd|' /C calc'!A0", "+1", "-2", "@SUM(A1)", "\tonglet", "\rretour", "'=déjà", 'g"u;i\r\nll,emet', "''@")
PEOPLE = ("Zéphyrine", "Quillfeather", "zephyrine.q@exemple.fr", "06 12 34 56 78", "fauteuil roulant")


def few_territories():
    """Two départements whole and the communes of the others that are named here; outlines of the Aube's quarters."""
    keep_shipped_sources()
    import_rows(_few(), sources_of=SHIPPED_SOURCES.__getitem__)


@cache
def _few():
    """Read once: it is most of the time, and nothing changes it."""
    folder = files("maillage.territories") / "data"
    reading = read_files([(name, (folder / name).read_bytes()) for name in SHIPPED_SOURCES])
    kept = {row.code for row in reading.territories if row.department in ("10", "54") or row.level == "department"}
    epcis = {row.epci for row in reading.territories if row.code in kept}
    reading.territories = [
        replace(row, geometry=row.geometry if row.code.startswith(("10", "QN010")) else None)
        for row in reading.territories
        if row.code in kept | epcis | {"44"} or (row.level == "commune" and row.epci in epcis)
    ]
    places = {row.code for row in reading.territories if row.level == "commune"}
    reading.territories = [row for row in reading.territories if row.level != "qpv" or set(row.communes) <= places]
    quarters = {row.code for row in reading.territories if row.level == "qpv"} | {""}
    reading.landmarks = [row for row in reading.landmarks if row.qpv in quarters]
    reading.landmarks = [row for row in reading.landmarks if row.communes and set(row.communes) <= places]
    return reading


def full_space(slug="oriv"):
    space = make_space(slug=slug, name="ORIV", by="essai")
    space.atlas_public = True
    space.save()
    return space


def fill(space, *, days=1):
    """`days`: gatherings, experiences and contracts."""
    for number in range(days):
        day = make_gathering(
            space=space,
            kind="regional_day",
            title=f"Journée {number} </script><b>",
            theme="Coopérer; ensemble, vraiment",
            date=dt.date(2025, 10, 2 + number),
            venue="Maison des sports",
            commune_id="54547",
            objectives=["Se rencontrer", NASTY[0]],
            public=True,
            by=f"{PEOPLE[0]} {PEOPLE[1]}",
        )
        room = Room.objects.create(gathering=day, name="Salle bleue")
        slot = Slot.objects.create(
            gathering=day, position=1, kind="workshops", title="Matin", starts_at=dt.time(9), ends_at=dt.time(12, 30)
        )
        Slot.objects.create(gathering=day, position=2, kind="plenary", title=NASTY[5])
        workshop = Workshop.objects.create(
            slot=slot, position=1, number=1, title="Jardiner", room=room, method="codev", qpv_id="QN01003M"
        )
        Workshop.objects.create(slot=slot, position=2, title="Rue", method="tirage", method_proposed=True)
        Speaker.objects.create(slot=slot, workshop=workshop, position=1, name=" ".join(PEOPLE[:2]), role="maire")
        Facilitator.objects.create(workshop=workshop, position=1, name=" ".join(PEOPLE[:2]))
        told = {
            "title": f"{NASTY[number % len(NASTY)]} jardin",
            "problem": "\n".join(NASTY),
            "criteria": {"d1": "Oui, tous", "q9": NASTY[2]},
            "year": 2024,
            "commune": "10081",
            "qpv": "QN01003M",
            "themes": ["Isolement", "a, b ; c"],
            "documents": [["Le plan", "https://exemple.fr/plan.pdf"]],
            "contact": " ".join(PEOPLE[:3]),
            "contact_agreed": True,
        }
        by = f"{PEOPLE[0]} {PEOPLE[1]}"
        experience = propose_experience(space=space, content=EMPTY | told, by=by, workshop=workshop)
        publish_experience(experience=experience, number=1, by=by)
        epci = Epci.objects.order_by("pk")[number]
        facts = new_facts(epci.pk, note=" ".join(PEOPLE), axes=["=Emploi", "Cadre; de vie"])
        if number % 2 == 0:
            facts |= {"status": "signed", "source": NASTY[number], "source_date": "2024-06", "signed_on": "2024-05-30"}
            facts["signatories"] = [{"category": "state", "name": "Préfecture", "signed_on": "2024-05-30"}]
            facts["documents"] = [{"title": "Le contrat", "url": "https://exemple.fr/contrat.pdf"}]
            facts |= {"perimeter": "@ancienne", "reference": "CV185", "residents_body": "Actif"}
            facts |= {"residents_body_source": "site", "annual_meeting_on": "2025-03-01", "revision_on": "2027-01-01"}
        make_contract(space=space, facts=facts, by=f"{PEOPLE[0]} {PEOPLE[1]}")
    for number in range(days):
        facts = {"name": f"{NASTY[number % len(NASTY)]} structure {number}", "kind": "association" if number else ""}
        facts |= {"about": NASTY[0], "website": "https://exemple.fr/", "source": "elle-même", "listed": True}
        row = Organisation(
            space=space, siret="32655401100030" if number else "", commune_id="54547" if number else None
        )
        write_organisation(organisation=row, facts=facts, by="essai")
    _hidden(space)


def _hidden(space):
    """What is not public, and people."""
    secret = make_gathering(space=space, kind="other", title="Réunion cachée", public=False, by="essai")
    slot = Slot.objects.create(gathering=secret, position=1, kind="workshops", title="Caché")
    Workshop.objects.create(slot=slot, position=1, title="Atelier caché")
    propose_experience(space=space, content=EMPTY | {"title": "Histoire cachée"}, by="essai")
    facts = new_facts(Epci.objects.order_by("-pk")[0].pk, axes=["Axe caché"])
    remove_contract(contract=make_contract(space=space, facts=facts, by="essai"), by="essai")
    write_organisation(organisation=Organisation(space=space), facts={"name": "Structure cachée"}, by="essai")
    Person.objects.create(
        space=space, first_name=PEOPLE[0], last_name=PEOPLE[1], email=PEOPLE[2], phone=PEOPLE[3], commune_id="54547"
    )


def empty_everything():
    for model in (
        Experience,
        Theme,
        ContratDeVille,
        Person,
        Organisation,
        Workshop,
        Slot,
        Room,
        Gathering,
        Landmark,
        Shape,
        Outline,
        Qpv,
        Commune,
    ):
        model._default_manager.all().delete()
    Epci.objects.update(successor=None)
    for model in (Epci, Department, Region, Source):
        model._default_manager.all().delete()
