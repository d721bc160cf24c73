import datetime as dt

import pytest

from maillage.change.members import add_member, make_group
from maillage.change.models import CoreGroup, Member
from maillage.change.path import add_actor, add_marker
from maillage.people.models import Space

TODAY = dt.date(2026, 11, 29)


@pytest.fixture
def lead(db: None) -> Member:
    """Samira, who holds the noyau of an invented quarter."""
    space = Space.objects.create(slug="oriv", name="Centre de ressources")
    said = {"name": "Samira", "category": "association", "organisation": "Maison de quartier"}
    return make_group(space=space, name="Noyau des Lilas", lead=said, by_words="l’organisation")[1]


@pytest.fixture
def group(lead: Member) -> CoreGroup:
    return lead.group


@pytest.fixture
def other(lead: Member) -> Member:
    return add_member(group=lead.group, name="Paul", category="state_officer", by=lead)


@pytest.fixture
def markers(lead: Member):
    """Three of one actor, from expected to ideal."""
    actor = add_actor(group=lead.group, name="Le bailleur", by=lead)
    texts = {"expected": "vient à la réunion", "wished": "répond sous dix jours", "ideal": "décide avec les habitants"}
    return [
        add_marker(group=lead.group, actor=actor, level=level, text=f"Le bailleur {text}", by=lead)
        for level, text in texts.items()
    ]
