"""What a stage asks or deals, changed by forms: the texts that an organiser wants their own, without a line of TOML."""

import pytest
from django.test import Client

from facilitation import shipped_methods
from maillage.methods import editing
from maillage.methods.activity_forms import DeckForm, PollForm, QuestionsForm, form_of, polls_with
from maillage.methods.queries import find_method
from maillage.people.models import Space, User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db

COOP = "/methodes/est/coop-ou-pas-coop/modifier"


@pytest.fixture
def space() -> Space:
    return Space.objects.create(slug="est", name="Réseau de l’Est")


@pytest.fixture
def organiser(space) -> Client:
    user = User.objects.create_user("organiser@exemple.invalid")
    give_right(user=user, space=space, role="organiser", by="test")
    client = Client()
    client.force_login(user)
    return client


def _as_shown(form) -> dict[str, object]:
    """What a browser sends back when nothing was touched."""
    values = {name: field.initial for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value not in (None, False)}


@pytest.mark.parametrize("id_", sorted(shipped_methods()))
def test_every_text_of_a_shipped_method_has_a_form_that_changes_nothing_by_itself(organiser, space, id_) -> None:
    method = shipped_methods()[id_]
    for stage in method.stages.values():
        form_class = form_of(stage)
        address = f"/methodes/est/{id_}/modifier/etapes/{stage.id}/activite/"
        assert organiser.get(address).status_code == (200 if form_class else 404), address
        if form_class is None:
            continue
        shown = _as_shown(form_class(stage=stage))
        form = form_class(shown, stage=stage)
        assert form.is_valid(), (stage.id, form.errors)
        if isinstance(form, PollForm):
            again = editing.change_poll(method.source, [stage.id], form.cleaned_data["question"], form.options)
        elif isinstance(form, QuestionsForm):
            again = editing.change_questions(method.source, stage.id, form.questions)
        else:
            again = editing.change_pot(method.source, stage.id, form.cleaned_data)
        assert again == method.source, stage.id
    for deck in method.decks.values():
        assert organiser.get(f"/methodes/est/{id_}/modifier/jeux/{deck.id}/").status_code == 200
        form = DeckForm(_as_shown(DeckForm(deck=deck)), deck=deck)
        assert form.is_valid(), form.errors
        assert editing.change_deck(method.source, deck.id, {**form.cleaned_data, "cards": form.cards}) == method.source
    for mark in method.marks.values():
        assert organiser.get(f"/methodes/est/{id_}/modifier/marques/{mark.id}/").status_code == 200


def test_an_organiser_writes_their_own_situations(organiser, space) -> None:
    deck = shipped_methods()["coop-ou-pas-coop"].decks["situations"]
    sent = _as_shown(DeckForm(deck=deck))
    sent |= {
        "minibus-title": "",
        "minibus-text": "",  # taken away
        "consulter-text": "La mairie consulte 300 habitants, puis décide.",
        "+1-title": "Le jardin",
        "+1-text": "Un bailleur prête un terrain, des habitants le cultivent.",
    }
    assert organiser.post(f"{COOP}/jeux/situations/", sent).status_code == 302

    cards = {card.id: card.text for card in find_method(space, "coop-ou-pas-coop").method.decks["situations"].cards}
    assert "minibus" not in cards
    assert cards["consulter"] == "La mairie consulte 300 habitants, puis décide."
    assert list(cards)[-1] == "le_jardin"
    assert len(cards) == 12


def test_a_deck_that_is_refused_says_why_and_keeps_what_was_typed(organiser, space) -> None:
    deck = shipped_methods()["coop-ou-pas-coop"].decks["situations"]
    sent = _as_shown(DeckForm(deck=deck)) | {"draw": 40, "+1-title": "Le jardin"}
    answer = organiser.post(f"{COOP}/jeux/situations/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Écrivez ce qui est lu, ou videz toute la carte." in page
    assert 'value="Le jardin"' in page
    answer = organiser.post(f"{COOP}/jeux/situations/", _as_shown(DeckForm(deck=deck)) | {"draw": 40})
    assert "on ne peut pas en tirer plus" in answer.content.decode()
    assert find_method(space, "coop-ou-pas-coop").own is False


def test_two_votes_that_are_compared_change_their_answers_together(organiser, space) -> None:
    method = shipped_methods()["coop-ou-pas-coop"]
    first, second = (stage for stage in method.stages.values() if stage.activity == "poll")
    assert polls_with(method, first) == polls_with(method, second) == [first.id, second.id]
    page = organiser.get(f"{COOP}/etapes/{first.id}/activite/").content.decode()
    assert f"Les réponses sont aussi celles de : {second.title}." in page.replace("\xa0", " ")

    sent = _as_shown(PollForm(stage=first)) | {"option-depend": "", "option-+1": "Je ne sais pas"}
    assert organiser.post(f"{COOP}/etapes/{first.id}/activite/", sent).status_code == 302

    changed = find_method(space, "coop-ou-pas-coop").method
    for id_ in (first.id, second.id):
        assert [option.label for option in changed.stages[id_].options] == ["Coop", "Pas coop", "Je ne sais pas"]
    assert changed.stages[second.id].question == second.question  # the question stays its own


def test_a_vote_needs_two_answers(organiser, space) -> None:
    stage = next(one for one in shipped_methods()["coop-ou-pas-coop"].stages.values() if one.activity == "poll")
    sent = _as_shown(PollForm(stage=stage)) | {"option-depend": "", "option-pas_coop": ""}
    answer = organiser.post(f"{COOP}/etapes/{stage.id}/activite/", sent)
    assert answer.status_code == 422
    assert "Un vote offre deux réponses au moins." in answer.content.decode()


def test_questions_are_changed_taken_away_and_added(organiser, space) -> None:
    method = shipped_methods()["evaluation"]
    stage = next(one for one in method.stages.values() if one.activity == "form")
    first, second = stage.questions[:2]
    sent = _as_shown(QuestionsForm(stage=stage))
    sent |= {
        f"{first.id}-label": "Cette journée vous aidera-t-elle lundi ?",
        f"{second.id}-label": "",
        "+-label": "Comment êtes-vous venu·e ?",
        "+-type": "choice",
        "+-options": "à pied\nen car\n\nen voiture",
    }
    address = f"/methodes/est/evaluation/modifier/etapes/{stage.id}/activite/"
    assert organiser.post(address, sent | {"+-options": "à pied"}).status_code == 422  # one answer is no choice
    assert organiser.post(address, sent).status_code == 302

    asked = find_method(space, "evaluation").method.stages[stage.id].questions
    assert asked[0].label == "Cette journée vous aidera-t-elle lundi ?"
    assert second.id not in [one.id for one in asked]
    assert [option.label for option in asked[-1].options] == ["à pied", "en car", "en voiture"]


def test_a_pot_whose_figures_would_spoil_the_game_is_refused_in_words(organiser, space) -> None:
    stage = next(one for one in shipped_methods()["pot-du-quartier"].stages.values() if one.activity == "pot")
    address = f"/methodes/est/pot-du-quartier/modifier/etapes/{stage.id}/activite/"
    answer = organiser.post(address, {"tokens": 12, "multiplier": 9})
    assert answer.status_code == 422
    assert stage.title in answer.content.decode()
    assert organiser.post(address, {"tokens": 12, "multiplier": 1.5}).status_code == 302
    kept = find_method(space, "pot-du-quartier").method.stages[stage.id]
    assert (kept.tokens, kept.multiplier) == (12, 1.5)


def test_the_words_of_a_button_on_cards(organiser, space) -> None:
    answer = organiser.post(f"{COOP}/marques/vote/", {"label": "Je la garde", "label_on": "Gardée", "max": 2})
    assert answer.status_code == 302
    mark = find_method(space, "coop-ou-pas-coop").method.marks["vote"]
    assert (mark.label, mark.label_on, mark.max) == ("Je la garde", "Gardée", 2)


def test_a_stage_offers_only_the_rights_its_activity_has_a_use_for(organiser) -> None:
    method = shipped_methods()["coop-ou-pas-coop"]
    for stage in method.stages.values():
        page = organiser.get(f"{COOP}/etapes/{stage.id}/").content.decode()
        assert ('value="answer"' in page) == (stage.activity in ("poll", "form")), stage.id
        assert 'value="give"' not in page
