"""Funder and funded at tables of peers: said by the organiser, held when it can be, said when it cannot."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.office.models import Activity
from maillage.people.models import Organisation, Space, Tie
from maillage.people.services import find_or_make_organisation, make_space
from maillage.people.ties import TieRefused, add_tie, paste_ties, remove_tie, ties_of
from maillage.plans.problem import situation_of
from maillage.plans.services import make_plan, move_effect, places_of_plan, rebalance_plan, seats_digest
from maillage.plans.third_person import about_them
from maillage.registrations.services import PersonDetails, add_registration

pytestmark = pytest.mark.django_db

FUNDER, FUNDED = "DDT de la Moselle", "Association du quartier"


@pytest.fixture
def codev(space) -> Gathering:
    """One workshop of co-development for twelve people, four to six at a table."""
    day = Gathering.objects.create(space=space, title="Codev", slug="codev", date=dt.date(2026, 3, 3))
    slot = Slot.objects.create(gathering=day, kind="workshops", title="Après-midi", position=1)
    Workshop.objects.create(
        slot=slot, title="Co-développement", position=1, compose="peers", method="codev", table_min=4, table_max=6
    )
    for number in range(12):
        organisation = {0: FUNDER, 1: FUNDER, 2: FUNDED, 3: FUNDED}.get(number, f"Structure {number}")
        # All of one category, and the four whom the tie concerns alike: the tie alone has them part.
        details = PersonDetails(f"Camille {number}", category="association", organisation=organisation)
        add_registration(gathering=day, details=details, volunteer_porteur=number in (0, 2, 5, 6), by="essai")
    return day


def say(space, upper=FUNDER, kind="funds", lower=FUNDED) -> Tie:
    return add_tie(space=space, upper=upper, kind=kind, lower=lower, by="Zoé")


def plain(text) -> str:
    """With simple spaces: the catalogue sets the type."""
    return str(text).replace("\xa0", " ").replace("\u202f", " ")


def notes(plan) -> list[str]:
    return [plain(note) for note in plan.notes]


def reason(placement) -> str:
    return plain(placement.reason)


def refused(space, *words) -> str:
    with pytest.raises(TieRefused) as refusal:
        say(space, *words)
    return plain(refusal.value)


def tables(plan, organisation):
    rows = plan.placements.filter(registration__person__organisation__name=organisation)
    return set(rows.values_list("table", flat=True))


def test_a_plan_of_peers_seats_funder_and_funded_apart_and_says_so(codev, space) -> None:
    free = make_plan(gathering=codev, by="Zoé")
    # Without the tie colleagues alone are parted: each of the two tables holds one of each structure.
    assert tables(free, FUNDER) & tables(free, FUNDED)
    assert not [note for note in notes(free) if FUNDER in note]
    Organisation.objects.filter(name="Structure 4").update(name=FUNDED + " voisine", folded_name="x")
    say(space)
    rows = codev.registrations.filter(person__organisation__name__in=[FUNDER, FUNDED]).order_by("person__first_name")
    for row in list(rows)[1::2]:
        row.status = "cancelled"  # one of each stays: apart is possible, and colleagues ask nothing
        row.save()
    plan = make_plan(gathering=codev, by="Zoé")
    assert tables(plan, FUNDER).isdisjoint(tables(plan, FUNDED))
    assert f"Co-développement, à des tables différentes : {FUNDER} finance {FUNDED}." in notes(plan)
    funder = plan.placements.get(registration__person__organisation__name=FUNDER)
    funded = plan.placements.get(registration__person__organisation__name=FUNDED)
    assert f"À part, à une autre table : {FUNDED}, que votre structure finance." in reason(funder)
    assert f"À part, à une autre table : {FUNDER}, qui finance votre structure." in reason(funded)
    assert "votre" not in about_them(funded.reason).lower()
    assert "votre" not in about_them(funder.reason).lower()
    others = plan.placements.exclude(pk__in=[funder.pk, funded.pk])
    assert not any(FUNDER in each.reason or FUNDED + "," in each.reason for each in others)
    again = rebalance_plan(gathering=codev, by="Zoé")
    assert tables(again, FUNDER).isdisjoint(tables(again, FUNDED))
    assert any("finance" in sentence for sentence in move_effect(funder, funder.workshop, funded.table).worse)


def test_a_tie_weighs_more_than_the_likeness_of_peers(codev, space) -> None:
    """Two of each category: likeness alone would bring the funder and the funded to one table."""
    people = [row.person for row in codev.registrations.select_related("person").order_by("person__first_name")]
    for person in people:
        person.organisation = find_or_make_organisation(space=space, name=f"Seul {person.first_name}")
        person.category = "local_officer"
        person.save()
    alike = people[:6]
    for person in alike:
        person.category = "association"
    alike[0].organisation = find_or_make_organisation(space=space, name=FUNDER)
    alike[1].organisation = find_or_make_organisation(space=space, name=FUNDED)
    for person in alike:
        person.save()
    free = make_plan(gathering=codev, by="Zoé")
    assert tables(free, FUNDER) == tables(free, FUNDED)
    before = {row.registration_id: row.table for row in free.placements.all()}
    tie = say(space)
    held = make_plan(gathering=codev, by="Zoé")
    assert tables(held, FUNDER).isdisjoint(tables(held, FUNDED))
    moved = [row for row in held.placements.all() if row.table != before[row.registration_id]]
    assert len(moved) == 2  # of those seated before, two change places and nobody else
    assert len(list(held.placements.filter(porteur=True))) == 2
    again = make_plan(gathering=codev, by="Zoé")
    assert seats_digest(places_of_plan(again)) == seats_digest(places_of_plan(held))
    codev.plans.all().delete()
    fresh = make_plan(gathering=codev, by="Zoé")
    assert tables(fresh, FUNDER).isdisjoint(tables(fresh, FUNDED))
    remove_tie(tie=tie, by="Zoé")


def test_a_fixed_place_is_not_moved_for_a_tie_and_it_is_said(codev, space) -> None:
    plan = make_plan(gathering=codev, by="Zoé")
    together = tables(plan, FUNDER) & tables(plan, FUNDED)
    assert together
    plan.placements.update(locked=True)
    say(space)
    again = make_plan(gathering=codev, by="Zoé")
    assert seats_digest(places_of_plan(again)) == seats_digest(places_of_plan(plan))
    assert [note for note in notes(again) if "les deux sont à cette table" in note]


def test_where_one_table_is_all_there_is_the_plan_says_they_sit_together(codev, space) -> None:
    say(space, kind="supervises")
    Workshop.objects.filter(slot__gathering=codev).update(table_min=12, table_max=12)
    plan = make_plan(gathering=codev, by="Zoé")
    assert tables(plan, FUNDER) == tables(plan, FUNDED) == {1}
    (note,) = [note for note in notes(plan) if FUNDER in note and "cette table" in note]
    assert note.startswith(f"Co-développement, table 1 : {FUNDER} encadre {FUNDED}, et les deux sont à cette table (")
    assert note.endswith(" Il n’y a qu’une table.")
    funded = plan.placements.filter(registration__person__organisation__name=FUNDED).first()
    assert f"À la même table : {FUNDER}, qui encadre votre structure." in reason(funded)


def test_a_tie_counts_at_tables_of_peers_only(full_day, codev, space) -> None:
    say(space)
    Workshop.objects.filter(slot__gathering=codev).update(compose="mixed")
    assert situation_of(codev).problem.ties == ()
    Workshop.objects.filter(slot__gathering=codev).update(compose="peers")
    assert situation_of(codev).problem.ties == ((FUNDER, FUNDED),)
    assert situation_of(full_day).problem.ties == ()  # neither comes


def test_ties_ask_one_query_more(codev, space, django_assert_max_num_queries) -> None:
    paste_ties(space=space, text="\n".join(f"{FUNDER};Structure {n}" for n in range(4, 12)), kind="funds", by="Zoé")
    with django_assert_max_num_queries(27):
        plan = make_plan(gathering=codev, by="Zoé")
    funder = plan.placements.filter(registration__person__organisation__name=FUNDER).first()
    assert re.search(r"À part, à une autre table : .*, que votre structure finance", reason(funder))
    assert len(funder.reason) <= 400


def test_bad_ties_are_refused_in_a_sentence(codev, space) -> None:
    tie = say(space, "ddt de la  MOSELLE", "funds", "Association du quartier")
    assert str(tie) == f"{FUNDER} finance {FUNDED}"
    for upper, lower, words in (
        (FUNDER, FUNDED, "C’est déjà noté : DDT de la Moselle finance Association du quartier."),
        (FUNDED, FUNDER, "L’inverse est déjà noté : DDT de la Moselle finance Association du quartier. Retirez-le"),
        (FUNDER, FUNDER, "DDT de la Moselle ne peut pas être liée à elle-même"),
        (
            "DDT de la Mozelle",
            FUNDED,
            "« DDT de la Mozelle » n’est pas une structure de cet espace. Vouliez-vous écrire « DDT de la Moselle » ?",
        ),
        ("Zzz", FUNDED, "« Zzz » n’est pas une structure de cet espace. Une structure est connue dès"),
    ):
        assert words in refused(space, upper, "funds", lower)
    with pytest.raises(TieRefused) as both:
        say(space, "Zzz", "funds", "Yyy")
    assert len(both.value.sentences) == 2
    say(space, kind="supervises")  # it may well do both
    assert ties_of(space).count() == 2
    assert (
        list(Activity.objects.filter(verb="add-tie").values_list("about", flat=True))
        == [
            "DDT de la Moselle encadre Association du quartier",
            "DDT de la Moselle finance Association du quartier",
        ]
        or Activity.objects.filter(verb="add-tie", space=space.slug, by="Zoé").count() == 2
    )
    remove_tie(tie=tie, by="Zoé")
    assert Activity.objects.filter(verb="remove-tie", about=f"{FUNDER} finance {FUNDED}").exists()
    say(space)


def test_a_pasted_list_is_taken_whole_or_not_at_all(codev, space) -> None:
    def paste(text, kind="funds"):
        return paste_ties(space=space, text=text, kind=kind, by="Zoé")

    wrong = (
        "financeur;financé\n"
        f"{FUNDER};{FUNDED}\n\n"
        f"{FUNDER}\n"
        f"DDT de la Mozelle;{FUNDED}\n"
        f"{FUNDED};{FUNDER}\n"
        f"{FUNDER};{FUNDED};aime\n"
        f"{FUNDER};{FUNDER}\n"
    )
    with pytest.raises(TieRefused) as refusal:
        paste(wrong)
    said = [plain(sentence) for sentence in refusal.value.sentences]
    assert [each.partition(" : ")[0] for each in said] == [
        "Ligne 4",
        "Ligne 5",
        "Ligne 6",
        "Ligne 7",
        "Ligne 8",
        "Rien n’a été ajouté.",
    ]
    assert "« DDT de la Moselle »" in said[1]
    assert "L’inverse est déjà noté" in said[2]
    assert not ties_of(space)
    right = f"financeur\tfinancé\n{FUNDER}\t{FUNDED}\n{FUNDER};{FUNDED};encadre;\nStructure 5;Structure 6\n"
    done = paste(right)
    assert (done.added, done.known) == (3, 0)
    done = paste(right)
    assert (done.added, done.known) == (0, 3)
    for text in ("  \n", "financeur;financé", "a;b\n" * 501):
        with pytest.raises(TieRefused):
            paste(text)
    with pytest.raises(TieRefused, match="La suite n’a pas été lue"):
        paste("a;b\n" * 400)


@pytest.fixture
def url(codev):
    return reverse("plans:ties", args=[codev.pk])


def test_the_page_adds_removes_and_puts_back(client, codev, url, organiser, desk, space) -> None:
    assert client.get(url).status_code == 302
    client.force_login(desk)
    assert client.get(url).status_code == 403
    assert client.post(url, {"upper": FUNDER, "kind": "funds", "lower": FUNDED}).status_code == 403
    client.force_login(organiser)
    assert url in client.get(reverse("plans:plan", args=[codev.pk])).content.decode()
    page = client.post(url, {"upper": FUNDER, "kind": "funds", "lower": FUNDED}, follow=True).content.decode()
    assert "les deux viennent" in page
    assert f"{FUNDER} finance {FUNDED}" in client.get(reverse("plans:pairs", args=[codev.pk])).content.decode()
    refused = client.post(url, {"upper": FUNDER, "kind": "funds", "lower": "Asociation du quartier"})
    assert refused.status_code == 422
    assert 'value="Asociation du quartier"' in refused.content.decode()
    assert client.post(url, {"upper": "", "kind": "aime", "lower": "\x00"}).status_code == 422
    gone = client.post(reverse("plans:remove-tie", args=[codev.pk, ties_of(space).get().pk]), follow=True)
    assert "Le remettre" in gone.content.decode()
    assert not ties_of(space)
    assert "Le remettre" not in client.get(url).content.decode()
    twice = client.post(reverse("plans:remove-tie", args=[codev.pk, 999_999]), follow=True)
    assert twice.status_code == 200
    put = reverse("plans:paste-ties", args=[codev.pk])
    assert client.get(put).status_code == 302
    wrong = client.post(put, {"lines": "Zzz;Yyy", "pasted_kind": "funds"})
    assert wrong.status_code == 422
    assert "Zzz;Yyy</textarea>" in wrong.content.decode()
    assert "Corrigez ces lignes" in plain(wrong.content.decode())
    assert "Ligne 1 : « Zzz » n’est pas une structure" in plain(wrong.content.decode())
    assert client.post(put, {"lines": "", "pasted_kind": ""}).status_code == 422
    right = client.post(put, {"lines": f"{FUNDER};{FUNDED}", "pasted_kind": "supervises"}, follow=True)
    assert "1 lien ajouté." in right.content.decode()


def test_no_other_space_sees_or_reaches_a_tie(client, codev, organiser, space) -> None:
    other = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    find_or_make_organisation(space=other, name="Là-bas")
    find_or_make_organisation(space=other, name="Plus loin")
    theirs = say(other, "Là-bas", "funds", "Plus loin")
    client.force_login(organiser)
    page = client.get(reverse("plans:ties", args=[codev.pk])).content.decode()
    assert "Là-bas" not in page
    assert FUNDER in page  # the list of names
    client.post(reverse("plans:remove-tie", args=[codev.pk, theirs.pk]))
    assert ties_of(other).count() == 1
    with pytest.raises(TieRefused):
        say(space, "Là-bas", "funds", FUNDED)
    assert Space.objects.count() == 2
