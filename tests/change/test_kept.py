"""What a noyau notes is kept: versions, undo, two at once, departures; no observation is ever lost."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maillage.change.checks import ChangeRefused, check_horizon, check_past, check_planned
from maillage.change.enums import VisionState
from maillage.change.keeping import ChangedMeanwhile, bring_back, change_kept, remove_kept, return_to, versions_of
from maillage.change.members import add_member, find_by_token, let_leave, member_token, welcome_back
from maillage.change.models import Commitment, Marker, Member, Observation, Version
from maillage.change.noting import add_commitment, hold_review, note_condition, plan_review, set_commitment_state
from maillage.change.observing import add_observation, change_observation
from maillage.change.path import add_marker, merge_markers, split_marker
from maillage.change.queries import agenda_of, conditions_of, orphans, trio_lacks
from maillage.change.retention import forget_departed
from maillage.change.visions import choose_vision, differences, validate_vision, write_vision
from maillage.change.wording import hints

TODAY = dt.date(2026, 11, 29)


def see(member, marker=None, text="", **said):
    key = said.pop("key", None) or uuid.uuid4()
    return add_observation(group=member.group, by=member, key=key, degree="seen", marker=marker, text=text, **said)


def test_dates_that_cannot_be_are_said_with_a_way_out() -> None:
    with pytest.raises(ChangeRefused, match="futur"):
        check_past(dt.date(2204, 1, 1), today=TODAY)
    with pytest.raises(ChangeRefused, match="10 ans au plus"):
        check_planned(dt.date(2204, 1, 1), today=TODAY)
    with pytest.raises(ChangeRefused, match="sans horizon"):
        check_horizon(None, today=TODAY)
    with pytest.raises(ChangeRefused, match="2204"):
        check_horizon(2204, today=TODAY)


def test_help_to_write_a_marker_says_sentences_and_no_score() -> None:
    assert hints("Le bailleur ouvre la salle le mercredi", actor="Le bailleur") == []
    said = hints("Être mieux sensibilisé", actor="Le bailleur")
    assert any("comment le verrait-on" in sentence for sentence in said)
    assert any("Qui le fait" in sentence for sentence in said)


def test_a_marker_without_an_actor_is_refused_with_a_way_out(lead) -> None:
    with pytest.raises(ChangeRefused, match="de quel acteur") as refusal:
        add_marker(group=lead.group, actor=None, level="expected", text="vient", by=lead)
    assert refusal.value.field == "actor"


def test_two_visions_at_once_are_both_kept_side_by_side(lead, other) -> None:
    year = timezone.localdate().year + 4
    first = write_vision(group=lead.group, text="Chacun trouve sa place.", horizon=year, seen=0, by=lead)
    second = write_vision(group=lead.group, text="Chacun trouve sa place ici.", horizon=year, seen=1, by=lead)
    third = write_vision(group=lead.group, text="Chaque habitant trouve sa place.", horizon=year, seen=1, by=other)
    assert (second.state, third.state) == (VisionState.CURRENT, VisionState.BESIDE)
    assert write_vision(group=lead.group, text=third.text, horizon=year, seen=1, by=other) == third  # sent again
    chosen = choose_vision(vision=third, by=lead)
    states = dict(lead.group.visions.values_list("number", "state"))
    assert states == {1: "earlier", 2: "earlier", 3: "earlier", 4: "current"}
    assert chosen.text == third.text
    assert first.text in lead.group.visions.values_list("text", flat=True)


def test_differences_are_said_in_the_text() -> None:
    pieces = differences("Chacun trouve sa place.", "Chaque habitant trouve sa place.")
    assert [(piece.text.strip(), piece.change) for piece in pieces] == [
        ("Chacun", "gone"), ("Chaque habitant", "added"), ("trouve sa place.", "")
    ]  # fmt: skip


def test_a_noyau_of_one_validates_no_vision_and_cannot_be_left(lead) -> None:
    vision = write_vision(group=lead.group, text="Ici.", horizon=timezone.localdate().year, seen=0, by=lead)
    with pytest.raises(ChangeRefused, match="à deux au moins"):
        validate_vision(vision=vision, who="le noyau", on=timezone.localdate(), by=lead)
    with pytest.raises(ChangeRefused, match="dernière personne"):
        let_leave(member=lead, by=lead)


def test_who_leaves_is_named_no_more_and_what_they_saw_stays(lead, other, markers) -> None:
    token = member_token(other)
    seen, _new = see(other, markers[0], "Une affiche dans le hall")
    let_leave(member=other, by=lead)
    assert find_by_token(token) is None
    assert str(Observation.objects.get(pk=seen.pk).by) == "un membre du noyau"
    assert "Paul" not in str(list(Version.objects.values_list("content", "by_words")))
    welcome_back(member=other, by=lead)
    assert str(Member.objects.get(pk=other.pk)) == "Paul"
    let_leave(member=other, by=lead)
    assert forget_departed(timezone.now()) == 0
    assert forget_departed(timezone.now() + dt.timedelta(days=366)) == 1
    assert Member.objects.get(pk=other.pk).name == ""
    assert Observation.objects.get(pk=seen.pk).text == "Une affiche dans le hall"


def test_who_holds_the_noyau_leaves_it_to_somebody(lead, other) -> None:
    let_leave(member=lead, by=lead)
    assert Member.objects.get(pk=other.pk).lead
    assert trio_lacks([other]) == ["la collectivité", "une association"]


def test_an_observation_sent_twice_is_one(lead, markers) -> None:
    key = uuid.uuid4()
    _row, new = see(lead, markers[0], key=key)
    _row, again = see(lead, markers[0], key=key)
    assert (new, again, Observation.objects.count()) == (True, False, 1)


def test_a_removed_marker_keeps_what_was_seen_of_it_and_takes_what_comes_late(lead, markers) -> None:
    see(lead, markers[0])
    remove_kept(markers[0], by=lead)
    see(lead, Marker.objects.get(pk=markers[0].pk), "Vu hors connexion")
    assert orphans(lead.group).count() == 2
    bring_back(markers[0], by=lead)
    assert orphans(lead.group).count() == 0


def test_two_markers_made_one_and_two_again_keep_every_word(lead, markers) -> None:
    seen, _new = see(lead, markers[0], "Une affiche")
    merge_markers(marker=markers[0], into=markers[1], by=lead)
    late, _new = see(lead, Marker.objects.get(pk=markers[0].pk), "Vu hors connexion")
    assert set(Observation.objects.values_list("marker", flat=True)) == {markers[1].pk}
    split_marker(marker=markers[0], by=lead)
    told = {row.pk: (row.marker_id, row.text) for row in Observation.objects.all()}
    assert told == {seen.pk: (markers[0].pk, "Une affiche"), late.pk: (markers[1].pk, "Vu hors connexion")}


def test_undo_brings_back_any_version(lead) -> None:
    action = add_commitment(group=lead.group, what="Ouvrir la salle", by=lead)
    set_commitment_state(commitment=action, state="done", outcome="Ouverte", by=lead)
    remove_kept(action, by=lead)
    return_to(action, number=1, by=lead)
    row = Commitment.objects.get(pk=action.pk)
    assert (row.state, row.outcome, row.removed_at, row.version) == ("todo", "", None, 4)
    assert versions_of(row).count() == 4


def test_two_people_change_one_action_and_neither_is_overwritten(lead, other) -> None:
    action = add_commitment(group=lead.group, what="Ouvrir la salle", by=lead)
    change_kept(action, content={"what": "Ouvrir la salle du bas"}, seen=1, by=lead, verb="a changé")
    change_kept(action, content={"who": "Le centre social"}, seen=1, by=other, verb="a changé")
    with pytest.raises(ChangedMeanwhile) as both:
        change_kept(action, content={"what": "Ouvrir le gymnase"}, seen=1, by=other, verb="a changé")
    assert both.value.theirs == {"what": "Ouvrir la salle du bas"}
    assert Commitment.objects.get(pk=action.pk).who == "Le centre social"


def test_conditions_are_words_by_year(lead) -> None:
    for year, state in ((2024, "absent"), (2024, "ongoing"), (2026, "present")):
        note_condition(group=lead.group, condition="means", state=state, finding="", on=dt.date(year, 3, 1), by=lead)
    years, lines = conditions_of(lead.group, year=2026)
    line = next(line for line in lines if line.condition == "means")
    assert years == [2024, 2025, 2026]
    assert [note and note.state for _year, note in line.years] == ["ongoing", "ongoing", "present"]


def test_the_agenda_says_what_is_to_look_at(lead, markers) -> None:
    day = timezone.localdate()
    see(lead, markers[0], "Deux agents sont venus")
    see(lead, text="Une fête des voisins, sans nous")
    add_commitment(group=lead.group, what="Écrire au bailleur", due=day - dt.timedelta(days=3), by=lead)
    note_condition(group=lead.group, condition="means", state="ongoing", finding="", by=lead)
    agenda = agenda_of(lead.group, on=day, since=None)
    assert [len(agenda.unseen), len(agenda.late), len(agenda.moved), len(agenda.unexpected)] == [2, 1, 1, 1]
    review = plan_review(group=lead.group, kind="monthly", on=day, by=lead)
    with pytest.raises(ChangeRefused, match="vient après"):
        hold_review(review=review, learned="", decisions="", next_on=day, agenda={}, seen=None, by=lead)
    held = hold_review(
        review=review,
        learned="On voit mieux",
        decisions="Écrire",
        next_on=None,
        agenda=agenda.as_json,
        seen=None,
        by=lead,
    )
    assert held.agenda["late"][0].startswith("Écrire au bailleur")


ACTS = st.lists(
    st.tuples(st.sampled_from(["see", "edit", "remove", "back", "merge", "split", "drop", "leave"]), st.integers(0, 7)),
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_observation_is_ever_lost(lead, other, markers, acts) -> None:
    """By edits, merges, removals, departures, in any order: each sentence ever sent is in its row or its versions."""
    from django.db import transaction

    sent: dict[uuid.UUID, str] = {}
    now: dict[uuid.UUID, str] = {}
    with transaction.atomic():
        for number, (act, which) in enumerate(acts):
            marker = Marker.objects.get(pk=markers[which % 3].pk)
            rows = list(Observation.objects.order_by("pk"))
            row = rows[which % len(rows)] if rows else None
            if act == "see":
                made, _new = see(other if which % 2 else lead, marker if which else None, f"phrase {number}")
                sent[made.pk] = now[made.pk] = f"phrase {number}"
            elif act == "merge" and marker.into is None:
                into = next(each for each in markers if each.pk != marker.pk)
                if Marker.objects.get(pk=into.pk).removed_at is None:
                    merge_markers(marker=marker, into=into, by=lead)
            elif act == "split":
                split_marker(marker=marker, by=lead)
            elif act == "drop":
                remove_kept(marker, by=lead)
            elif act == "leave":
                (welcome_back if which % 2 else let_leave)(member=other, by=lead)
            elif row is not None and act == "edit":
                change_observation(observation=row, content={"text": f"autre {number}"}, seen=None, by=lead)
                now[row.pk] = f"autre {number}"
            elif row is not None:
                (remove_kept if act == "remove" else bring_back)(row, by=lead)
        for pk, text in sent.items():
            observation = Observation.objects.get(pk=pk)
            assert observation.text == now[pk]
            assert text in versions_of(observation).values_list("content__text", flat=True)
            for version in versions_of(observation):
                return_to(observation, number=version.number, by=lead)
                assert Observation.objects.get(pk=pk).text == version.content["text"]
        transaction.set_rollback(True)


def test_a_newcomer_sent_twice_is_one_person(lead) -> None:
    add_member(group=lead.group, name="Paul", by=lead)
    add_member(group=lead.group, name="Paul", by=lead)
    assert Member.objects.count() == 2
