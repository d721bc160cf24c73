"""All the papers of a day: in the programme's order, for those who lead its rooms."""

import datetime as dt
import io

import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Slot, Workshop
from maillage.people.enums import SpaceRole
from maillage.people.models import Space, User
from maillage.people.services import give_right
from maillage.reports.day_pack import day_pack_facts, make_day_pack


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture
def prepared(day):
    """The afternoon has two methods; the morning comes first though it was written last."""
    Workshop.objects.filter(title="Co-développement").update(method="codev")
    Workshop.objects.filter(title="Anarchaise").update(method="inconnue")
    Slot.objects.filter(gathering=day).update(position=5, starts_at=dt.time(14), ends_at=dt.time(15))
    morning = Slot.objects.create(gathering=day, position=2, kind=SlotKind.WORKSHOPS, title="Le matin")
    Workshop.objects.create(slot=morning, position=1, number=1, title="La place des absents", method="chaise-vide")
    Workshop.objects.create(slot=morning, position=2, title="Sans méthode")
    return day


def test_each_workshop_has_its_title_room_time_and_sheets_in_the_order_of_the_day(prepared) -> None:
    first, *rest = pages(make_day_pack(prepared))
    for told in ("Le dossier papier", "1. La place des absents", "pas de méthode choisie", "méthode sans fichier"):
        assert told in first
    heads = [page for page in rest if "Ce qu’il faut" in page]
    assert ["La place des absents" in heads[0], "Co-développement · Salle Chardon" in heads[1]] == [True, True]
    assert "14 h 00 – 15 h 00" in heads[1].replace("\u00a0", " ")
    assert len(heads) == 2
    begins = rest.index(heads[1]) + 2
    signs = 4  # at the end, one a workshop
    assert f"{begins} à {len(rest) + 1 - signs}" in first  # the programme says where a room's sheets are
    assert f"à partir de la page {len(rest) + 2 - signs}" in first
    assert ["Salle Chardon" in page for page in rest[-signs:]] == [False, False, True, False]
    assert all(page.strip() for page in rest)


def test_every_sheet_of_a_room_says_whose_it_is_and_its_page_cards_to_cut_too(prepared) -> None:
    printed = [page.replace("\u00a0", " ") for page in pages(make_day_pack(prepared))]
    first = next(number for number, page in enumerate(printed) if "Co-développement · Salle Chardon" in page)
    sheets = printed[first:-4]  # the signs are at the end
    assert sum("Cartes à découper" in page for page in sheets) > 1
    for number, page in enumerate(sheets, first + 1):
        assert "Co-développement · Salle Chardon · 14 h 00 – 15 h 00" in page
        assert "Co-développement · Feuille d’animation · Co-développement" not in page  # the title is said once
        assert f"{number} / {len(printed)}" in page


def test_a_day_without_workshops_prints_its_programme_alone(day) -> None:
    Workshop.objects.all().delete()
    (page,) = pages(make_day_pack(day))
    assert "Testons les coopérations" in page


def test_papers_have_the_length_the_programme_chose(prepared) -> None:
    Workshop.objects.filter(method="codev").update(preset="flash")
    papers = next(one for one in day_pack_facts(prepared)["workshops"] if "Co-développement" in one["title"])
    assert papers["method"]["about"][0] == ["Durée", "45\u00a0min (Flash, 45 minutes)"]


def test_one_method_in_many_rooms_is_read_once(prepared) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            day_pack_facts(prepared)
        return len(captured)

    before = queries()
    for position in (7, 8, 9):
        Workshop.objects.create(
            slot=prepared.slots.get(title="Le matin"), position=position, title=f"Salle {position}", method="codev"
        )
    assert queries() == before


def test_organisers_and_facilitators_find_and_print_it_others_do_not(prepared) -> None:
    url = f"/rencontres/{prepared.pk}/dossier-papier.pdf"

    def client(role: str, space: Space) -> Client:
        user = User.objects.create_user(f"{role}-{space.slug}@exemple.invalid")
        give_right(user=user, space=space, role=role, by="test")
        signed_in = Client()
        signed_in.force_login(user)
        return signed_in

    for role in (SpaceRole.ORGANISER, SpaceRole.FACILITATOR):
        visitor = client(role, prepared.space)
        assert url in visitor.get(f"/rencontres/{prepared.pk}/").content.decode()
        answer = visitor.get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    for role in (SpaceRole.DESK, SpaceRole.READER):
        visitor = client(role, prepared.space)
        assert visitor.get(url).status_code == 403
        assert url not in visitor.get(f"/rencontres/{prepared.pk}/").content.decode()
    assert client(SpaceRole.ORGANISER, Space.objects.create(slug="ouest", name="Ouest")).get(url).status_code == 404
    assert Client().get(url).status_code == 302
