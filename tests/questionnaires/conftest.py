"""A small day with eight people, and a questionnaire of four questions: one of them after an answer to another."""

import pytest
from django.utils import timezone

from maillage.gatherings.enums import GatheringKind
from maillage.gatherings.models import Gathering
from maillage.people.enums import SpaceRole
from maillage.people.models import Person, Space, User
from maillage.people.services import give_right
from maillage.questionnaires.models import Question, Questionnaire
from maillage.questionnaires.questions import add_question
from maillage.questionnaires.services import make_questionnaire, set_questionnaire
from maillage.registrations.models import Registration

BASE = "https://maillage.exemple.invalid"


@pytest.fixture
def day(db) -> Gathering:
    space = Space.objects.create(slug="grand-est", name="Politique de la ville en Grand Est", host="ORIV")
    day = Gathering.objects.create(
        space=space,
        slug="jr",
        kind=GatheringKind.REGIONAL_DAY,
        title="2e journée régionale",
        date=timezone.localdate(),
    )
    for number in range(8):
        person = Person.objects.create(
            space=space, first_name=f"Prénom{number}", last_name="Canari", email=f"p{number}@exemple.invalid"
        )
        Registration.objects.create(gathering=day, person=person)
    return day


@pytest.fixture
def staff(client, day):
    user = User.objects.create_user("orga@exemple.invalid", "Zoé Martin")
    give_right(user=user, space=day.space, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(user)
    return client


@pytest.fixture
def asked(day) -> Questionnaire:
    """Open: « Vous êtes », « Utile ? » from 1 to 5, « Repris ? », and « Quoi ? » after « oui »."""
    made = make_questionnaire(gathering=day, model=None, by="essai")
    ask(made, "Vous êtes", "choice", ["élu", "habitante", "technicien"])
    ask(made, "Utile ?", "scale", ["1", "2", "3", "4", "5"])
    taken = ask(made, "Repris ?", "choice", ["oui", "non"])
    ask(made, "Quoi ?", "text", after=taken, after_answers=["1"])
    set_questionnaire(questionnaire=made, by="essai", base_url=BASE, is_open=True)
    return made


def ask(questionnaire: Questionnaire, label: str, kind: str, options=(), **more) -> Question:
    usual = {"part": "", "help": "", "low": "", "high": "", "required": False, "after": None, "after_answers": []}
    facts = {**usual, "label": label, "kind": kind, "options": list(options), **more}
    return add_question(questionnaire=questionnaire, by="essai", **facts)


def field(questionnaire: Questionnaire, label: str) -> str:
    return f"q-{questionnaire.questions.get(label=label).pk}"


def plain(response) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")
