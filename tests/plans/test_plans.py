import re
from collections import Counter
from collections.abc import Iterator

import pytest

import seating
from maillage.gatherings.models import Room, Workshop
from maillage.lib.languages import spoken
from maillage.lib.typography import typo
from maillage.plans.enums import PlanStatus
from maillage.plans.figures import figures_in_words
from maillage.plans.models import Placement, Plan
from maillage.plans.problem import STEP_FREE, seating_plan, situation_of
from maillage.plans.queries import latest_plan, own_placements, published_plan, seats_for_session
from maillage.plans.refusals import AlreadyReplaced, CannotPlan, MoveRefused
from maillage.plans.services import (
    lock_placement,
    make_plan,
    move_effect,
    move_person,
    publish_plan,
    rebalance_plan,
    unpublish_plan,
)
from maillage.plans.telling import say_stored
from maillage.plans.third_person import TURNED, about_them
from maillage.registrations.enums import Presence
from maillage.registrations.models import Answer, Wish
from maillage.registrations.questions import add_question
from maillage.registrations.services import PersonDetails, WishesClosed, add_registration, mark_presence, record_wishes

MORNING, AFTERNOON = "Présentation d’expériences", "Testons les coopérations"


def seats_of(plan):
    return {(p.registration_id, p.slot_id): (p.workshop_id, p.table) for p in plan.placements.all()}


def workshop(gathering, title):
    return Workshop.objects.get(slot__gathering=gathering, title=title)


@pytest.fixture
def plan(full_day) -> Plan:
    return make_plan(gathering=full_day, by="essai")


def test_the_real_day_is_seated_within_every_bound(full_day, plan):
    placements = list(plan.placements.select_related("workshop", "slot", "registration__person"))

    assert len(placements) == 2 * 128
    people = Counter(p.workshop for p in placements)
    for each, number in people.items():
        assert each.min_people <= number <= each.max_people, each
    tables = Counter((p.workshop, p.table) for p in placements if p.table is not None)
    for (each, _table), number in tables.items():
        assert each.table_min <= number <= each.table_max
    assert Counter(size for (each, _t), size in tables.items() if each.method == "codev") == {8: 5}
    assert seating.check(situation_of(full_day).problem, _with_ranks(full_day, plan)) == [
        violation
        for violation in seating.check(situation_of(full_day).problem, _with_ranks(full_day, plan))
        if violation.level == "soft"
    ]


def _with_ranks(gathering, plan):
    problem = situation_of(gathering).problem
    report = seating.measure(problem, seating_plan(plan))
    return seating.Plan(seating_plan(plan).seats, regret=report.regret, ranks=report.ranks)


def test_each_codev_table_has_one_volunteer_who_brings_a_subject(full_day, plan):
    codev = plan.placements.filter(workshop__method="codev").select_related("registration")
    bringing = [p for p in codev if p.porteur]

    assert sorted(p.table for p in bringing) == [1, 2, 3, 4, 5]
    assert all(p.registration.volunteer_porteur for p in bringing)
    assert not plan.placements.exclude(workshop__method="codev").filter(porteur=True).exists()


def test_no_resident_is_alone_in_a_group(full_day, plan):
    residents = Counter(
        (p.workshop_id, p.table)
        for p in plan.placements.select_related("registration__person")
        if p.registration.person.category == "resident"
    )

    assert sum(residents.values()) == 2 * 19
    assert 1 not in residents.values()


def test_the_figures_of_the_real_day_are_the_best_possible_and_said(plan):
    morning, afternoon = plan.figures["slots"]

    # 55 people ask first for a workshop of 40, the others have room: 114 - 15 = 99; in the afternoon 111 - (48 - 40).
    assert (morning["first"], morning["with_wish"], morning["ranks"]) == (99, 114, {"1": 99, "2": 15, "none": 14})
    assert (afternoon["first"], afternoon["with_wish"], afternoon["ranks"]) == (
        103,
        111,
        {"1": 103, "2": 8, "none": 17},
    )
    words = figures_in_words(plan.figures)
    assert words[0] == "Présentation d’expériences : 99 personnes sur 114 ont leur premier choix."
    assert "Aucune autre répartition ne donne mieux satisfaction aux vœux : c’est prouvé." in words
    assert any("hypothèse" in note for note in plan.notes)
    assert any("5 personnes ont besoin d’une place pour fauteuil" in note for note in plan.notes)


def test_a_second_run_moves_nobody_whatever_its_seed(full_day, plan):
    again = make_plan(gathering=full_day, by="essai", seed=7)

    assert again.pk != plan.pk
    assert seats_of(again) == seats_of(plan)


def test_every_place_says_why(plan):
    reasons = list(plan.placements.values_list("reason", flat=True))

    assert all(len(reason) > 20 for reason in reasons)
    assert any("est complet (40 places, 55 premiers choix)" in reason for reason in reasons)
    rows = list(plan.placements.select_related("workshop"))
    assert [row.why for row in rows] == reasons  # in French, the words that are stored
    for language, first in (("en", "this is your first choice"), ("de", "das ist Ihr erster Wunsch")):
        with spoken(language):
            said = [row.why for row in rows]
            about = [say_stored(row.reason, row.told, turn=about_them) for row in rows]
        assert any(first in words for words in said)
        assert not [words for words in said if re.search(r"\b(votre|vous|personnes|structure|Autour)\b", words)]
        assert len(about) == len(said)
    with spoken("en"):
        changed = Placement(reason="D’autres mots, venus d’ailleurs.", told=rows[0].told)
        assert changed.why == changed.reason  # how other words were said says nothing of these
        for broken in ({"say": 3}, {"all": [{}], "by": " "}, {"say": "{nul}", "with": {}}, [1]):
            assert Placement(reason="Des mots.", told=broken).why == "Des mots."
    to_them = {sentence for row in rows for sentence in sentences(row.told) if about_them(sentence) != sentence}
    assert len(to_them) > 5
    assert {about_them(sentence) for sentence in to_them} <= set(TURNED)


def sentences(told) -> Iterator[str]:
    """The French ones that something was said with."""
    if isinstance(told, dict):
        yield from (told[name] for name in ("say", "many") if name in told)
        for part in (*told.get("all", ()), *told.get("with", {}).values()):
            yield from sentences(part)


def test_on_the_organisers_page_a_reason_speaks_of_the_person_not_to_them(plan):
    reasons = [about_them(reason) for reason in plan.placements.values_list("reason", flat=True)]

    assert not [reason for reason in reasons if re.search(r"\b(vous|votre|vos)\b", reason, re.I)]
    assert any("c’est son premier choix." in reason for reason in reasons)


def test_absent_people_leave_and_walk_ins_sit_while_others_stay(full_day, plan):
    gone = [
        p.registration for p in plan.placements.filter(workshop__method="anarchaise").select_related("registration")[:2]
    ]
    for registration in gone:
        mark_presence(registration=registration, presence=Presence.ABSENT, by="accueil")
    come = add_registration(gathering=full_day, details=PersonDetails("Nouvelle", "Venue"), by="accueil", walk_in=True)

    after = rebalance_plan(gathering=full_day, by="essai")

    before, now = seats_of(plan), seats_of(after)
    assert {registration for registration, _slot in now} == (
        {registration for registration, _slot in before} - {r.pk for r in gone} | {come.pk}
    )
    assert [key for key in now if key in before and now[key] != before[key]] == []


def test_a_lock_holds_through_a_run(full_day, plan):
    placement = plan.placements.filter(workshop__title="Anarchaise").first()
    lock_placement(placement=placement, by="essai")
    full_day.registrations.get(pk=placement.registration_id).wishes.all().delete()

    again = make_plan(gathering=full_day, by="essai")

    kept = again.placements.get(registration=placement.registration_id, slot=placement.slot_id)
    assert (kept.workshop_id, kept.locked) == (placement.workshop_id, True)
    assert again.placements.filter(locked=True).count() == 1


def test_a_move_by_hand_is_done_locked_and_explained(full_day, plan):
    placement = plan.placements.filter(
        workshop__title="Coop ou pas coop", registration__person__category="partner"
    ).first()
    target = workshop(full_day, "Anarchaise")

    move_person(placement=placement, workshop=target, table=None, by="essai")

    moved = plan.placements.get(registration=placement.registration_id, slot=placement.slot_id)
    assert (moved.workshop, moved.locked) == (target, True)
    assert "votre place est fixée" in moved.reason or "Anarchaise" in moved.reason
    assert plan.placements.count() == 256
    plan.refresh_from_db()
    assert plan.figures["slots"][1]["workshops"][str(target.pk)] == 20
    assert not [note for note in plan.notes if "annoncé" in note]  # the figures are recounted, not claimed


def test_a_move_that_breaks_a_hard_rule_is_refused_and_changes_nothing(full_day, plan):
    before = seats_of(plan)
    Workshop.objects.update(sizes_assumed=False)
    target = workshop(full_day, "Co-développement")  # 40 of 40
    placement = plan.placements.filter(workshop__title="Anarchaise").first()

    effect = move_effect(placement, target, 1)
    with pytest.raises(MoveRefused) as refusal:
        move_person(placement=placement, workshop=target, table=1, by="essai")

    assert effect.refused
    assert "40" in refusal.value.sentence
    assert seats_of(plan) == before


def test_the_effect_of_a_move_is_said_before_it_is_done(full_day, plan):
    codev = plan.placements.filter(workshop__method="codev", porteur=True, registration__person__category="resident")
    placement = codev.first() or plan.placements.filter(workshop__method="codev", porteur=True).first()
    coop = workshop(full_day, "Coop ou pas coop")
    plan.placements.filter(workshop=coop).first().delete()  # one place is free, whoever the plan put there
    before = seats_of(plan)

    effect = move_effect(placement, coop, None)

    assert seats_of(plan) == before
    assert effect.refused == ()


def test_the_effect_of_a_move_says_what_the_person_had_asked_for(full_day, plan):
    coop, codev = workshop(full_day, "Coop ou pas coop"), workshop(full_day, "Co-développement")
    placement = plan.placements.filter(workshop=codev, porteur=False).first()
    moment = {"registration": placement.registration, "slot": placement.slot}
    Wish.objects.filter(**moment).delete()
    Wish.objects.create(**moment, workshop=codev, rank=1)
    name = str(placement.registration.person)
    assert typo(f"{name} n’a pas demandé « Coop ou pas coop ».") in move_effect(placement, coop, None).worse

    Wish.objects.filter(**moment).update(rank=2)
    Wish.objects.create(**moment, workshop=coop, rank=1)
    assert typo(f"« Coop ou pas coop » est le choix 1 de {name}.") in move_effect(placement, coop, None).better


def test_a_move_to_another_moment_or_without_a_table_is_refused(full_day, plan):
    morning = plan.placements.filter(slot__title=MORNING).first()
    afternoon = plan.placements.filter(slot__title=AFTERNOON, workshop__table_max=None).first()

    with pytest.raises(MoveRefused):
        move_person(placement=morning, workshop=workshop(full_day, "Anarchaise"), table=None, by="essai")
    with pytest.raises(MoveRefused):
        move_person(placement=afternoon, workshop=workshop(full_day, "Serious Game"), table=None, by="essai")


def test_publishing_replaces_what_people_saw_and_closes_wishes(full_day, plan):
    registration = full_day.registrations.first()
    record_wishes(registration=registration, ranks={}, by="essai")
    publish_plan(plan=plan, by="essai")
    assert published_plan(full_day) == plan
    with pytest.raises(WishesClosed):
        record_wishes(registration=registration, ranks={}, by="essai")
    assert [p.slot.title for p in own_placements(registration)] == [MORNING, AFTERNOON]

    second = make_plan(gathering=full_day, by="essai")
    assert published_plan(full_day) == plan
    assert latest_plan(full_day) == second
    publish_plan(plan=second, by="essai")

    plan.refresh_from_db()
    assert plan.status == PlanStatus.REPLACED
    assert published_plan(full_day) == second
    with pytest.raises(AlreadyReplaced):
        publish_plan(plan=plan, by="essai")
    unpublish_plan(plan=second, by="essai")
    assert published_plan(full_day) is None


def test_seats_for_a_session_are_those_people_see_without_the_absent(full_day, plan):
    codev = workshop(full_day, "Co-développement")
    assert seats_for_session(codev) == []
    publish_plan(plan=plan, by="essai")

    tables = seats_for_session(codev)
    assert [(table.number, len(table.registrations)) for table in tables] == [(n, 8) for n in range(1, 6)]
    assert all(table.porteur in table.registrations and table.porteur.volunteer_porteur for table in tables)

    mark_presence(registration=tables[0].registrations[0], presence=Presence.ABSENT, by="accueil")
    assert len(seats_for_session(codev)[0].registrations) == 7
    assert [
        (t.number, len(t.registrations), t.porteur) for t in seats_for_session(workshop(full_day, "Anarchaise"))
    ] == [(None, 19, None)]


def test_a_wheelchair_is_never_sent_where_there_are_steps(full_day):
    Room.objects.filter(gathering=full_day, name="Salle Myrtilles").update(step_free=False)
    wheelchairs = [p for p in situation_of(full_day).problem.people if STEP_FREE in p.needs]
    assert len(wheelchairs) == 5

    plan = make_plan(gathering=full_day, by="essai")

    rooms = plan.placements.filter(registration__needs__contains="fauteuil").values_list(
        "workshop__room__name", flat=True
    )
    assert len(rooms) == 10
    assert "Salle Myrtilles" not in rooms


def test_more_people_than_places_is_said_with_ways_out(full_day):
    Workshop.objects.filter(slot__gathering=full_day, slot__title=MORNING).update(max_people=20, min_people=None)

    with pytest.raises(CannotPlan) as refusal:
        make_plan(gathering=full_day, by="essai")

    [(sentence, ways_out), *_others] = refusal.value.lacks
    assert "128 personnes pour 80 places : il manque 48 places" in sentence
    assert "Passer « L'isolement social en QPV » de 20 à 68 places." in ways_out
    assert not Plan.objects.exists()


def test_a_day_without_people_or_without_workshops_says_so(day):
    with pytest.raises(CannotPlan) as nobody:
        make_plan(gathering=day, by="essai")
    day.slots.all().delete()
    with pytest.raises(CannotPlan) as nothing:
        make_plan(gathering=day, by="essai")

    assert "Personne n’est encore inscrit" in nobody.value.sentence
    assert "pas encore d’ateliers" in nothing.value.sentence


def test_compositions_are_the_words_of_seating():
    from typing import get_args

    from maillage.gatherings.enums import Composition
    from seating.problem import Compose

    assert set(Composition.values) == set(get_args(Compose))


def test_what_people_answer_to_the_teams_own_questions_seats_nobody(full_day):
    before = situation_of(full_day).problem
    question = add_question(gathering=full_day, by="essai", kind="yes-no", label="Arrivez-vous la veille ?")
    for row in full_day.registrations.all():
        Answer.objects.create(registration=row, question=question, values=["Oui"])
    assert situation_of(full_day).problem == before


def test_a_plan_takes_the_same_number_of_queries_for_2_and_for_128_people(full_day, django_assert_max_num_queries):
    few = full_day.registrations.order_by("pk")[:126].values_list("pk", flat=True)
    with django_assert_max_num_queries(26):
        make_plan(gathering=full_day, by="essai")
    Placement.objects.all().delete()
    full_day.registrations.filter(pk__in=list(few)).delete()
    Workshop.objects.filter(slot__gathering=full_day).update(min_people=None)
    with django_assert_max_num_queries(26):
        make_plan(gathering=full_day, by="essai")


def test_a_move_leaves_the_numbers_of_all_places_for_another_organisers_page(plan, full_day):
    before = {(one.registration_id, one.slot_id): one.pk for one in plan.placements.all()}
    placement = plan.placements.filter(workshop=workshop(full_day, "Anarchaise"), locked=False).first()
    there = workshop(full_day, "Coop ou pas coop")
    move_person(placement=placement, workshop=there, table=None, by="essai", anyway=True)
    assert {(one.registration_id, one.slot_id): one.pk for one in plan.placements.all()} == before
    gone = Placement(pk=max(before.values()) + 1, plan=plan)
    with pytest.raises(MoveRefused, match="vient de changer"):
        move_person(placement=gone, workshop=workshop(full_day, "Anarchaise"), table=None, by="essai")


def test_a_plan_says_its_mix_on_a_hundred_and_its_worst_table(full_day) -> None:
    plan = make_plan(gathering=full_day, by="essai")
    score = plan.figures["score"]
    assert 0 < score["points"] <= 100
    assert plan.placements.filter(workshop__title=score["worst"]["workshop"], table=score["worst"]["table"]).exists()
    words = figures_in_words(plan.figures)
    assert any(words_.startswith(f"Mélange : {score['points']} sur 100. 0 : le hasard") for words_ in _plain(words))
    assert any(words_.startswith("La table la moins bien composée : ") for words_ in _plain(words))


def test_a_mix_that_reaches_its_bound_is_said_proven() -> None:
    figures = {"slots": [], "score": {"points": 100, "proven": True, "worst": None}}
    assert _plain(figures_in_words(figures)) == ["Mélange : 100 sur 100, le maximum est atteint et prouvé."]


def _plain(sentences: list[str]) -> list[str]:
    return [sentence.replace("\u00a0", " ").replace("\u202f", " ") for sentence in sentences]
