import pytest
from django.urls import reverse

from maillage.gatherings.models import Room, Workshop
from maillage.gatherings.services import make_gathering
from maillage.office import services as office
from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.people.enums import SpaceRole
from maillage.people.models import Organisation, Person, Space
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Plan
from maillage.plans.refusals import MoveRefused
from maillage.plans.services import make_plan, move_person, publish_plan
from maillage.registrations.own import token_of
from maillage.registrations.services import PersonDetails, add_registration, erase_needs
from tests.registrations.conftest import member


@pytest.fixture
def plan(full_day) -> Plan:
    return make_plan(gathering=full_day, by="essai")


@pytest.fixture
def staff(client, organiser):
    client.force_login(organiser)
    return client


def url(name, gathering, *args):
    return reverse(f"plans:{name}", args=[gathering.pk, *args])


def body(response):
    """The page's text, its non-breaking spaces plain: they are typography's own tests' business."""
    return response.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


class InThisThread:
    """Stands for the office's executor: the work is done when it is asked."""

    def submit(self, work, *args):
        work(*args)


@pytest.mark.parametrize("name", ["plan", "people"])
def test_a_plan_is_closed_to_strangers_and_to_the_desk(client, full_day, desk, name):
    assert client.get(url(name, full_day)).status_code == 302
    client.force_login(desk)
    assert client.get(url(name, full_day)).status_code == 403
    other = Space.objects.create(slug="ailleurs", name="Ailleurs")
    client.force_login(member(other, "ailleurs@exemple.invalid", SpaceRole.ORGANISER))
    assert client.get(url(name, full_day)).status_code == 404


def test_before_any_run_what_lacks_is_said(staff, full_day):
    page = body(staff.get(url("plan", full_day)))

    assert "48 personnes demandent « Co-développement », 40 places : il manque 8 places." in page
    assert "Passer « Co-développement » de 40 à 48 places." in page


def test_the_run_is_a_job_that_ends_on_the_plan(staff, full_day, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(office, "_executor", InThisThread())
    monkeypatch.setattr(office.connections, "close_all", lambda: None)  # the test's own connection must live on
    staff.cookies["langue"] = "en"  # whoever asked for it: what is kept is French
    with django_capture_on_commit_callbacks(execute=True):
        response = staff.post(url("run", full_day))

    job = Job.objects.get()
    assert response.url == reverse("office:job", args=[job.pk])
    assert (job.status, job.result) == (JobStatus.DONE, {"url": url("plan", full_day)})
    made = Plan.objects.get()
    assert made.by == "organiser@exemple.invalid"
    assert any("personnes ont besoin d’une place pour fauteuil" in note for note in made.notes)
    assert not [row for row in made.placements.all() if "choice" in row.reason]


def test_a_day_that_cannot_be_planned_ends_in_a_sentence(
    staff, full_day, monkeypatch, django_capture_on_commit_callbacks
):
    Workshop.objects.filter(slot__gathering=full_day).update(max_people=10, min_people=None)
    monkeypatch.setattr(office, "_executor", InThisThread())
    monkeypatch.setattr(office.connections, "close_all", lambda: None)
    said = {}
    for language in ("fr", "en"):
        staff.cookies["langue"] = language
        with django_capture_on_commit_callbacks(execute=True):
            staff.post(url("run", full_day))
        job = Job.objects.latest("created_at")
        assert job.status == JobStatus.FAILED
        said[language] = job.sentence
    assert "128 personnes pour 40 places : il manque 88 places" in said["fr"]
    assert "128 people for 40 seats" in said["en"]  # to whoever waits for it


def test_the_plan_by_room_shows_everyone_in_few_queries(staff, full_day, plan, django_assert_max_num_queries):
    with django_assert_max_num_queries(19):
        page = staff.get(url("plan", full_day))

    assert body(page).count('id="place-') == 2 * 128
    assert "99 personnes sur 114 ont leur premier choix." in body(page)
    assert "hypothèse" in body(page)
    codev = page.context["slots"][1].workshops[0]
    assert (str(codev.workshop), codev.people, [len(t.people) for t in codev.tables]) == (
        "Co-développement",
        40,
        [8] * 5,
    )


def test_once_needs_are_erased_the_plan_page_says_so(staff, full_day):
    assert "effacés le" not in body(staff.get(url("plan", full_day)))
    assert erase_needs(gathering=full_day, by="essai")
    assert "La rencontre est passée : les besoins notés" in body(staff.get(url("plan", full_day)))


def test_the_plan_by_person_is_filtered(staff, full_day, plan):
    everyone = staff.get(url("people", full_day))
    assert len(everyone.context["rows"]) == 128
    assert len(staff.get(url("people", full_day) + "?only=porteur").context["rows"]) == 5
    assert len(staff.get(url("people", full_day) + "?q=elodie+esteve").context["rows"]) == 1
    codev = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    assert len(staff.get(url("people", full_day) + f"?workshop={codev.pk}").context["rows"]) == 40


def test_colleagues_at_one_table_are_said_by_the_name_of_their_structure(staff, full_day, plan):
    structure = Organisation.objects.create(space=full_day.space, name="Foyer X", folded_name="foyer x")
    codev = plan.placements.filter(workshop__method="codev").select_related("registration__person")
    people = [codev.filter(table=table).first().registration.person for table in (1, 2)]
    Person.objects.filter(pk__in=[person.pk for person in people]).update(organisation=structure)
    placement = codev.filter(table=1).first()

    looked = staff.post(url("place", full_day, placement.pk), {"place": f"{placement.workshop_id}:2", "action": "look"})
    assert "sont de la même structure (Foyer X)." in body(looked)
    assert str(structure.pk) not in body(looked)


def test_publishing_shows_people_their_place_and_unpublishing_hides_it(staff, full_day, plan):
    registration = plan.placements.filter(workshop__method="codev").first().registration
    own = reverse("registrations:own", args=[token_of(registration)])
    assert "Où je vais" not in body(staff.get(own))

    staff.post(url("publication", full_day, plan.pk))
    page = body(staff.get(own))
    assert "Où je vais" in page
    assert "Salle Chardon, table" in page
    assert "Pourquoi moi" in page
    assert "les vœux ne changent plus" in page

    staff.post(url("publication", full_day, plan.pk), {"publish": "no"})
    plan.refresh_from_db()
    assert plan.status == PlanStatus.DRAFT
    assert "Où je vais" not in body(staff.get(own))


def test_a_place_is_moved_by_a_plain_form_after_its_effect_was_said(staff, full_day, plan):
    placement = plan.placements.filter(workshop__title="Coop ou pas coop").first()
    target = Workshop.objects.get(slot__gathering=full_day, title="Anarchaise")
    page_url = url("place", full_day, placement.pk)
    assert placement.reason.split(" : ")[0].strip("« »") in body(staff.get(page_url))

    looked = staff.post(page_url, {"place": f"{target.pk}:", "action": "look"})
    assert looked.context["effect"].refused == ()
    assert plan.placements.filter(workshop=target).count() == 19

    assert staff.post(page_url, {"place": f"{target.pk}:", "action": "move"}).status_code == 302
    assert plan.placements.filter(workshop=target).count() == 20
    assert plan.placements.filter(locked=True).count() == 1


def test_a_move_to_a_full_room_is_refused_with_the_form(staff, full_day, plan):
    placement = plan.placements.filter(workshop__title="Anarchaise").first()
    codev = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    Workshop.objects.update(sizes_assumed=False)

    refused = staff.post(url("place", full_day, placement.pk), {"place": f"{codev.pk}:1", "action": "move"})
    foreign = staff.post(url("place", full_day, placement.pk), {"place": "nulle part", "action": "move"})

    assert (refused.status_code, foreign.status_code) == (422, 422)
    assert "40" in refused.context["form"].errors["place"][0]
    assert plan.placements.filter(workshop=codev).count() == 40


def test_a_room_full_by_supposition_asks_once_and_says_so_in_the_reason(staff, full_day, plan):
    placement = plan.placements.filter(workshop__title="Anarchaise").first()
    codev = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    place = f"{codev.pk}:6"  # 40 people are there, supposed to be all it holds
    page_url = url("place", full_day, placement.pk)
    here = plan.placements.filter(registration=placement.registration_id, slot=placement.slot_id)

    carried = staff.post(url("move", full_day, placement.pk), {"place": place, "action": "move"}).json()
    for asked in (
        staff.get(carried["ask"]),
        staff.post(page_url, {"place": place, "action": "move"}),
        staff.post(page_url, {"place": place, "confirm": f"{codev.pk}:5"}),
        staff.get(page_url, {"place": place, "confirm": place, "action": "move"}),
    ):
        assert "Cette taille est une hypothèse : personne ne l’a vérifiée. Placer quand même ?" in body(asked)
        assert f'name="confirm" value="{place}"' in body(asked)
        assert here.get().workshop_id == placement.workshop_id

    assert staff.post(page_url, {"place": place, "confirm": place}).status_code == 302
    assert (here.get().workshop_id, here.get().locked) == (codev.pk, True)
    said = "Place confirmée par l’organisation au-delà d’une taille supposée (hypothèse)."
    assert here.get().reason.endswith(said)
    someone = plan.placements.filter(workshop__title="Anarchaise").first()
    anywhere = Workshop.objects.get(slot__gathering=full_day, title="Coop ou pas coop")
    staff.post(url("place", full_day, someone.pk), {"place": f"{anywhere.pk}:", "action": "move"})
    assert here.get().reason.endswith(said)  # whatever is moved after
    assert plan.placements.filter(reason__endswith=said).count() == 1


@pytest.mark.parametrize("known", ["workshop", "room"])
def test_a_known_size_is_no_question(full_day, plan, known):
    codev = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    placement = plan.placements.filter(workshop__title="Anarchaise").first()
    Workshop.objects.filter(pk=codev.pk).update(sizes_assumed=known != "workshop")
    Room.objects.filter(pk=codev.room_id).update(capacity=40, capacity_assumed=known != "room")

    with pytest.raises(MoveRefused):
        move_person(placement=placement, workshop=codev, table=6, by="essai", anyway=True)


def test_a_lock_is_put_and_taken_off(staff, full_day, plan):
    placement = plan.placements.first()

    staff.post(url("lock", full_day, placement.pk), {"locked": "yes"})
    placement.refresh_from_db()
    assert placement.locked
    staff.post(url("lock", full_day, placement.pk), {"locked": "no"})
    placement.refresh_from_db()
    assert not placement.locked


def test_the_glance_and_the_plan_say_who_has_no_place(staff, full_day, plan):
    add_registration(gathering=full_day, details=PersonDetails("Nouvelle", "D'Eaux & Co"), by="accueil", walk_in=True)

    assert "Nouvelle D’Eaux &amp; Co." in body(staff.get(url("plan", full_day)))
    detail = body(staff.get(reverse("gatherings:detail", args=[full_day.pk])))
    assert "personne sans place" in detail
    assert "inscriptions" in detail


def test_the_desk_says_where_people_go(client, full_day, plan, desk):
    publish_plan(plan=plan, by="essai")
    client.force_login(desk)

    page = body(client.get(reverse("registrations:desk", args=[full_day.pk]) + "?q=lorrain"))

    assert "Salle" in page


def test_on_an_empty_day_the_plan_says_what_comes_first_with_the_way_there(staff, day):
    empty = make_gathering(space=day.space, title="Journée vide", kind="regional_day", by="essai")
    glance = reverse("gatherings:detail", args=[empty.pk])

    for gathering, way in (
        (empty, reverse("gatherings:programme", args=[empty.pk])),
        (day, reverse("registrations:list", args=[day.pk])),
    ):
        page = body(staff.get(url("plan", gathering)))
        assert f'class="button" href="{way}"' in page
        assert "Répartir</button>" not in page
        assert staff.post(url("run", gathering)).url == url("plan", gathering)
    assert not Job.objects.exists()
    shown = body(staff.get(glance))
    for useless in ("/repartition/", "/repetition/", "/regie/", "badges", "emargement", "compte-rendu"):
        assert useless not in shown
