"""Plans are kept, compared, taken up again; they go to a spreadsheet and come back."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from maillage.lib.spreadsheets import read_table, write_csv
from maillage.plans.queries import latest_plan
from maillage.plans.refusals import AlreadyReplaced
from maillage.plans.services import lock_group, make_plan, move_person, publish_plan, rebalance_plan
from maillage.plans.sheets import FileRefused, export_rows, import_plan
from maillage.plans.versions import compare, drop_draft, plans_of, take_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(full_day):
    make_plan(gathering=full_day, by="Zoé")
    return full_day


def _places(plan):
    return set(plan.placements.values_list("registration", "slot", "workshop", "table", "porteur"))


def _move_one(plan):
    """Moves one person to another table of their codev workshop, whichever is allowed."""
    for placement in plan.placements.filter(table__isnull=False, porteur=False).order_by("pk"):
        for table in range(1, 6):
            if table == placement.table:
                continue
            try:
                move_person(placement=placement, workshop=placement.workshop, table=table, by="Zoé")
            except Exception as refusal:
                if not hasattr(refusal, "sentence"):
                    raise
                continue
            return placement.registration
    raise AssertionError("nobody could move")


def test_two_plans_are_compared_person_by_person(planned) -> None:
    before = latest_plan(planned)
    after = take_up(plan=before, by="Ali")
    assert compare(before, after).changes == []
    moved = _move_one(after)
    comparison = compare(before, latest_plan(planned))
    assert {change.registration.pk for change in comparison.changes} == {moved.pk}
    assert comparison.same == before.placements.count() - 1
    after.placements.filter(registration=moved).delete()
    gone = compare(before, after).changes
    assert all(change.after is None and change.before is not None for change in gone)


def test_an_earlier_plan_is_taken_up_without_those_who_left(planned) -> None:
    first = latest_plan(planned)
    publish_plan(plan=first, by="Zoé")
    moved = _move_one(take_up(plan=first, by="Zoé"))
    gone = first.placements.exclude(registration=moved).first().registration
    gone.status = "cancelled"
    gone.save()
    draft = take_up(plan=first, by="Ali")
    wanted = {place for place in _places(first) if place[0] != gone.pk}
    assert _places(draft) == wanted
    assert draft.figures["people"] == first.figures["people"] - 1  # counted anew: it is not the plan it was
    assert (first.figures["proven"], draft.figures["proven"]) == (True, False)
    assert latest_plan(planned) == draft
    assert [plan.by for plan in plans_of(planned)] == ["Ali", "Zoé", "Zoé"]


def test_export_then_import_gives_the_same_places(planned) -> None:
    plan = latest_plan(planned)
    headers, rows = export_rows(plan)
    made = import_plan(gathering=planned, content=write_csv(headers, rows), filename="p.csv", by="Zoé")
    assert _places(made) == _places(plan)
    assert made.figures["regret"] == plan.figures["regret"]


def test_lines_that_name_nobody_are_said_and_nothing_is_kept(planned) -> None:
    headers, rows = export_rows(latest_plan(planned))
    rows[2][0], rows[2][2] = "Inconnue", "nulle.part@exemple.invalid"
    rows[4][4] = "Le soir"
    rows[6][5] = "Poterie"
    rows.append(rows[0])
    number = plans_of(planned).count()
    with pytest.raises(FileRefused) as refused:
        import_plan(gathering=planned, content=write_csv(headers, rows), filename="p.csv", by="Zoé")
    said = refused.value.problems
    assert [sentence.split("\N{NO-BREAK SPACE}:")[0] for sentence in said] == [
        "Ligne 4",
        "Ligne 6",
        "Ligne 8",
        f"Ligne {len(rows) + 1}",
    ]
    assert "déjà une place" in said[-1]
    assert "à la ligne 2" in said[-1]
    assert plans_of(planned).count() == number


def test_a_file_without_its_columns_is_refused(planned) -> None:
    with pytest.raises(FileRefused, match="Atelier"):
        import_plan(gathering=planned, content="Prénom;Nom;Moment\nA;B;C\n".encode(), filename="p.csv", by="Zoé")
    with pytest.raises(FileRefused):
        import_plan(gathering=planned, content=b"%PDF-1.7", filename="p.pdf", by="Zoé")


def test_a_plan_made_by_hand_says_what_it_breaks(planned) -> None:
    plan = latest_plan(planned)
    headers, rows = export_rows(plan)
    slot, workshop = rows[0][4], rows[0][5]
    for row in rows:
        if row[4] == slot:
            row[5], row[6] = workshop, "1"  # everybody in one room
    made = import_plan(gathering=planned, content=write_csv(headers, rows), filename="p.csv", by="Zoé")
    assert any("personnes" in note and "place" in note for note in made.notes), made.notes
    assert made.placements.filter(slot__title=slot).values("workshop").distinct().count() == 1


def test_pages(planned, organiser, full_day) -> None:
    client = Client()
    client.force_login(organiser)
    first = latest_plan(planned)
    second = take_up(plan=first, by="Ali")
    _move_one(second)
    page = client.get(reverse("plans:versions", args=[planned.pk])).content.decode()
    assert "a repris une répartition" in page
    page = client.get(reverse("plans:comparison", args=[planned.pk, first.pk])).content.decode()
    assert "1 place change" in page.replace("\u00a0", " ")
    answer = client.post(reverse("plans:take-up", args=[planned.pk, first.pk]))
    assert answer.status_code == 302
    assert plans_of(planned).count() == 3
    file = client.get(reverse("plans:export", args=[planned.pk, first.pk, "xlsx"]))
    assert len(read_table(file.content, "p.xlsx").rows) == first.placements.count()
    assert client.get(reverse("plans:import", args=[planned.pk])).status_code == 200
    assert Client().get(reverse("plans:versions", args=[planned.pk])).status_code == 302


def test_a_draft_says_who_moves_before_it_is_published(client, planned, organiser) -> None:
    published = latest_plan(planned)
    publish_plan(plan=published, by="Zoé")
    client.force_login(organiser)
    page = reverse("plans:plan", args=[planned.pk])
    assert "Ce que ce brouillon change" not in client.get(page).content.decode()

    same = take_up(plan=published, by="Ali")
    assert "Rien : chacun garde la place publiée." in client.get(page).content.decode().replace("\u00a0", " ")

    moved = _move_one(same)
    gone = same.placements.exclude(registration=moved).first().registration
    gone.presence = "absent"
    gone.save()
    same.placements.filter(registration=gone).delete()
    said = client.get(page).content.decode().replace("\u00a0", " ")
    assert "<strong>1 personne change de place.</strong> 1 personne n’en a plus." in said
    assert f"<strong>{moved.person.full_name}</strong>" in said
    assert f"N’ont plus de place : {gone.person.full_name} (absent·e)." in said


def test_a_rebalanced_draft_names_its_moves_or_says_that_nobody_moves(client, planned, organiser) -> None:
    published = latest_plan(planned)
    publish_plan(plan=published, by="Zoé")
    absent = published.placements.filter(table__isnull=False, porteur=False).first().registration
    absent.presence = "absent"
    absent.save()
    draft = rebalance_plan(gathering=planned, by="Zoé")
    changes = compare(published, draft)
    assert [row.pk for row in changes.unseated] == [absent.pk]
    client.force_login(organiser)
    said = client.get(reverse("plans:plan", args=[planned.pk])).content.decode()
    assert f"{absent.person.full_name} (absent·e)" in said
    for change in changes.moves:
        assert change.registration.person.full_name in said.split("ce-qui-change")[1].split("</section>")[0]


def test_a_draft_set_aside_leaves_the_published_plan_and_is_kept(client, planned, organiser) -> None:
    published = latest_plan(planned)
    publish_plan(plan=published, by="Zoé")
    first, second = take_up(plan=published, by="Ali"), take_up(plan=published, by="Ali")
    client.force_login(organiser)
    answer = client.post(reverse("plans:set-aside", args=[planned.pk, second.pk]), follow=True)
    assert "La répartition publiée reste en place." in answer.content.decode()
    assert latest_plan(planned) == published  # and not the first draft
    assert {plan.pk for plan in plans_of(planned)} == {published.pk, first.pk, second.pk}
    again = client.post(reverse("plans:set-aside", args=[planned.pk, second.pk]), follow=True)
    assert "a été remplacée par une autre" in again.content.decode()
    assert latest_plan(planned) == published


def test_a_draft_is_not_set_aside_once_somebody_made_a_newer_one(planned) -> None:
    published = latest_plan(planned)
    publish_plan(plan=published, by="Zoé")
    mine, theirs = take_up(plan=published, by="Ali"), take_up(plan=published, by="Zoé")
    with pytest.raises(AlreadyReplaced):
        drop_draft(plan=mine, by="Ali")
    assert latest_plan(planned) == theirs


def test_the_history_says_what_was_moved_and_fixed_and_names_nobody(client, planned, organiser) -> None:
    plan = latest_plan(planned)
    before = {row.registration_id: row for row in plan.placements.filter(table__isnull=False)}
    moved = _move_one(plan)
    after = plan.placements.get(registration=moved, table__isnull=False)
    lock_group(plan=plan, workshop=after.workshop_id, table=1, by="Ali")
    client.force_login(organiser)
    said = client.get(reverse("plans:versions", args=[planned.pk])).content.decode()
    said = said.replace("\u00a0", " ").replace("\u202f", " ")
    route = f"{after.workshop}, table {before[moved.pk].table} → {after.workshop}, table {after.table}"
    assert f"Zoé a déplacé une personne : {route}" in said
    assert f"Ali a fixé une table ou un atelier : {after.workshop}, table 1" in said
    assert moved.person.full_name not in said


def test_two_plans_of_one_minute_have_two_names(client, planned, organiser) -> None:
    first = latest_plan(planned)
    second = take_up(plan=first, by="Ali")
    at = dt.datetime(2026, 3, 3, 9, 5, 7, tzinfo=dt.UTC)
    planned.plans.filter(pk=first.pk).update(created_at=at)
    planned.plans.filter(pk=second.pk).update(created_at=at + dt.timedelta(seconds=30))
    assert [plan.when for plan in plans_of(planned)] == ["3 mars, 10:05:37", "3 mars, 10:05:07"]
    client.force_login(organiser)
    page = client.get(reverse("plans:versions", args=[planned.pk])).content.decode()
    assert "3 mars, 10:05:07" in page
    compared = client.get(reverse("plans:comparison", args=[planned.pk, first.pk])).content.decode()
    assert "Du 3 mars, 10:05:07 au 3 mars, 10:05:37." in compared
    planned.plans.filter(pk=first.pk).update(created_at=at - dt.timedelta(minutes=1))
    assert [plan.when for plan in plans_of(planned)] == ["3 mars, 10:05", "3 mars, 10:04"]
