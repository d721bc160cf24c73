"""Two people together, or apart: said by the organiser, held by the run, contradictions refused in a sentence."""

import pytest
from django.urls import reverse

from maillage.plans.models import SeatingPair
from maillage.plans.pairs import PairRefused, add_pair, pairs_of, remove_pair, seating_pairs
from maillage.plans.refusals import MoveRefused
from maillage.plans.services import make_plan, move_person, rebalance_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(full_day):
    return list(full_day.registrations.select_related("person").order_by("pk")[:6])


def _tables(plan, registration):
    return {row.slot_id: (row.workshop_id, row.table) for row in plan.placements.filter(registration=registration)}


def test_the_run_seats_them_together_and_apart_at_every_moment(full_day) -> None:
    free = make_plan(gathering=full_day, by="Zoé")
    neighbours = list(free.placements.filter(table=1, porteur=False).select_related("registration__person")[:2])
    a, b = (row.registration for row in neighbours)
    c = free.placements.exclude(workshop=neighbours[0].workshop).filter(slot=neighbours[0].slot).first().registration
    add_pair(gathering=full_day, one=a, other=b, kind="apart", by="Zoé")
    add_pair(gathering=full_day, one=c, other=a, kind="together", by="Zoé")
    plan = make_plan(gathering=full_day, by="Zoé")
    mine, theirs, with_me = _tables(plan, a), _tables(plan, b), _tables(plan, c)
    assert mine == with_me
    assert len(mine) == 2
    assert all(mine[slot] != theirs[slot] for slot in mine)
    again = rebalance_plan(gathering=full_day, by="Zoé")
    assert (_tables(again, a), _tables(again, b)) == (mine, theirs)


def test_a_move_that_breaks_a_word_is_refused_with_their_names(full_day) -> None:
    plan = make_plan(gathering=full_day, by="Zoé")
    here, there = plan.placements.filter(table=1).first(), plan.placements.filter(table=2).first()
    assert here.workshop == there.workshop
    add_pair(gathering=full_day, one=here.registration, other=there.registration, kind="apart", by="Zoé")
    with pytest.raises(MoveRefused) as refusal:
        move_person(placement=here, workshop=here.workshop, table=2, by="Zoé")
    assert here.registration.person.full_name in refusal.value.sentence
    assert there.registration.person.full_name in refusal.value.sentence


def test_contrary_words_are_refused_and_named(full_day, people) -> None:
    a, b, c, d = people[:4]

    def add(one, other, kind):
        return add_pair(gathering=full_day, one=one, other=other, kind=kind, by="Zoé")

    first = add(a, b, "together")
    for kind in ("together", "apart"):
        with pytest.raises(PairRefused, match="déjà à asseoir ensemble"):
            add(b, a, kind)
    add(b, c, "together")
    with pytest.raises(PairRefused, match="liés par d’autres consignes"):
        add(c, a, "apart")
    add(c, d, "apart")
    with pytest.raises(PairRefused, match=f"{c.person.full_name}|{d.person.full_name}"):
        add(d, a, "together")  # would bring d to the table of c, by b
    with pytest.raises(PairRefused, match="deux personnes différentes"):
        add(a, a, "apart")
    assert SeatingPair.objects.count() == 3
    remove_pair(pair=first, by="Zoé")
    add(d, a, "together")  # a is bound to nobody of that table any more


def test_who_cancels_takes_their_pairs_out_and_back(full_day, people) -> None:
    a, b = people[:2]
    add_pair(gathering=full_day, one=a, other=b, kind="apart", by="Zoé")
    a.status = "cancelled"
    a.save()
    assert not pairs_of(full_day)
    assert seating_pairs(full_day) == {"together": (), "apart": ()}
    make_plan(gathering=full_day, by="Zoé")
    a.status = "registered"
    a.save()
    assert len(seating_pairs(full_day)["apart"]) == 1


def test_the_page_adds_says_and_takes_away(client, full_day, people, organiser, desk) -> None:
    url = reverse("plans:pairs", args=[full_day.pk])
    assert client.get(url).status_code == 302
    client.force_login(desk)
    assert client.get(url).status_code == 403
    client.force_login(organiser)
    a, b = people[:2]
    assert f'value="{a.pk}" selected' in client.get(url, {"personne": a.pk}).content.decode()
    data = {"one": a.pk, "other": b.pk, "kind": "together"}
    page = client.post(url, data, follow=True).content.decode()
    assert "La répartition en tiendra compte." in page
    assert a.person.full_name in page
    refused = client.post(url, {**data, "kind": "apart"})
    assert refused.status_code == 422
    assert "déjà à asseoir ensemble" in refused.content.decode()
    assert client.post(url, {"one": "x", "other": b.pk, "kind": "loin"}).status_code == 422
    gone = client.post(reverse("plans:remove-pair", args=[full_day.pk, pairs_of(full_day).get().pk]), follow=True)
    assert "La consigne est retirée." in gone.content.decode()
    assert not pairs_of(full_day)
    again = client.post(reverse("plans:remove-pair", args=[full_day.pk, 999_999]), follow=True)
    assert again.status_code == 200  # taken away by somebody else just before
