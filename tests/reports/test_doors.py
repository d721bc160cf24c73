"""Signs of the rooms and lists of their doors: what hangs on the wall says where, and never what somebody needs."""

import datetime as dt
import io

import pypdf
import pytest
from django.test import Client

from maillage.gatherings.models import Room, Slot, Workshop
from maillage.live.enums import SessionStatus
from maillage.live.models import Session
from maillage.methods.models import MethodVersion
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from maillage.plans.models import Placement
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration
from maillage.reports.day_pack import make_day_pack
from maillage.reports.doors import door_lists_of, make_door_lists, make_signs, signs_of

BASE = "https://maillage.exemple.invalid"


def pages(pdf: bytes) -> list[str]:
    read = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [" ".join(page.extract_text().split()).replace("\u00a0", " ").replace("\u202f", " ") for page in read]


def open_session(workshop: Workshop, **fields: object) -> Session:
    return Session.objects.create(
        gathering=workshop.slot.gathering,
        workshop=workshop,
        method_version=MethodVersion.objects.get_or_create(method="codev", version=1, title="Codev")[0],
        erase_at=dt.datetime(2030, 1, 1, tzinfo=dt.UTC),
        **fields,
    )


def test_each_workshop_has_one_page_with_its_room_hour_colour_and_shape(day):
    Slot.objects.filter(gathering=day).update(starts_at=dt.time(14), ends_at=dt.time(15))
    Room.objects.filter(gathering=day).update(
        name=("Amphithéâtre départemental de la maison des sports " * 2).strip()[:100]
    )
    Workshop.objects.filter(title="Co-développement").update(title="Chercher des réponses à l’isolement " * 5)

    first, second = pages(make_signs(day))
    for told in ("Testons les coopérations · 14 h 00 – 15 h 00", "Amphithéâtre", "rond bleu"):
        assert told in first
    assert "Anarchaise" in second
    assert "triangle jaune" in second
    assert "tapez le code" not in first + second


def test_a_sign_has_the_way_in_while_its_session_is_open_and_the_address_is_known(day):
    codev, chairs = Workshop.objects.filter(slot__gathering=day)
    session = open_session(codev, join_code="KAVU72", facilitator_code="AAAABBBBCCCC")
    open_session(chairs, join_code="BEBE23", facilitator_code="DDDDBBBBCCCC", rehearsal=True)

    assert "tapez le code KAVU 72 sur maillage.exemple.invalid" in pages(make_signs(day, BASE))[0]
    assert [bool(sign["qr"]) for sign in signs_of(day, BASE)] == [True, False]
    assert [bool(sign["qr"]) for sign in signs_of(day)] == [False, False]
    Session.objects.filter(pk=session.pk).update(status=SessionStatus.CLOSED)
    assert [bool(sign["qr"]) for sign in signs_of(day, BASE)] == [False, False]


def test_a_door_lists_who_is_expected_by_the_alphabet_and_no_need(day):
    rows = Registration.objects.filter(gathering=day).select_related("person").order_by("person__last_name")
    for row, name in zip(rows, ("Zola", "Émile", "Abel"), strict=True):
        row.person.last_name = name
        row.person.save()
    (listed,) = door_lists_of(day)
    assert [person["last_name"] for person in listed["people"]] == ["Abel", "Émile", "Zola"]

    (page,) = pages(make_door_lists(day))
    assert "Zola Prénomcanari0, table 1" in page
    assert "3 personnes attendues" in page
    for hidden in ("besoincanari", "canari0@", "06 00", "premier choix"):
        assert hidden not in page

    Registration.objects.filter(pk=rows[0].pk).update(presence=Presence.ABSENT)
    Registration.objects.filter(pk=rows[1].pk).update(status=RegistrationStatus.CANCELLED)
    assert [len(listed["people"]) for listed in door_lists_of(day)] == [1]
    Placement.objects.all().delete()
    assert door_lists_of(day) == []
    assert "Rien à imprimer" in pages(make_door_lists(day))[0]


@pytest.mark.parametrize(
    ("role", "signs", "lists", "named"),
    [
        (SpaceRole.ORGANISER, 200, 200, True),
        (SpaceRole.FACILITATOR, 200, 403, False),
        (SpaceRole.DESK, 403, 200, None),
        (SpaceRole.READER, 403, 403, None),
    ],
)
def test_names_are_for_those_who_welcome_and_each_finds_their_papers(day, role, signs, lists, named):
    user = User.objects.create_user("quelqu.un@exemple.invalid")
    give_right(user=user, space=day.space, role=role, by="test")
    visitor = Client()
    visitor.force_login(user)
    page = visitor.get(f"/rencontres/{day.pk}/").content.decode()
    for name, status in (("affiches", signs), ("listes-des-portes", lists)):
        url = f"/rencontres/{day.pk}/{name}.pdf"
        assert visitor.get(url).status_code == status
        assert (url in page) == (status == 200)
    pack = visitor.get(f"/rencontres/{day.pk}/dossier-papier.pdf")
    assert named is None or any("Nomcanari0" in page for page in pages(pack.content)) is named


def test_the_day_pack_ends_with_the_signs_then_the_lists_for_who_may_read_them(day):
    (*_signs, last) = pages(make_day_pack(day, names=True))
    assert "Nomcanari2 Prénomcanari2" in last
    assert not any("Nomcanari" in page for page in pages(make_day_pack(day)))
