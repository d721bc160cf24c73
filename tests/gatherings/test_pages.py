"""The organiser's pages and the public one, on the real day."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maillage.gatherings.models import Gathering, Room, Workshop
from maillage.gatherings.services import make_gathering
from maillage.office.models import Activity

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\u00a0", " ").split())


def url(name: str, *args) -> str:
    return reverse(f"gatherings:{name}", args=args)


PRIVATE = ["detail", "programme", "edit", "copy", "new-slot", "new-room"]


@pytest.mark.parametrize("name", PRIVATE)
def test_a_page_asks_to_sign_in_is_404_from_another_space_and_opens_for_its_organiser(
    client, day, organiser, stranger, name
):
    page = url(name, day.pk)
    assert client.get(page)["Location"] == f"/connexion/?next={page}"
    client.force_login(stranger)
    assert client.get(page).status_code == 404
    client.force_login(organiser)
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("name", ["edit", "copy", "new-slot", "new-room"])
def test_somebody_who_reads_may_not_write_and_is_told(client, day, reader, name):
    client.force_login(reader)
    answer = client.get(url(name, day.pk))
    assert answer.status_code == 403
    assert "Votre rôle dans cet espace ne permet pas" in text(answer)
    programme = text(client.get(url("programme", day.pk)))
    assert "Serious Game" in programme
    assert "Ajouter" not in programme


def test_parts_of_another_gathering_are_not_reached_through_ones_own(client, day, organiser):
    other = make_gathering(space=day.space, title="Autre", kind="other", by="test")
    workshop = Workshop.objects.get(title="Anarchaise")
    room = Room.objects.get(name="Salle Chardon")
    client.force_login(organiser)
    for name, part in [
        ("slot", workshop.slot_id),
        ("remove-slot", workshop.slot_id),
        ("new-workshop", workshop.slot_id),
        ("workshop", workshop.pk),
        ("remove-workshop", workshop.pk),
        ("room", room.pk),
        ("remove-room", room.pk),
    ]:
        assert client.get(url(name, day.pk, part)).status_code == 200
        assert client.post(url(name, other.pk, part)).status_code == 404
    for name, part in [("move-slot", workshop.slot_id), ("move-workshop", workshop.pk)]:
        assert client.post(url(name, other.pk, part)).status_code == 404


def test_the_list_shows_ones_own_gatherings_latest_first(client, day, organiser, stranger):
    client.force_login(organiser)
    page = text(client.get(url("list")))
    titles = ["2e journée régionale", "Isolement et vulnérabilité", "Familles et", "La jeunesse", "1re journée"]
    places = [page.index(title) for title in titles]
    assert places == sorted(places)
    assert "2 octobre 2025 · Journée régionale · Maison régionale des sports, Tomblaine" in page
    assert "CC de Freyming-Merlebach" in page
    client.force_login(stranger)
    assert "journée" not in text(client.get(url("list")))


def test_the_list_asks_the_database_as_often_for_three_rows_as_for_one(
    client, organiser, day, django_assert_num_queries
):
    Gathering.objects.exclude(pk=day.pk).delete()
    client.force_login(organiser)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url("list"))
    for number in range(2):
        make_gathering(space=day.space, title=f"Autre {number}", kind="other", by="test", epci=None)
    with django_assert_num_queries(len(one)):
        client.get(url("list"))


def test_the_programme_asks_the_database_as_often_for_any_length(client, organiser, day, django_assert_num_queries):
    client.force_login(organiser)
    page = url("programme", day.pk)
    with CaptureQueriesContext(connection) as long:
        client.get(page)
    Workshop.objects.filter(slot__title="Testons les coopérations").exclude(title="Anarchaise").delete()
    Workshop.objects.filter(slot__position=5).exclude(number=1).delete()
    with django_assert_num_queries(len(long)):
        client.get(page)


def test_the_programme_shows_what_is_assumed_and_what_is_proposed(client, organiser, day):
    client.force_login(organiser)
    page = text(client.get(url("programme", day.pk)))
    assert page.count("hypothèse") == 4 + 8
    assert page.count("le programme n’en nomme pas") == 4
    assert "tables de 6 à 9, entre pairs" in page
    assert "à revoir" not in page


def test_the_public_page_says_the_day_and_nothing_assumed_nor_invented(client, day):
    page = text(client.get(url("public", "grand-est", "jr-2025")))
    for words in (
        "Concevoir des coopérations pour mieux agir auprès des habitants et habitantes !",
        "2 octobre 2025",
        "Maison régionale des sports, Tomblaine",
        "La coopération entre acteurs",
        "Zoé FONTIER, Chargée de mission",
        "Coop ou pas coop",
        "Salle Gruber",
        "quartier Chantereigne Montvilliers Beau-Toquat",
        "faire œuvre commune",
    ):
        assert words in page
    for absent in ("hypothèse", "personnes au plus", "12 à 40", "proposée", "presentation-experience", "0 h 00"):
        assert absent not in page


def test_facts_learnt_elsewhere_say_from_where(client, organiser, day):
    client.force_login(organiser)
    sentence = "sous-titre, date, lieu et commune : page publique de l’ORIV, 14 octobre 2025."
    assert sentence in text(client.get(url("detail", day.pk)))


def test_a_gathering_that_is_not_public_is_404_for_all(client, organiser, day):
    Gathering.objects.filter(pk=day.pk).update(public=False)
    page = url("public", "grand-est", "jr-2025")
    assert client.get(page).status_code == 404
    client.force_login(organiser)
    assert client.get(page).status_code == 404
    assert "Voir la page publique" not in text(client.get(url("detail", day.pk)))
    assert client.get(url("public", "grand-est", "inconnue")).status_code == 404


def test_a_gathering_without_facts_shows_none(client, organiser, day):
    bare = make_gathering(space=day.space, title="Rencontre à venir", kind="other", by="test")
    client.force_login(organiser)
    page = text(client.get(url("detail", bare.pk)))
    assert "Le programme n’a pas encore d’atelier." in page
    assert "La date n’est pas fixée." in page
    public = text(client.get(url("public", "grand-est", bare.slug)))
    for word in ("Programme", "Objectifs", "None"):
        assert word not in public


def test_a_gathering_is_created_from_its_form(client, organiser, day):
    client.force_login(organiser)
    answer = client.post(
        url("new"),
        {
            "space": str(day.space_id),
            "kind": "territorial_meeting",
            "title": "Santé dans les quartiers",
            "date": "2026-03-01",
            "commune": "la chapelle saint luc",
            "objectives": "Se connaître.\n\n  Partager   les constats.  ",
            "public": "on",
        },
    )
    made = Gathering.objects.get(title="Santé dans les quartiers")
    assert answer["Location"] == url("programme", made.pk)
    assert (made.slug, made.date, made.commune_id) == (
        "sante-dans-les-quartiers",
        datetime.date(2026, 3, 1),
        "10081",
    )
    assert made.objectives == ["Se connaître.", "Partager les constats."]
    assert Activity.objects.filter(verb="make-gathering", about_id=made.pk, by="Zoé Muller").count() == 1
    assert "1er mars 2026" in text(client.get(url("detail", made.pk)))


def test_nobody_creates_a_gathering_in_a_space_they_do_not_organise(client, day, reader, stranger):
    client.force_login(reader)
    assert client.get(url("new")).status_code == 403
    client.force_login(stranger)
    answer = client.post(url("new"), {"space": str(day.space_id), "kind": "other", "title": "Intrusion"})
    assert answer.status_code == 422
    assert not Gathering.objects.filter(title="Intrusion").exists()


def test_a_wrong_form_is_answered_422_in_french_and_loses_nothing_typed(client, organiser, day):
    client.force_login(organiser)
    typed = {
        "kind": "regional_day",
        "title": "",
        "theme": "Un thème <b>tapé</b>",
        "date": "2026-02-30",
        "commune": "Tomblène",
        "venue": "Salle des fêtes",
        "objectives": "Une phrase",
    }
    answer = client.post(url("edit", day.pk), typed)
    page = text(answer)
    assert answer.status_code == 422
    assert "commune « Tomblène » : nom inconnu ; noms proches : Tomblaine (54526, Moselle)." in page[0:].replace(
        "Commune «", "commune «"
    )
    assert "Saisissez une date valide." in page
    for value in ("Un thème &lt;b&gt;tapé&lt;/b&gt;", "2026-02-30", "Tomblène", "Salle des fêtes", "Une phrase"):
        assert value in page
    day.refresh_from_db()
    assert day.venue == "Maison régionale des sports"


def test_editing_a_gathering_keeps_what_was_not_touched_and_drops_the_source_of_what_was(client, organiser, day):
    client.force_login(organiser)
    page = client.get(url("edit", day.pk))
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert data["commune"] == "Tomblaine"
    before = {f.name: getattr(day, f.name) for f in Gathering._meta.concrete_fields}
    assert client.post(url("edit", day.pk), data).status_code == 302
    day.refresh_from_db()
    assert {f.name: getattr(day, f.name) for f in Gathering._meta.concrete_fields} == before
    client.post(url("edit", day.pk), data | {"venue": "Salle des fêtes"})
    day.refresh_from_db()
    assert day.venue == "Salle des fêtes"
    assert set(day.sources) == {"subtitle", "date", "commune"}


def test_a_gathering_is_copied_from_its_page(client, organiser, day):
    client.force_login(organiser)
    assert client.post(url("copy", day.pk), {"title": ""}).status_code == 422
    answer = client.post(url("copy", day.pk), {"title": "3e journée régionale", "date": "2026-10-01"})
    made = Gathering.objects.get(title="3e journée régionale")
    assert answer["Location"] == url("programme", made.pk)
    assert "Anarchaise" in text(client.get(url("programme", made.pk)))


def test_html_in_a_title_is_text(client, organiser, day):
    Gathering.objects.filter(pk=day.pk).update(title="<script>alert(1)</script>", subtitle="")
    client.force_login(organiser)
    for page in (url("list"), url("detail", day.pk), url("programme", day.pk), url("public", "grand-est", "jr-2025")):
        content = client.get(page).content.decode()
        assert "<script>alert" not in content
        assert "&lt;script&gt;" in content
