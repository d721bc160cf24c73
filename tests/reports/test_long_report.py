"""A report of a thousand pages: it ends, it says where it is, and it is found."""

import io

import pypdf
import pytest

from maillage.gatherings.models import Workshop
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway
from maillage.reports import facts as facts_of
from maillage.reports import long_work
from tests.reports.rooms import debate

WORKSHOPS, SENTENCES, DEBATES = 650, 12, 60


@pytest.mark.long
def test_a_thousand_pages_end_with_their_progress_said(day, monkeypatch):
    slot = day.slots.get()
    rooms = [Workshop(slot=slot, position=n, number=n, title=f"Atelier de parole {n}") for n in range(3, 3 + WORKSHOPS)]
    Workshop.objects.bulk_create(rooms)
    text = "Ce que nous avons compris ensemble, et qui reste vrai une fois rentrés chez nous. " * 5
    Takeaway.objects.bulk_create(
        Takeaway(gathering=day, workshop=room, text=f"{n}. {text}", origin=TakeawayOrigin.ORGANISER, position=n)
        for room in rooms
        for n in range(SENTENCES)
    )
    told = debate()
    stories = {room.pk: told for room in rooms[:DEBATES]}
    monkeypatch.setattr(facts_of, "stories_by_workshop", lambda pk, *, rehearsal: stories)
    said: list[tuple[float, str]] = []
    made = long_work._make(day, "pdf", False, False, lambda percent, words="": not said.append((percent, words)), "fr")
    content = long_work.find_made(made["file"], day.pk)
    assert content is not None
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) >= 1000
    percents = [percent for percent, _words in said]
    assert percents == sorted(percents)
    assert any("On rassemble" in words for _percent, words in said)
    assert any("On met en page" in words for _percent, words in said)


@pytest.mark.parametrize(
    ("language", "says"),
    [("fr", "On rassemble les faits : atelier 2 sur 2."), ("en", "Gathering the facts: workshop 2 of 2.")],
)
def test_the_document_is_in_french_and_its_progress_in_the_language_of_who_waits(day, language, says):
    said: list[str] = []
    made = long_work._make(day, "html", False, False, lambda _percent, words="": not said.append(words), language)
    content = long_work.find_made(made["file"], day.pk)
    assert content is not None
    assert b'<html lang="fr-FR">' in content
    assert says in [words.replace("\u00a0", " ").replace("\u202f", " ") for words in said]
