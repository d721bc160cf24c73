"""The story of a period answers its eight questions; and observations go out as open data and come back."""

import datetime as dt
import json
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from maillage.change.demonstration import make_demonstration
from maillage.change.members import make_group, member_token
from maillage.change.models import Harvest, Marker, Observation
from maillage.change.noting import add_commitment, plan_review, set_commitment_state
from maillage.change.observing import add_observation
from maillage.change.published import OBSERVATIONS, observation_rows
from maillage.change.queries import path_of, told_words
from maillage.change.taking_in import take_in
from maillage.lib.tableschema import record, write_csv
from maillage.people.models import Space
from maillage.reports.blocks import Heading, Table
from maillage.reports.change_seen import sheets
from maillage.reports.change_story import describe_period

TODAY = timezone.localdate()


@pytest.fixture
def demo(db):
    space = Space.objects.create(slug="oriv", name="Centre de ressources")
    return make_demonstration(space=space, by="essai", today=TODAY)


def plain(document) -> str:
    return json.dumps(document.as_data(), ensure_ascii=False).replace("\u202f", " ").replace("\xa0", " ")


def see(lead, marker, degree, month, year=2026):
    on = dt.date(year, month, 3)
    return add_observation(group=lead.group, by=lead, key=uuid.uuid4(), degree=degree, marker=marker, on=on)


def typed(text: str) -> str:
    """With the spaces one types, whichever the catalogue sets."""
    return re.sub(r"\s", " ", text)


def test_what_was_not_seen_once_is_never_hidden_by_what_was_since(lead, markers) -> None:
    def told():
        return typed(path_of(lead.group)[0].markers[0].told)

    assert told() == "pas encore regardé"
    see(lead, markers[0], "unseen", 12, year=2025)
    see(lead, markers[0], "seen", 3)
    assert told() == "pas vu en décembre 2025, vu en mars 2026"
    see(lead, markers[0], "seen", 3)
    assert told() == "pas vu en décembre 2025, vu 2 fois en mars 2026"
    see(lead, markers[0], "partly", 5)
    assert told() == "vu 2 fois, vu en partie 1 fois, pas vu 1 fois ; la dernière : vu en partie en mai 2026"
    assert told_words([]) == "pas encore regardé"


def test_the_eight_questions_are_answered_on_the_first_page(demo) -> None:
    document = describe_period(demo)
    head = next(block for block in document.blocks if isinstance(block, Table) and block.headers[0] == "La question")
    answers = [row[1].replace("\u202f", " ").replace("\xa0", " ") for row in head.rows]
    for answer, words in zip(
        answers,
        (
            "répond aux demandes en une semaine (depuis l’automne)",
            "Pour les locataires",
            "Samira (Maison de quartier) 4 fois",
            "Le club de sport a prêté sa salle",
            "Demande refusée",
            "maison de quartier, préfecture, mairie",
            "en retard de 15 jours",
            "Revue du mois",
        ),
        strict=True,
    ):
        assert words in answer
    titles = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert titles.index("Ce qui n’a pas été vu, ou s’est mal passé") < titles.index("Le chemin, en images")


def test_a_story_says_what_is_absent_late_dropped_or_missed(demo) -> None:
    lead = demo.members.get(lead=True)
    dropped = add_commitment(group=demo, what="Louer une autre salle", by=lead)
    set_commitment_state(commitment=dropped, state="dropped", outcome="Trop cher", by=lead)
    plan_review(group=demo, kind="monthly", on=TODAY - dt.timedelta(days=40), by=lead)
    told = plain(describe_period(demo))
    for words in (
        "Et les locataires ?",
        "on y met qui doit changer",
        "Louer une autre salle – Trop cher",
        "son jour est passé",
        "pas d’action notée sous ces mots",
        "noyau.des.lilas@exemple.invalid",
        "Retenu par le noyau à la revue du",
        "Constaté par Samira",
        "la maison de quartier, la préfecture",
    ):
        assert words in told, words
    Harvest.objects.update(evidence="")
    assert "le noyau ne dit pas par qui" in plain(describe_period(demo))


def test_what_comes_next_is_never_past_and_a_period_tells_only_its_own(demo) -> None:
    until = TODAY - dt.timedelta(days=100)
    told = plain(describe_period(demo, since=TODAY - dt.timedelta(days=200), until=until))
    assert "Deux mères ont préparé" not in told  # seen since
    assert "répond aux demandes en une semaine" not in told  # harvested since
    assert "voté pour un an" not in told
    day = TODAY - dt.timedelta(days=5)
    assert f"{day.day} " in told  # the review that was then to come
    empty = plain(describe_period(demo, since=dt.date(2020, 1, 1), until=dt.date(2020, 2, 1)))
    assert "Rien n’est noté" in empty


def test_observations_go_out_as_open_data_and_come_back_once(demo, client) -> None:
    rows = [record(OBSERVATIONS, row) for row in observation_rows(demo)]
    content = write_csv(OBSERVATIONS, observation_rows(demo))
    space = Space.objects.create(slug="ailleurs", name="Ailleurs")
    group, lead = make_group(
        space=space, name=demo.name, lead={"name": "Ana"}, by_words="l’organisation", invented=True
    )
    there = reverse("change:observations", args=[member_token(lead)])
    for _twice in range(2):
        answer = client.post(there, {"file": SimpleUploadedFile("observations.csv", content)})
        assert answer.status_code == 302
    back = [record(OBSERVATIONS, row) for row in observation_rows(group)]
    free = ("id", "vu_par")  # an identity of its own; whoever saw it is not who brings the file
    same = [[{k: v for k, v in row.items() if k not in free} for row in each] for each in (rows, back)]
    assert sorted(map(str, same[0])) == sorted(map(str, same[1]))
    assert Marker.objects.filter(group=group).count() == 6
    assert not Observation.objects.filter(group=group, seen_by="myself").exists()
    assert take_in(group=demo, content=content, by=demo.members.get(lead=True)).new == 0  # in its own noyau: all there


def test_a_line_that_cannot_be_taken_is_said_and_the_others_are(lead, client) -> None:
    good = {
        "id": str(uuid.uuid4()), "noyau": "Noyau du Port", "invente": False, "qpv": None, "jour": "2026-03-03",
        "acteur": None, "niveau": None, "repere": None, "vu": "vu", "recit": "Une fête", "vu_par": "moi",
        "source": None,
    }  # fmt: skip
    bad = (
        {"jour": "2204-01-01"}, {"vu": "rouge"}, {"recit": None}, {"recit": "a" * 601}, {"repere": "Il vient"},
        {"invente": True}, {"id": "1"}, {"recit": "un\x00signe"},
    )  # fmt: skip
    rows = [good] + [good | {"id": str(uuid.uuid4())} | each for each in bad]
    there = reverse("change:observations", args=[member_token(lead)])
    said = SimpleUploadedFile("observations.json", json.dumps(rows).encode())
    answer = client.post(there, {"file": said})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "8 lignes n’ont pas été reprises" in page.replace("\xa0", " ")
    assert "élément 2" in page
    assert typed(Observation.objects.get().source) == "repris de « Noyau du Port »"
    for content in (b"", b"\xff\xfe", b"a;b\r\n1;2", b"[" * 5000):
        answer = client.post(there, {"file": SimpleUploadedFile("x.csv", content)})
        assert (answer.status_code, "pas été repris" in answer.content.decode()) == (422, True)
    assert client.post(there).status_code == 422


def test_the_path_is_one_drawing_as_long_as_it_is_read_across_a_page(demo) -> None:
    ways = path_of(demo)
    assert [len(part) for part in sheets(ways)] == [3]
    assert [len(part) for part in sheets([*ways, *ways])] == [3, 3]


def test_a_story_says_for_whom_from_what_who_decides_and_what_stays_late(demo) -> None:
    told = plain(describe_period(demo))
    for words in (
        "le bailleur (pour les locataires)",
        "Le changement attendu. Pour les locataires",
        "Sans autre source que qui le dit : ",
        "c’est elle la source quand aucune autre n’est dite",
        "Étaient là, et ont décidé ensemble",
        "Toujours à faire, et déjà en retard",
        "notée dans cet outil le",
    ):
        assert words in told, words
    demo.changes.update(for_whom="")
    assert "Pour qui, ce n’est pas noté" in plain(describe_period(demo))
