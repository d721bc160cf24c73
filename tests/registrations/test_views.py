import html
import re
from dataclasses import fields
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from maillage.gatherings.models import Workshop
from maillage.lib.spreadsheets import read_table, write_csv
from maillage.office.models import Mail
from maillage.office.services import queue_mail
from maillage.people.enums import SpaceRole
from maillage.people.models import Person, Space
from maillage.registrations import own
from maillage.registrations.enums import ImportStatus, Presence, RegistrationStatus
from maillage.registrations.imports import import_registrations, start_import
from maillage.registrations.models import Opening, Registration
from maillage.registrations.own import token_of
from maillage.registrations.queries import Counts, presence_in_words
from tests.registrations.conftest import member
from tests.registrations.day import FILE
from tests.registrations.test_imports import DOUBTFUL

CONTENT = FILE.read_bytes()


@pytest.fixture
def full_day(day):
    import_registrations(gathering=day, content=CONTENT, filename=FILE.name, by="essai")
    return day


@pytest.fixture
def staff(client, organiser):
    client.force_login(organiser)
    return client


def url(name, gathering, *args):
    return reverse(f"registrations:{name}", args=[gathering.pk, *args])


def body(response):
    """The page's text, its non-breaking spaces plain: they are typography's own tests' business."""
    return response.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


# Who may


@pytest.mark.parametrize("name", ["list", "new", "import", "export-csv", "desk"])
def test_a_page_is_closed_to_strangers(client, day, name):
    assert client.get(url(name, day)).status_code == 302  # to the sign-in page

    other = Space.objects.create(slug="ailleurs", name="Ailleurs")
    client.force_login(member(other, "ailleurs@exemple.invalid", SpaceRole.ORGANISER))
    assert client.get(url(name, day)).status_code == 404


def test_the_desk_sees_the_desk_and_nothing_more(client, full_day, desk):
    client.force_login(desk)

    page = client.get(url("desk", full_day))

    assert page.status_code == 200
    assert [client.get(url(name, full_day)).status_code for name in ("list", "new", "import", "export-csv")] == [
        403
    ] * 4
    assert Registration.objects.filter(needs__contains="fauteuil").exists()  # something could leak
    for secret in ("fauteuil", "végétarien", "garde d", "06 00 00", "Mobiliser les habitants"):
        assert secret not in body(page)
    assert not [
        email for email in Person.objects.exclude(email="").values_list("email", flat=True) if email in body(page)
    ]


# The list


def test_the_list_counts_in_words_and_shows_everyone_in_few_queries(staff, full_day, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        page = staff.get(url("list", full_day))

    assert "128 inscriptions" in body(page)
    assert "19 habitant·es" in body(page)
    assert "16 apportent un sujet" in body(page)
    assert page.context["page"].paginator.count == 128


def test_the_list_takes_the_same_queries_for_3_people(staff, full_day, django_assert_max_num_queries):
    kept = full_day.registrations.order_by("pk")[:3].values_list("pk", flat=True)
    full_day.registrations.exclude(pk__in=list(kept)).delete()

    with django_assert_max_num_queries(22):
        staff.get(url("list", full_day))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("category=resident", 19),
        ("only=porteur", 16),
        ("only=needs", 23),
        ("only=no-wish", 0),
        ("only=some-wish-missing", 31),  # 14 without a wish in the morning, 17 in the afternoon, nobody in both
        ("presence=present", 0),
        ("q=FAURE", 6),
        ("q=elodie+esteve", 1),
        ("q=régie+metz", 1),
        ("category=nonsense", 128),
    ],
)
def test_filters_and_search_find_the_right_people(staff, full_day, query, count):
    page = staff.get(f"{url('list', full_day)}?{query}")

    assert page.context["page"].paginator.count == count


def test_the_list_filters_by_wish_and_by_territory(staff, full_day):
    codev = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    nancy = Person.objects.filter(commune__name="Nancy").first().commune.epci_id

    assert staff.get(f"{url('list', full_day)}?workshop={codev.pk}").context["page"].paginator.count == 48 + 18 + 6
    assert staff.get(f"{url('list', full_day)}?territory={nancy}").context["page"].paginator.count == sum(
        "Métropole du Grand Nancy" in line.split(";")[8] for line in CONTENT.decode("utf-8-sig").splitlines()[1:]
    )


def test_markup_in_a_name_is_shown_as_text(staff, day):
    content = write_csv(["Prénom", "Nom"], [("<script>alert(1)</script>", "=1+1")])
    import_registrations(gathering=day, content=content, filename="a.csv", by="essai")

    page = body(staff.get(url("list", day)))

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; =1+1" in page


# One registration


def registration_form(gathering, **data):
    return {"first_name": "Jeanne", "category": "resident", **data}


def test_somebody_is_added_by_hand_and_a_namesake_is_said(staff, day):
    assert staff.post(url("new", day), registration_form(day, email="jéanne@exemple.fr")).status_code == 302

    again = staff.post(url("new", day), registration_form(day))
    assert (again.status_code, day.registrations.count()) == (422, 1)
    assert "Jeanne est déjà inscrit·e." in body(again)

    staff.post(url("new", day), registration_form(day, homonym="on"))
    assert day.registrations.count() == 2


def test_wishes_and_needs_are_edited(staff, full_day):
    row = full_day.registrations.get(person__first_name="Hafida", person__last_name="Mangin")
    slot = full_day.slots.get(title="Testons les coopérations")
    pot, chaises = (slot.workshops.get(title=title) for title in ("Serious Game", "Anarchaise"))
    data = registration_form(
        full_day,
        first_name="Hafida",
        last_name="Mangin",
        commune="Nancy",
        needs="place pour fauteuil roulant",
        **{f"wish-{slot.pk}-1": str(pot.pk), f"wish-{slot.pk}-2": str(chaises.pk)},
    )

    assert staff.post(url("edit", full_day, row.pk), data).status_code == 302

    row = Registration.objects.get(pk=row.pk)
    assert [(w.rank, w.workshop.title) for w in row.wishes.all()] == [(1, "Serious Game"), (2, "Anarchaise")]
    assert (row.needs, row.person.commune.name, row.person.organisation) == (
        "place pour fauteuil roulant",
        "Nancy",
        None,
    )


def test_an_address_put_right_closes_the_links_that_the_wrong_one_was_sent(staff, client, day):
    staff.post(url("new", day), registration_form(day, email="jeanne@exempel.invalid"))
    row = day.registrations.get()
    other = Registration.objects.create(gathering=day, person=Person.objects.create(space=day.space, first_name="Paul"))
    read = reverse("registrations:own", args=[token_of(row)])
    waits = queue_mail(to="Jeanne@exempel.invalid", subject="Rappel", body=read, about=day.pk)
    queue_mail(to="jeanne@exempel.invalid", subject="De quelqu’un d’autre", body=token_of(other), about=day.pk)
    address = url("edit", day, row.pk)

    staff.post(address, registration_form(day, email="JEANNE@exempel.invalid"))
    assert client.get(read).status_code == 200  # the same address
    said = body(staff.post(address, registration_form(day, email="jeanne@exemple.invalid"), follow=True))

    assert "le lien personnel de Jeanne est neuf" in said
    assert client.get(read).status_code == 404
    row.refresh_from_db()
    assert client.get(reverse("registrations:own", args=[token_of(row)])).status_code == 200
    assert not Mail.objects.filter(pk=waits.pk).exists()
    assert Mail.objects.get().subject == "De quelqu’un d’autre"


def test_the_same_wish_twice_or_a_bad_address_is_refused_with_the_form(staff, full_day):
    row = full_day.registrations.first()
    slot = full_day.slots.get(title="Testons les coopérations")
    pot = str(slot.workshops.get(title="Serious Game").pk)
    twice = {f"wish-{slot.pk}-1": pot, f"wish-{slot.pk}-2": pot}

    page = staff.post(url("edit", full_day, row.pk), registration_form(full_day, email="jeanne chez moi", **twice))

    assert page.status_code == 422
    assert "est choisi deux fois" in body(page)
    assert "pas une adresse électronique" in body(page)
    foreign = staff.post(url("edit", full_day, row.pk), registration_form(full_day, **{f"wish-{slot.pk}-1": "0" * 32}))
    assert foreign.status_code == 422


def test_cancelling_and_restoring_keep_everything(staff, full_day):
    row = full_day.registrations.first()
    wishes = row.wishes.count()

    staff.post(url("cancellation", full_day, row.pk))
    row.refresh_from_db()
    assert row.status == RegistrationStatus.CANCELLED
    assert "127 inscriptions" in body(staff.get(url("list", full_day)))
    staff.post(url("restoration", full_day, row.pk))

    row.refresh_from_db()
    assert (row.status, row.wishes.count()) == (RegistrationStatus.REGISTERED, wishes)


def test_the_export_says_what_the_import_reads(staff, full_day):
    for name, filename in (("export-csv", "a.csv"), ("export-xlsx", "a.xlsx")):
        response = staff.get(url(name, full_day))
        table = read_table(response.content, filename)

        assert len(table.rows) == 128
        assert response["Cache-Control"] == "private, no-store"
        again = import_registrations(gathering=full_day, content=response.content, filename=filename, by="essai")
        assert again.sentence == "Rien à changer : ce fichier est déjà importé."


# The import


def send(client, gathering, content, filename="a.csv"):
    file = SimpleUploadedFile(filename, content)
    return client.post(url("import", gathering), {"file": file})


def test_a_file_goes_from_upload_to_registrations(staff, day):
    sent = send(staff, day, CONTENT)
    import_ = day.imports.get()
    assert sent.url == url("import-preview", day, import_.pk)

    preview = staff.get(sent.url)
    assert "128 personnes à inscrire." in body(preview)
    assert "Océane" in body(preview)
    assert not Person.objects.exists()
    done = staff.post(sent.url, {"action": "confirm"}, follow=True)

    assert "128 personnes inscrites." in body(done)
    second = send(staff, day, CONTENT)
    assert "Rien à changer : ce fichier est déjà importé." in body(staff.get(second.url))


def test_the_preview_asks_its_questions_and_waits_for_answers(staff, day):
    page_url = send(staff, day, DOUBTFUL).url

    page = staff.get(page_url)
    assert "Commune « Mets » : est-ce Metz ?" in body(page)
    assert "Sans réponse, rien ne peut être écrit." in body(page)
    assert len(staff.get(page_url + "?voir=a-verifier").context["shown"]) == 2

    refused = staff.post(page_url, {"action": "confirm"})
    assert (refused.status_code, Person.objects.count()) == (422, 0)
    assert "1 personne attend une réponse" in body(refused)
    [asked] = re.findall(r'<select id="answer-(\d+)"[^>]*aria-invalid="true"[^>]* autofocus>', body(refused))
    assert body(refused).count('aria-invalid="true"') == 1  # the others have a proposal
    assert f'aria-describedby="answer-{asked}_fault"' in body(refused)
    assert f'<p class="fault" id="answer-{asked}_fault">Choisissez une réponse' in body(refused)
    assert f'href="#answer-{asked}"' in body(refused)
    assert "aria-invalid" not in body(page)

    answers = {f"answer-{doubt.key}": doubt.proposed or "-" for doubt, _rows in page.context["questions"]}
    assert staff.post(page_url, {"action": "confirm", **answers}).status_code == 302
    assert Person.objects.count() == 3


def test_columns_nobody_recognises_are_chosen_by_hand(staff, day):
    sent = send(staff, day, write_csv(["A", "B"], [("Jeanne Martin", "Anarchaise")]))
    import_ = day.imports.get()
    assert sent.url == url("import-columns", day, import_.pk)
    slot = day.slots.get(title="Testons les coopérations")

    wrong = staff.post(sent.url, {"column-0": "full_name", "column-1": "full_name"})
    assert wrong.status_code == 422
    assert "ne peuvent pas dire la même chose" in body(wrong)
    none = staff.post(sent.url, {"column-0": "email"})
    assert none.status_code == 422
    assert "la colonne du nom" in body(none)
    right = staff.post(sent.url, {"column-0": "full_name", "column-1": f"wish:{slot.pk}:1"})
    assert right.url == url("import-preview", day, import_.pk)
    assert "1 personne à inscrire." in body(staff.get(right.url))


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"\x00\x01" * 900, 422), (b"%PDF-1.7", 422), (b"x" * 50_000_000, 413)],
    ids=["empty", "binary", "pdf", "50 MB"],
)
def test_a_wrong_file_is_refused_with_a_sentence(staff, day, content, status):
    response = staff.post(url("import", day), {"file": BytesIO(content)})

    assert response.status_code == status
    assert response.context["form"].errors["file"]
    assert not day.imports.exists()


@pytest.mark.parametrize(
    ("content", "said", "way_out"),
    [
        (
            b"insee,name,department,epci_name\n08001,Acy-Romance,08,CC du Pays Rethelois\n",
            "Ses colonnes sont : insee, name, department, epci_name. Il en faut une pour le nom",
            True,
        ),
        (
            '# Le cycle « des villes », ses jours\nids = ["a", "b", "c"]\n[[jours]]\ncommune = "Metz"\n'.encode(),
            "qui commence par « # Le cycle “des villes” ».",
            False,
        ),
    ],
    ids=["places", "toml"],
)
def test_a_file_that_holds_no_people_is_refused_with_what_was_found(staff, day, content, said, way_out):
    refused = staff.post(url("import", day), {"file": BytesIO(content)})

    assert (refused.status_code, day.imports.exists()) == (422, False)
    assert said in html.unescape(body(refused))
    assert ('name="other_titles"' in body(refused)) is way_out
    told = staff.post(url("import", day), {"file": BytesIO(content), "other_titles": "on"})
    assert told.url == url("import-columns", day, day.imports.get().pk)


def test_an_import_is_dropped_and_then_closed(staff, day):
    page_url = send(staff, day, DOUBTFUL).url
    import_ = day.imports.get()

    staff.post(url("import-abandonment", day, import_.pk))

    import_.refresh_from_db()
    assert import_.status == ImportStatus.DROPPED
    assert staff.get(page_url).status_code == 302
    assert staff.post(page_url, {"action": "confirm"}).status_code == 302
    assert not Person.objects.exists()


def test_the_import_of_one_gathering_is_not_read_through_another(staff, day, space):
    from tests.registrations.conftest import make_day

    import_ = start_import(gathering=day, content=DOUBTFUL, filename="a.csv", by="essai")
    other = make_day(space, slug="autre")

    assert staff.get(url("import-preview", other, import_.pk)).status_code == 404


def test_an_answer_given_with_an_earlier_file_is_kept_apart(staff, day):
    def questions(response):
        before, _summary, after = body(response).partition("<details")
        return before.count("<select"), after.count("<select")

    sent = send(staff, day, DOUBTFUL)
    [(doubt, _rows), *_others] = staff.get(sent.url).context["questions"]
    assert questions(staff.get(sent.url)) == (2, 0)
    staff.post(sent.url, {f"answer-{doubt.key}": "-", "action": "confirm"})

    again = staff.get(send(staff, day, DOUBTFUL).url)

    assert questions(again) == (0, 2)
    assert "2 réponses déjà données" in body(again)


# The desk


def test_present_in_one_tap_and_undone_in_one(client, full_day, desk):
    client.force_login(desk)
    row = full_day.registrations.get(person__first_name="Karim", person__last_name="Lorrain")
    assert "Karim Lorrain" in body(client.get(url("desk", full_day) + "?q=lorrain"))

    back = client.post(url("presence", full_day, row.pk), {"presence": "present", "q": "lorrain"})
    row.refresh_from_db()
    assert (row.presence, back.url) == (Presence.PRESENT, url("desk", full_day) + "?q=lorrain")
    assert row.presence_at is not None
    page = client.get(back.url)
    assert "1 personne présente sur 128" in body(page)
    assert "Défaire" in body(page)

    client.post(url("presence", full_day, row.pk), {"presence": page.context["last"]["before"]})
    row.refresh_from_db()
    assert (row.presence, row.presence_at) == (Presence.EXPECTED, None)


@pytest.mark.parametrize(
    ("registered", "present", "absent", "said"),
    [
        (0, 0, 0, "Personne n’est encore inscrit."),
        (134, 0, 0, "Personne n’est encore là : 134 personnes attendues."),
        (134, 0, 1, "Personne n’est encore là : 133 personnes attendues, 1 absente."),
        (134, 12, 2, "12 personnes présentes sur 134, 120 encore attendues, 2 absentes."),
        (134, 1, 0, "1 personne présente sur 134, 133 encore attendues."),
        (134, 130, 4, "130 personnes présentes sur 134, plus personne n’est attendu, 4 absentes."),
        (134, 134, 0, "Les 134 personnes inscrites sont là."),
        (2, 0, 2, "Plus personne n’est attendu : 2 absentes."),
    ],
)
def test_the_desk_counts_without_a_zero(registered, present, absent, said):
    numbers = dict.fromkeys((field.name for field in fields(Counts)), 0)
    numbers |= {"registered": registered, "present": present, "absent": absent}
    numbers |= {"expected": registered - present - absent}

    assert presence_in_words(Counts(**numbers)) == said


def test_a_forged_presence_changes_nothing(client, full_day, desk):
    client.force_login(desk)
    row = full_day.registrations.first()

    client.post(url("presence", full_day, row.pk), {"presence": "vip"})

    row.refresh_from_db()
    assert row.presence == Presence.EXPECTED


def test_a_walk_in_is_present_at_once_and_a_namesake_is_said(client, full_day, desk):
    client.force_login(desk)

    client.post(url("walk-in", full_day), {"first_name": "Nouvelle", "last_name": "Venue", "category": "unsaid"})
    row = full_day.registrations.get(person__first_name="Nouvelle")
    assert (row.presence, row.walk_in) == (Presence.PRESENT, True)

    known = client.post(url("walk-in", full_day), {"first_name": "karim", "last_name": "LORRAIN", "category": "unsaid"})
    assert known.status_code == 422
    assert "Karim Lorrain est déjà inscrit·e." in body(known)
    assert 'value="LORRAIN"' in body(known)  # what was typed stays
    assert body(known).count("autofocus") == 1
    theirs = full_day.registrations.get(person__first_name="Karim", person__last_name="Lorrain")
    line = html.unescape(body(known)).partition(">Aller à Karim Lorrain</a>")[0].rpartition('href="')[2].rstrip('"')
    assert line == f"{url('desk', full_day)}?q=Karim+Lorrain#r-{theirs.pk}"
    assert f'id="r-{theirs.pk}"' in body(client.get(line))
    whole = {"first_name": "Autre", "last_name": "Venue", "category": "resident"}
    for name in ("first_name", "category"):  # a first name is enough, as on the public form
        lacking = client.post(url("walk-in", full_day), whole | {name: ""})
        assert lacking.status_code == 422
        assert list(lacking.context["form"].errors) == [name]
    assert 'value="unsaid" selected' not in body(client.get(url("desk", full_day)))
    assert full_day.registrations.count() == 129


def test_the_desk_asks_few_queries(client, full_day, desk, django_assert_max_num_queries):
    client.force_login(desk)

    with django_assert_max_num_queries(14):
        client.get(url("desk", full_day))


# One's own page


@pytest.fixture
def mine(full_day):
    return full_day.registrations.get(person__first_name="Karim", person__last_name="Lorrain")


def own_url(name, registration):
    return reverse(f"registrations:{name}", args=[token_of(registration)])


def test_the_personal_link_opens_ones_own_page_and_nobody_elses_words(client, mine):
    page = client.get(own_url("own", mine))

    assert page.status_code == 200
    assert "Bonjour Karim" in body(page)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert "Océane" not in body(page)


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "A" + t, lambda t: "x", lambda t: t.replace("~", ".")])
def test_a_forged_link_opens_nothing(client, mine, change):
    assert client.get(reverse("registrations:own", args=[change(token_of(mine))])).status_code == 404


def test_a_renewed_link_closes_the_old_one(staff, full_day, mine):
    old = own_url("own", mine)
    staff.post(url("link", full_day, mine.pk))
    mine.refresh_from_db()

    assert staff.get(old).status_code == 404
    assert staff.get(own_url("own", mine)).status_code == 200


def test_one_changes_ones_wishes_until_they_close(client, full_day, mine, monkeypatch):
    slot = full_day.slots.get(title="Testons les coopérations")
    pot = slot.workshops.get(title="Serious Game")
    data = {f"wish-{slot.pk}-1": str(pot.pk)}

    assert client.post(own_url("own-wishes", mine), data).status_code == 302
    assert list(mine.wishes.filter(slot=slot).values_list("workshop__title", flat=True)) == ["Serious Game"]

    monkeypatch.setattr(own, "_closures", [lambda gathering: True])
    refused = client.post(own_url("own-wishes", mine), {})
    assert refused.status_code == 422
    assert "La répartition est publiée" in body(refused)
    assert mine.wishes.filter(slot=slot).count() == 1


def test_one_cancels_and_comes_back(client, mine):
    client.post(own_url("own-cancellation", mine))
    mine.refresh_from_db()
    assert mine.status == RegistrationStatus.CANCELLED
    assert "Finalement, je viens" in body(client.get(own_url("own", mine)))

    client.post(own_url("own-restoration", mine))
    mine.refresh_from_db()
    assert mine.status == RegistrationStatus.REGISTERED


def test_a_column_nobody_reads_is_said_before_anything_is_written(staff, day):
    content = "Prénom;Nom;Courriel;Remarque;Vide\nJeanne;Martin;j@exemple.invalid;fauteuil;\n".encode()
    address = f"/rencontres/{day.pk}/inscriptions/import/"
    page = staff.post(address, {"file": SimpleUploadedFile("b.csv", content)}, follow=True).content.decode()
    assert "«\u202fRemarque\u202f»" in page
    assert "Vide" not in page


def test_what_somebody_else_saved_meanwhile_is_said_before_it_is_replaced(staff, full_day):
    row = full_day.registrations.order_by("pk").first()
    address = url("edit", full_day, row.pk)
    page = staff.get(address)
    form = page.context["form"]
    mine = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    mine = {name: value for name, value in mine.items() if value not in (False, "")} | {"seen": form.seen}
    theirs = staff.post(address, mine | {"phone": "06 00 00 00 01"})
    assert theirs.status_code == 302
    late = staff.post(address, mine | {"first_name": "Jeanne"})
    assert late.status_code == 422
    assert "Quelqu’un d’autre a modifié cette page" in body(late)
    assert "« Téléphone »" in body(late)
    row.person.refresh_from_db()
    assert row.person.phone == "06 00 00 00 01"
    again = staff.post(address, mine | {"first_name": "Jeanne", "seen": late.context["form"].seen})
    assert again.status_code == 302
    assert staff.post(address, mine | {"first_name": "Jeanne"}).status_code == 302  # the same once more: nothing to say


def test_an_import_beyond_the_places_is_written_and_says_so(staff, day):
    Opening.objects.create(gathering=day, capacity=100)
    waiting = start_import(gathering=day, content=CONTENT, filename=FILE.name, by="essai")
    page = body(staff.post(url("import-preview", day, waiting.pk), {"action": "confirm"}, follow=True))
    assert "128 personnes sont inscrites pour 100 places" in page
    assert day.registrations.count() == 128
