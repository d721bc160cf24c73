"""The desk of the evening: what rooms gave is kept, rewritten, put in order, and nobody's work is lost."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from maillage.archives.contents import BY_NAME, Contents
from maillage.live.models import Session
from maillage.live.services import erase_session, open_session
from maillage.memory.desk import (
    ChangedMeanwhile,
    MovedOn,
    bring_back,
    keep_gleaned,
    mark_unsettled,
    place_takeaway,
    publish_remains,
    return_to_version,
    rewrite_takeaway,
    shift_takeaway,
    undo_last,
)
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.gleaning import find_gleaned, from_rooms
from maillage.memory.letters import letter_of
from maillage.memory.models import Gleaning, Takeaway
from maillage.memory.services import add_takeaway, remove_takeaway
from maillage.methods.services import keep_version
from maillage.reports.blocks import Heading, Items
from maillage.reports.services import describe_summary
from tests.live.play import METHOD
from tests.live.test_signals import Room
from tests.memory.playing import Morning, at_once, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def morning():
    return Morning()


@pytest.fixture
def organiser(morning):
    return sign_in(morning.session)


@pytest.fixture
def page(morning):
    return reverse("memory:takeaways", args=[morning.session.gathering_id])


def add(gathering, text, workshop=None):
    return add_takeaway(gathering=gathering, workshop=workshop, text=text, origin="organiser", by="Ana")


def kept():
    return list(Takeaway.objects.values_list("text", flat=True))


def rewrite(takeaway, text, seen, *, by="Bo", workshop=None, themes=()):
    return rewrite_takeaway(takeaway=takeaway, text=text, workshop=workshop, themes=list(themes), seen=seen, by=by)


# --- what the rooms gave ----------------------------------------------------------------------------------------------


def test_a_pinned_card_is_kept_in_one_press_with_its_original_and_left_aside_in_another(organiser, page, morning):
    first, second = morning.pin(0, "Commencer petit."), morning.pin(1, "Un local ouvert le soir.")
    shown = organiser.get(page).content.decode()
    assert "Commencer petit." in shown
    assert "2\u00a0propositions à trier" in shown
    assert "Prénom" not in shown
    answer = organiser.post(page, {"keep": first}, follow=True)
    row = Takeaway.objects.get()
    assert (row.text, row.origin, row.workshop) == ("Commencer petit.", "room", morning.session.workshop)
    assert "1\u00a0phrase gardée" in answer.content.decode()
    assert Gleaning.objects.get(takeaway=row).text == "Commencer petit."
    organiser.post(page, {"aside": second})
    left = Gleaning.objects.get(takeaway=None)
    assert (left.status, left.text) == ("left", "")  # what is not kept is copied nowhere
    assert "1\u00a0proposition laissée de côté" in organiser.get(page).content.decode()
    organiser.post(page, {"sort": second})
    assert not Gleaning.objects.filter(takeaway=None).exists()


def test_kept_twice_it_is_kept_once(organiser, page, morning):
    name = morning.pin(0, "Commencer petit.")
    for _press in range(2):
        organiser.post(page, {"keep": name})
    assert kept() == ["Commencer petit."]


def test_alike_cards_become_one_sentence_that_says_how_many_said_it(organiser, page, morning):
    names = [
        morning.pin(0, "Se parler avant de décider"),
        morning.pin(1, "Décider après s’être parlé"),
        morning.pin(2, "Un local ouvert le soir"),
    ]
    groups = from_rooms(morning.session.gathering)[morning.session.workshop_id].sentences
    assert [(group.said, len(group.gleaned)) for group in groups] == [(2, 2), (1, 1)]
    box = f"salle-{names[0]}"
    shown = organiser.get(page).content.decode()
    assert "2 phrases se ressemblent" in shown
    sent = {
        "keep": " ".join(names[:2]),
        f"{box}-several": "1",
        f"{box}-with": names[:2],
        f"{box}-text": "Se parler d’abord.",
    }
    shown = organiser.post(page, sent, follow=True).content.decode()
    row = Takeaway.objects.get()
    assert (row.text, row.said) == ("Se parler d’abord.", 2)
    assert "2\u00a0cartes le disent" in shown
    assert "Décider après s’être parlé" in shown  # the originals, one tap away


def test_a_group_is_taken_apart_and_put_together_again(organiser, page, morning):
    names = [morning.pin(0, "Se parler avant de décider"), morning.pin(1, "Décider après s’être parlé")]

    def sizes():
        room = from_rooms(morning.session.gathering)[morning.session.workshop_id]
        return [len(group.gleaned) for group in room.sentences]

    organiser.post(page, {"apart": " ".join(names)})
    assert sizes() == [1, 1]
    organiser.post(page, {"sort": " ".join(names)})
    assert sizes() == [2]


def test_only_the_ticked_ones_of_a_group_are_kept_and_none_ticked_is_said(organiser, page, morning):
    names = [morning.pin(0, "Se parler avant de décider"), morning.pin(1, "Décider après s’être parlé")]
    box = f"salle-{names[0]}"
    sent = {"keep": " ".join(names), f"{box}-several": "1", f"{box}-text": "Se parler avant de décider"}
    answer = organiser.post(page, sent, follow=True)
    assert "Cochez au moins une phrase" in answer.content.decode()
    organiser.post(page, sent | {f"{box}-with": [names[1]]})
    assert (Takeaway.objects.get().said, Gleaning.objects.count()) == (1, 1)


def test_a_card_the_room_took_back_is_not_kept(organiser, page, morning):
    name = morning.pin(0, "Commencer petit.")
    morning.do(morning.lead, "hide", card=name.rpartition(":")[2], on=True)
    answer = organiser.post(page, {"keep": name}, follow=True)
    assert "La salle a repris cette phrase" in answer.content.decode()
    assert kept() == []


def test_a_name_nobody_made_changes_nothing(organiser, page):
    for name in ("", "x", "01a20632-d7ba-75e8-8811-f219255c97a9/card:c1", "/ :", "é" * 300):
        for verb in ("keep", "aside", "apart", "sort"):
            assert organiser.post(page, {verb: name}).status_code == 302, (verb, name)
    assert not Gleaning.objects.exists()


def test_of_a_codev_the_desk_shows_the_released_sentence_and_nothing_else(room):
    organiser = sign_in(room.session)
    page = reverse("memory:takeaways", args=[room.session.gathering_id])
    room.do(room.porteur, "write", kind="idea", text="canari-idée")
    room.do(room.porteur, "fill", field="pas", value="canari-fiche")
    card = f"c{room.session.__class__.objects.get(pk=room.session.pk).last_number - 1}"
    room.do(room.lead, "pin", card=card)
    room.do(room.porteur, "release", sentence="Une phrase confiée.")
    shown = organiser.get(page).content.decode()
    assert "Une phrase confiée." in shown
    assert "canari" not in shown
    row = Takeaway.objects.get()
    assert f'name="edit" value="{row.pk}"' not in shown
    assert organiser.post(page, {"keep": f"{room.session.pk}/card:{card}"}).status_code == 302
    assert kept() == ["Une phrase confiée."]


def test_a_card_the_porteur_let_out_is_kept_as_it_is_and_goes_when_they_take_it_back(session):
    source = METHOD.read_text(encoding="utf-8").replace('what = ["sheet"]', 'what = ["sheet", "idea"]')
    source = source.replace('id = "essai"', 'id = "ouverte"')
    workshop = session.workshop
    keep_version(source=source, name="ouverte.toml", space=session.gathering.space)
    other = workshop.slot.workshops.create(position=2, title="Ouverte", method="ouverte")
    room = Room(open_session(workshop=other, by="essai"))
    room.do(room.porteur, "write", kind="idea", text="canari-carte")
    card = f"c{Session.objects.get(pk=room.session.pk).last_number}"
    room.do(room.lead, "pin", card=card)
    organiser, page = sign_in(session), reverse("memory:takeaways", args=[session.gathering_id])
    assert "canari" not in organiser.get(page).content.decode()  # pinned, not released
    room.do(room.porteur, "release", card=card)
    assert kept() == []  # a card is offered, not written by itself
    name = f"{room.session.pk}/card:{card}"
    organiser.post(page, {"keep": name, f"salle-{name}-text": "Autrement"})
    row = Takeaway.objects.get()
    assert (row.text, row.origin) == ("canari-carte", TakeawayOrigin.RELEASED)
    assert "canari" not in str(list(Gleaning.objects.values())) + str(list(row.versions.values()))
    room.do(room.porteur, "withdraw", card=card)
    assert (Takeaway.with_removed.count(), Gleaning.objects.count()) == (0, 0)


def test_what_a_porteur_took_back_is_in_no_history(room):
    room.do(room.porteur, "release", sentence="canari-confié")
    row = Takeaway.objects.get()
    remove_takeaway(takeaway=row, by="Ana")
    bring_back(takeaway=row, by="Ana")
    assert "canari" not in str(list(row.versions.values()))
    room.do(room.porteur, "withdraw")
    assert not Takeaway.with_removed.exists()


def test_once_the_session_is_erased_what_was_kept_stays_and_the_desk_opens(organiser, page, morning):
    organiser.post(page, {"keep": morning.pin(0, "Commencer petit.")})
    morning.pin(1, "Un local ouvert le soir.")
    erase_session(session=morning.session, by="essai")
    shown = organiser.get(page).content.decode()
    assert "Commencer petit." in shown
    assert "local ouvert" not in shown


# --- two editors ------------------------------------------------------------------------------------------------------


def test_what_only_one_of_two_changed_is_kept_of_both(morning):
    gathering, workshop = morning.session.gathering, morning.session.workshop
    row = add(gathering, "Une")
    rewrite(row, "Une, mieux dite", row.version, by="Ana")
    merged = rewrite(row, "Une", row.version, workshop=workshop, themes=["Jeunesse"])
    assert (merged.text, merged.workshop, merged.themes.get().name) == ("Une, mieux dite", workshop, "Jeunesse")


def test_two_who_rewrote_the_same_sentence_see_both_texts_and_lose_neither(organiser, page, morning):
    row = add(morning.session.gathering, "Une")
    shown = organiser.post(page, {"edit": str(row.pk)}).content.decode()
    seen = re.search(rf'name="phrase-{row.pk}-seen" value="(\d+)"', shown)
    assert seen
    rewrite(row, "Celle d’Ana", row.version, by="Ana")
    box = f"phrase-{row.pk}"
    sent = {"save": str(row.pk), f"{box}-text": "La mienne", f"{box}-seen": seen[1], f"{box}-workshop": ""}
    answer = organiser.post(page, sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Ana a écrit autre chose" in html
    assert "<blockquote>Celle d’Ana</blockquote>" in html
    assert "La mienne</textarea>" in html
    assert kept() == ["Celle d’Ana"]
    again = re.search(rf'name="{box}-seen" value="(\d+)"', html)
    assert again
    assert organiser.post(page, sent | {f"{box}-seen": again[1]}).status_code == 302
    assert kept() == ["La mienne"]
    assert "Celle d’Ana" in [version.content["text"] for version in row.versions.all()]


def test_one_takes_out_what_the_other_rewrites_and_the_words_stay(morning):
    row = add(morning.session.gathering, "Une")
    remove_takeaway(takeaway=row, by="Ana")
    rewrite(row, "Une, changée", row.version)
    assert kept() == ["Une, changée"]


def test_two_who_keep_the_same_card_in_other_words_see_both(organiser, page, morning):
    names = [morning.pin(0, "Se parler avant de décider"), morning.pin(1, "Décider après s’être parlé")]
    things = find_gleaned(morning.session.gathering, names)
    keep_gleaned(
        gathering=morning.session.gathering, workshop=morning.session.workshop, gleaned=things, text="D’Ana", by="Ana"
    )
    with pytest.raises(ChangedMeanwhile):
        keep_gleaned(gathering=morning.session.gathering, workshop=None, gleaned=things[:1], text="De Bo", by="Bo")
    box = f"salle-{names[0]}"
    answer = organiser.post(page, {"keep": names[0], f"{box}-text": "La mienne"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<blockquote>D’Ana</blockquote>" in html
    assert "La mienne</textarea>" in html
    assert kept() == ["D’Ana"]


# --- order, undo ------------------------------------------------------------------------------------------------------


def test_sentences_go_up_and_down_and_to_a_place(organiser, page, morning):
    gathering = morning.session.gathering
    rows = [add(gathering, text) for text in "ABC"]
    organiser.post(page, {"up": str(rows[2].pk)})
    assert kept() == ["A", "C", "B"]
    organiser.post(page, {"down": str(rows[0].pk)})
    assert kept() == ["C", "A", "B"]
    organiser.post(page, {"place": f"{rows[1].pk}:0"})
    assert kept() == ["B", "C", "A"]
    shift_takeaway(takeaway=rows[1], by_one=-1, by="Ana")  # already first
    place_takeaway(takeaway=rows[1], place=99, by="Ana")
    assert kept() == ["C", "A", "B"]


def test_each_act_is_undone(morning):
    gathering, workshop = morning.session.gathering, morning.session.workshop
    rows = [add(gathering, text) for text in "ABC"]

    def undo(row):
        row.refresh_from_db()
        undo_last(takeaway=row, number=row.version, by="Ana")
        row.refresh_from_db()

    shift_takeaway(takeaway=rows[2], by_one=-1, by="Ana")
    undo(rows[2])
    assert kept() == ["A", "B", "C"]
    remove_takeaway(takeaway=rows[1], by="Ana")
    undo(rows[1])
    assert kept() == ["A", "B", "C"]
    rewrite(rows[0], "A, changée", rows[0].version, workshop=workshop, themes=["Jeunesse"])
    undo(rows[0])
    assert (rows[0].text, rows[0].workshop, rows[0].themes.count()) == ("A", None, 0)
    assert kept() == ["A", "B", "C"]
    new = add(gathering, "D")
    undo(new)
    assert kept() == ["A", "B", "C"]
    bring_back(takeaway=new, by="Ana")
    assert kept() == ["A", "B", "C", "D"]


def test_an_act_that_is_no_longer_the_last_is_not_undone(organiser, page, morning):
    row = add(morning.session.gathering, "Une")
    rewrite(row, "Deux", row.version)
    with pytest.raises(MovedOn):
        undo_last(takeaway=row, number=row.version, by="Ana")
    answer = organiser.post(page, {"undo": f"{row.pk}:{row.version}"}, follow=True)
    assert "a encore changé depuis" in answer.content.decode()
    assert kept() == ["Deux"]


def test_the_page_offers_to_undo_the_act_just_done_and_any_version(organiser, page, morning):
    row = add(morning.session.gathering, "Une")
    went = organiser.post(page, {"save": str(row.pk), f"phrase-{row.pk}-text": "Deux"})
    shown = organiser.get(went["Location"].partition("#")[0]).content.decode()
    assert f'name="undo" value="{row.pk}:{row.version + 1}"' in shown
    assert "a modifié un «\u202fà retenir\u202f»." in shown
    organiser.post(page, {"version": f"{row.pk}:{row.version}"})
    assert kept() == ["Une"]
    organiser.post(page, {"remove": str(row.pk)})
    assert "1\u00a0phrase retirée" in organiser.get(page).content.decode()
    organiser.post(page, {"back": str(row.pk)})
    assert kept() == ["Une"]


def test_a_sentence_of_before_the_desk_has_its_first_state_in_its_history(morning):
    row = add(morning.session.gathering, "Ancienne")
    row.versions.all().delete()
    Takeaway.objects.filter(pk=row.pk).update(version=0)
    row.refresh_from_db()
    rewrite(row, "Nouvelle", row.version)
    return_to_version(takeaway=row, number=0, by="Ana")
    assert kept() == ["Ancienne"]


def test_a_sentence_nobody_wrote_is_not_found_and_an_odd_number_breaks_nothing(organiser, page, morning):
    for sent in ("nimporte", "01a20632-d7ba-75e8-8811-f219255c97a9:1", ":", "é"):
        for verb in ("undo", "version", "place", "up", "back", "act", "remove", "save"):
            assert organiser.post(page, {verb: sent}).status_code == 404, (verb, sent)
    row = add(morning.session.gathering, "Une")
    for number in ("", "x", "-1", "٣", "9" * 30, "7"):
        for verb in ("version", "place", "undo"):
            assert organiser.post(page, {verb: f"{row.pk}:{number}"}).status_code in (302, 404), (verb, number)
    assert kept() == ["Une"]


def test_themes_written_two_ways_are_one_and_too_many_are_refused_with_what_was_typed(organiser, page, morning):
    row = add(morning.session.gathering, "Une")
    box = f"phrase-{row.pk}"
    sent = {
        "save": str(row.pk),
        f"{box}-text": "Une",
        f"{box}-seen": "1",
        f"{box}-themes": "jeunesse, JEUNESSE ; parole",
    }
    assert organiser.post(page, sent).status_code == 302
    assert [theme.name for theme in row.themes.all()] == ["jeunesse", "parole"]
    answer = organiser.post(page, sent | {f"{box}-themes": "a,b,c,d,e,f,g,h,i", f"{box}-seen": "2"})
    assert answer.status_code == 422
    assert "a,b,c,d,e,f,g,h,i" in answer.content.decode()
    assert "Au plus 8 thèmes" in answer.content.decode()


def test_the_desk_asks_no_more_of_the_database_for_more_sentences(
    organiser, page, morning, django_assert_max_num_queries
):
    for number in range(3):
        add(morning.session.gathering, f"Phrase {number}", morning.session.workshop)
    organiser.get(page)
    with django_assert_max_num_queries(30) as three:
        organiser.get(page)
    for number in range(7):
        add(morning.session.gathering, f"Autre {number}", morning.session.workshop)
    with django_assert_max_num_queries(len(three)):
        assert organiser.get(page).content.decode().count('name="remove"') == 10


def test_progress_says_what_is_kept_and_what_lacks(organiser, page, morning):
    assert "Aucune phrase gardée, 1\u00a0atelier sans rien" in organiser.get(page).content.decode()
    add(morning.session.gathering, "Une", morning.session.workshop)
    shown = organiser.get(page).content.decode()
    assert "1\u00a0phrase gardée" in shown
    assert "sans rien" not in shown


def test_figures_are_kept_as_such(organiser, page, morning):
    morning.do(morning.lead, "back", **{"from": "a_retenir", "to": "criteres"})
    for person in morning.people:
        morning.do(person, "answer", stage="criteres", question="but", value="1")
    morning.do(morning.lead, "reveal", step="criteres")
    shown = organiser.get(page).content.decode()
    assert "1\u00a0résultat en chiffres" in shown
    organiser.post(page, {"keep": f"{morning.session.pk}/form:criteres:but"})
    row = Takeaway.objects.get()
    assert row.origin == TakeawayOrigin.FIGURES
    assert "4 réponses en tout" in row.text


# --- what is not settled ----------------------------------------------------------------------------------------------


def test_not_settled_is_marked_by_a_button_undone_and_brought_back_by_a_version(organiser, page, morning):
    row = add(morning.session.gathering, "Qui décide du calendrier ?", morning.session.workshop)
    answer = organiser.post(page, {"unsettled": row.pk}, follow=True)
    row.refresh_from_db()
    assert row.unsettled
    shown = answer.content.decode()
    assert ">non tranché<" in shown
    assert "Annuler ce geste" in shown
    organiser.post(page, {"undo": f"{row.pk}:{row.version}"})
    row.refresh_from_db()
    assert not row.unsettled
    organiser.post(page, {"version": f"{row.pk}:2"})
    row.refresh_from_db()
    assert row.unsettled
    for _press in range(2):
        organiser.post(page, {"settled": row.pk})
    row.refresh_from_db()
    assert (row.unsettled, row.version) == (False, 5)


def test_not_settled_is_told_apart_in_the_report_and_said_on_the_page_the_letter_and_in_the_archive(morning):
    gathering = morning.session.gathering
    add(gathering, "On se revoit en mars.")
    row = mark_unsettled(takeaway=add(gathering, "Qui décide ?"), unsettled=True, by="Ana")
    blocks = describe_summary(gathering).blocks
    said = {}
    for block in blocks:
        if isinstance(block, Heading):
            said[block.text] = heading = []
        elif isinstance(block, Items):
            heading += block.items
    assert said["Ce qui n’est pas tranché"] == ["Qui décide\u202f? (en plénière)"]
    assert said["Ce qui a été retenu, et dans quel atelier"] == ["On se revoit en mars."]
    publish_remains(gathering=gathering, shown=True, by="Ana")
    page = reverse("gatherings:public", args=[gathering.space.slug, gathering.slug])
    assert Client().get(page).content.decode().count(">non tranché<") == 1
    body = letter_of(gathering, first_name="Amel", own_link="", base="")[1]
    assert "(non tranché)" in body.split("\n")[[row.text[:10] in line for line in body.split("\n")].index(True)]
    rows = {line["texte"]: line["non_tranche"] for line in BY_NAME["a-retenir"].rows(Contents(gathering))}
    assert rows == {"On se revoit en mars.": False, "Qui décide ?": True}


# --- at the very same moment ------------------------------------------------------------------------------------------


def test_two_presses_at_once_keep_a_card_once_and_two_texts_at_once_lose_neither(morning):
    gathering, workshop = morning.session.gathering, morning.session.workshop
    things = find_gleaned(gathering, [morning.pin(0, "Commencer petit.")])

    def keep():
        keep_gleaned(gathering=gathering, workshop=workshop, gleaned=things, text="Commencer petit.", by="Ana")

    assert at_once(keep, keep) == []
    row = Takeaway.objects.get()
    texts = ["Celle d’Ana", "Celle de Bo"]
    refused = at_once(*(lambda text=text: rewrite(row, text, row.version, workshop=workshop) for text in texts))
    assert [type(error) for error in refused] == [ChangedMeanwhile]
    assert Takeaway.objects.get().text in texts


def test_sentences_added_and_moved_at_once_keep_an_order_of_their_own(morning):
    gathering = morning.session.gathering
    rows = [add(gathering, text) for text in "ABC"]
    moves = [lambda row=row: place_takeaway(takeaway=row, place=0, by="Ana") for row in rows[1:]]
    assert at_once(*moves, lambda: add(gathering, "D")) == []
    assert sorted(kept()) == ["A", "B", "C", "D"]
