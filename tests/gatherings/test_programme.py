"""Building a programme through its forms, and what clashes in it."""

import datetime

import pytest
from django.urls import reverse

from maillage.gatherings.clashes import find_clashes
from maillage.gatherings.models import Facilitator, Gathering, Room, Slot, Speaker, Workshop
from maillage.gatherings.queries import method_titles, programme_of
from maillage.gatherings.services import (
    SpeakerWords,
    add_room,
    add_slot,
    add_workshop,
    copy_gathering,
    make_gathering,
    move_part,
    set_facilitators,
    set_speakers,
)
from maillage.memory.models import Takeaway
from maillage.methods.models import MethodVersion
from maillage.people.services import make_space

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, organiser, day):
    client.force_login(organiser)

    def visit(name, *args, data=None):
        address = reverse(f"gatherings:{name}", args=[day.pk, *args])
        return client.get(address) if data is None else client.post(address, data)

    return visit


def text(response) -> str:
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\u00a0", " ").split())


def sentences(gathering: Gathering) -> list[str]:
    return [clash.sentence for clash in find_clashes(programme_of(gathering))]


# -- forms ---------------------------------------------------------------------------------------------------------


def test_a_moment_is_added_at_the_end_with_who_speaks(page, day):
    answer = page(
        "new-slot",
        data={
            "kind": "plenary",
            "title": "Mot de la fin",
            "starts_at": "16:30",
            "ends_at": "16:45",
            "speakers": "Zoé FONTIER ; Chargée de mission ; SGARE\n\nORIV\n ; ; Réseau DSU",
        },
    )
    slot = day.slots.last()
    assert answer["Location"].endswith(f"/programme/#moment-{slot.pk}")
    assert (slot.title, slot.position, slot.starts_at) == ("Mot de la fin", 10, datetime.time(16, 30))
    assert [(s.name, s.role, s.organisation) for s in slot.speakers.all()] == [
        ("Zoé FONTIER", "Chargée de mission", "SGARE"),
        ("ORIV", "", ""),
        ("", "", "Réseau DSU"),
    ]
    assert "16 h 30 – 16 h 45" in text(page("programme"))


@pytest.mark.parametrize(
    ("method", "said", "kept"),
    [("codev", "", "peers"), ("pot-du-quartier", "", "mixed"), ("", "", "mixed"), ("codev", "free", "free")],
)
def test_the_tables_of_a_new_workshop_are_composed_as_its_method_asks(page, day, method, said, kept):
    slot = day.slots.get(title="Testons les coopérations")
    page("new-workshop", slot.pk, data={"title": "Débat mouvant", "method": method, "compose": said})
    assert Workshop.objects.get(title="Débat mouvant").compose == kept


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "Ce champ est obligatoire."),
        ({"starts_at": "11:00", "ends_at": "10:00"}, "La fin vient après le début."),
        ({"ends_at": "10:00"}, "Une fin sans début"),
        ({"starts_at": "25:00"}, "Saisissez une heure valide."),
        ({"speakers": "a ; b ; c ; d"}, "au plus deux points-virgules"),
        ({"speakers": "x" * 151}, "dépasse 150 caractères"),
        ({"kind": "party"}, "party"),
    ],
)
def test_a_wrong_moment_is_refused_in_words_and_keeps_what_was_typed(page, day, wrong, sentence):
    answer = page("new-slot", data={"kind": "plenary", "title": "Un titre tapé", "speakers": "Qui parle"} | wrong)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert wrong.get("title", "Un titre tapé") in text(answer)
    assert wrong.get("speakers", "Qui parle") in text(answer)
    assert day.slots.count() == 9


def test_opening_and_saving_a_moment_or_a_workshop_changes_nothing(page, day):
    for name, rows in (("slot", day.slots.all()), ("workshop", Workshop.objects.all()), ("room", day.rooms.all())):
        for row in rows:
            form = page(name, row.pk).context["form"]
            data = {n: form[n].value() for n in form.fields}
            answer = page(name, row.pk, data={n: v for n, v in data.items() if v not in (None, False)})
            assert answer.status_code == 302, answer.context["form"].errors
    from maillage.config.importing import import_gatherings
    from tests.gatherings.conftest import ASSUMPTIONS, DAYS

    report = import_gatherings(DAYS, filename="x.toml", assumptions=ASSUMPTIONS, by="test")
    assert (report.changed, report.changes.kept) == (False, [])
    assert Workshop.objects.filter(method_proposed=True).count() == 4
    assert Speaker.objects.count() == 11
    assert Facilitator.objects.count() == 7


def test_a_workshop_is_added_with_its_people_room_and_place(page, day):
    slot = day.slots.get(title="Testons les coopérations")
    room = Room.objects.get(name="Salle Gruber")
    answer = page(
        "new-workshop",
        slot.pk,
        data={
            "title": "Débat mouvant",
            "room": room.pk,
            "colour": "vert",
            "compose": "mixed",
            "commune": "Tomblaine",
            "max_people": "30",
            "facilitators": "Ana\nBob",
            "speakers": "",
        },
    )
    workshop = Workshop.objects.get(title="Débat mouvant")
    assert answer.status_code == 302
    assert (workshop.position, workshop.room, workshop.commune_id, workshop.sizes_assumed) == (5, room, "54526", False)
    assert [f.name for f in workshop.facilitators.all()] == ["Ana", "Bob"]
    assert "La salle « Salle Gruber » sert en même temps à « Serious Game » et « Débat mouvant »." in text(
        page("programme")
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"min_people": "20", "max_people": "10"}, "Le nombre de places est plus petit que le minimum."),
        ({"table_min": "6", "table_max": "4"}, "La plus grande table est plus petite que la plus petite."),
        ({"max_people": "-3"}, "supérieure ou égale à 0"),
        ({"room": "999999"}, "ne fait pas partie de ceux disponibles"),
        ({"qpv": "Beau Toquat"}, "Chantereigne Montvilliers Beau-Toquat (QN01001M, Metz Métropole)"),
        ({"facilitators": "x" * 151}, "on en attend au plus 150"),
    ],
)
def test_a_wrong_workshop_is_refused_in_words(page, day, wrong, sentence):
    slot = day.slots.get(title="Testons les coopérations")
    answer = page("new-workshop", slot.pk, data={"title": "Débat mouvant", "compose": "mixed"} | wrong)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Workshop.objects.filter(title="Débat mouvant").exists()


def test_a_workshop_belongs_to_a_moment_of_workshops(page, day):
    assert page("new-workshop", day.slots.get(title="Clôture").pk).status_code == 404


def test_choosing_a_method_makes_it_no_longer_only_proposed(page, day):
    workshop = Workshop.objects.get(number=1)
    page("workshop", workshop.pk, data={"title": workshop.title, "compose": "mixed", "method": ""})
    workshop.refresh_from_db()
    assert (workshop.method, workshop.method_proposed) == ("", False)


def test_the_length_of_a_workshop_is_one_of_its_method(page, day):
    workshop = Workshop.objects.get(method="codev", slot__gathering=day)
    facts = {"title": workshop.title, "compose": "peers", "method": "codev"}
    assert page("workshop", workshop.pk, data=facts | {"preset": "codev:flash"}).status_code == 302
    workshop.refresh_from_db()
    assert workshop.preset == "flash"
    assert "Co-développement · Flash, 45 minutes" in text(page("programme"))
    assert 'value="codev:flash" selected' in page("workshop", workshop.pk).content.decode()

    answer = page("workshop", workshop.pk, data=facts | {"preset": "coop-ou-pas-coop:vif"})
    assert answer.status_code == 422
    assert "est la durée d’une autre méthode." in text(answer)
    assert page("workshop", workshop.pk, data=facts | {"preset": "codev:nuit"}).status_code == 422

    # the method changes: the length that went with the other one goes with it
    change = {"method": "coop-ou-pas-coop", "preset": "codev:flash"}
    assert page("workshop", workshop.pk, data=facts | change).status_code == 302
    workshop.refresh_from_db()
    assert (workshop.method, workshop.preset) == ("coop-ou-pas-coop", "")


def test_a_room_is_entered_once_whatever_its_accents(page, day):
    answer = page("new-room", data={"name": "  salle  MYRTILLES ", "capacity": "20", "step_free": "true"})
    assert answer.status_code == 422
    assert "Une salle porte déjà ce nom." in text(answer)
    assert page("new-room", data={"name": "Hall", "capacity": "20", "step_free": "true"}).status_code == 302
    assert Room.objects.filter(name="Hall", capacity=20, capacity_assumed=False, step_free=True).count() == 1


def test_removing_asks_first_and_says_what_goes_with_it(page, day):
    workshop = Workshop.objects.get(title="Anarchaise")
    asked = page("remove-workshop", workshop.pk)
    assert "Les vœux, les places et les séances de cet atelier disparaissent avec lui." in text(asked)
    assert Workshop.objects.filter(pk=workshop.pk).exists()
    assert page("remove-workshop", workshop.pk, data={}).status_code == 302
    assert not Workshop.objects.filter(pk=workshop.pk).exists()
    room = Room.objects.get(name="Salle Chardon")
    page("remove-room", room.pk, data={})
    assert Workshop.objects.get(title="Co-développement").room is None


def test_moving_changes_places_with_the_neighbour_and_stops_at_the_ends(page, day):
    def titles() -> list[str]:
        return list(Slot.objects.filter(gathering=day).values_list("title", flat=True))

    first, second = day.slots.all()[:2]
    order = titles()
    page("move-slot", first.pk, data={"to": "up"})
    assert titles() == order
    page("move-slot", second.pk, data={"to": "up"})
    assert titles() == [order[1], order[0], *order[2:]]
    last = Workshop.objects.get(title="Serious Game")
    move_part(part=last, up=False, by="test")
    move_part(part=last, up=True, by="test")
    assert list(last.slot.workshops.values_list("title", "position")) == [
        ("Co-développement", 1),
        ("Coop ou pas coop", 2),
        ("Serious Game", 3),
        ("Anarchaise", 4),
    ]


# -- clashes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def bare(day) -> Gathering:
    return make_gathering(space=day.space, title="Essai", kind="other", by="test")


def hour(number: int, minute: int = 0) -> datetime.time:
    return datetime.time(number, minute)


def test_the_real_day_has_no_clash(day):
    assert sentences(day) == []


def test_one_room_for_two_workshops_at_once_is_a_clash_and_one_after_the_other_is_not(bare):
    room = add_room(gathering=bare, name="Chardon", by="test")
    morning = add_slot(gathering=bare, kind="workshops", title="Matin", by="test")
    evening = add_slot(gathering=bare, kind="workshops", title="Soir", by="test")
    add_workshop(slot=morning, title="A", room=room, by="test")
    add_workshop(slot=evening, title="B", room=room, by="test")
    assert sentences(bare) == []
    add_workshop(slot=morning, title="C", room=room, by="test")
    assert sentences(bare) == ["La salle « Chardon » sert en même temps à « A » et « C »."]


def test_one_person_expected_twice_at_once_is_a_clash_whatever_the_accents(bare):
    slot = add_slot(gathering=bare, kind="workshops", title="Matin", by="test")
    a = add_workshop(slot=slot, title="A", by="test")
    b = add_workshop(slot=slot, title="B", by="test")
    set_facilitators(workshop=a, names=["Émilie", "Johan"])
    set_speakers(slot=slot, workshop=b, speakers=[SpeakerWords(name="EMILIE")])
    assert sentences(bare) == ["Émilie est attendu·e en même temps dans « A » et « B »."]


def test_two_facilitators_of_one_workshop_are_no_clash(bare):
    slot = add_slot(gathering=bare, kind="workshops", title="Matin", by="test")
    a = add_workshop(slot=slot, title="A", by="test")
    set_facilitators(workshop=a, names=["Émilie"])
    set_speakers(slot=slot, workshop=a, speakers=[SpeakerWords(name="Émilie"), SpeakerWords(organisation="ORIV")])
    assert sentences(bare) == []


def test_a_workshop_larger_than_its_room_is_a_clash_and_as_large_is_not(bare):
    room = add_room(gathering=bare, name="Chardon", capacity=42, by="test")
    slot = add_slot(gathering=bare, kind="workshops", title="Matin", by="test")
    workshop = add_workshop(slot=slot, title="A", room=room, max_people=42, by="test")
    assert sentences(bare) == []
    workshop.max_people = 43
    workshop.save()
    assert sentences(bare) == ["« A » peut accueillir 43 personnes, la salle « Chardon » en tient 42."]


def test_moments_whose_times_overlap_are_a_clash_and_so_are_their_rooms(bare):
    room = add_room(gathering=bare, name="Chardon", by="test")
    one = add_slot(gathering=bare, kind="workshops", title="Un", starts_at=hour(9), ends_at=hour(10, 30), by="test")
    two = add_slot(gathering=bare, kind="workshops", title="Deux", starts_at=hour(10), ends_at=hour(11), by="test")
    add_slot(gathering=bare, kind="break", title="Pause", starts_at=hour(11), ends_at=hour(12), by="test")
    add_slot(gathering=bare, kind="plenary", title="Sans heure", by="test")
    assert sentences(bare) == ["« Un » finit à 10:30 alors que « Deux » commence à 10:00."]
    add_workshop(slot=one, title="A", room=room, by="test")
    add_workshop(slot=two, title="B", room=room, by="test")
    assert sentences(bare)[1:] == ["La salle « Chardon » sert en même temps à « A » et « B »."]


# -- copy ----------------------------------------------------------------------------------------------------------


def test_a_copy_takes_the_programme_and_leaves_people_and_what_was_kept(day):
    Takeaway.objects.create(gathering=day, text="Une phrase", origin="organiser")
    copy = copy_gathering(gathering=day, title="3e journée", date=datetime.date(2026, 10, 1), by="Zoé")
    assert (copy.slug, copy.public, copy.copied_from, copy.subtitle) == ("3e-journee", False, day, "")
    assert copy.objectives == day.objectives

    def outline(gathering: Gathering) -> list[object]:
        return [
            (
                slot.kind,
                slot.title,
                [str(s) for s in slot.speakers.all() if s.workshop_id is None],
                [
                    (
                        (w.title, str(w.room), w.colour, w.method, w.max_people, w.table_max, w.compose),
                        w.sizes_assumed,
                        [str(f) for f in w.facilitators.all()],
                        [str(s) for s in w.speakers.all()],
                    )
                    for w in slot.workshops.all()
                ],
            )
            for slot in programme_of(gathering)
        ]

    assert outline(copy) == outline(day)
    assert list(copy.rooms.values_list("name", "capacity")) == list(day.rooms.values_list("name", "capacity"))
    assert {w.room.gathering_id for slot in copy.slots.all() for w in slot.workshops.all()} == {copy.pk}
    assert not copy.takeaways.exists()
    assert not copy.registrations.exists()


def test_a_second_copy_of_the_same_title_gets_another_short_name(day):
    slugs = [copy_gathering(gathering=day, title="JR 2025", date=d, by="Zoé").slug for d in (None, None)]
    assert slugs == ["jr-2025-2", "jr-2025-3"]
    dated = copy_gathering(gathering=day, title="JR 2025", date=datetime.date(2026, 1, 1), by="Zoé")
    assert dated.slug == "jr-2025-2026"


def test_a_method_without_a_file_has_a_readable_name_and_says_so(client, organiser, day):
    Workshop.objects.filter(title="Anarchaise").update(method="le-cercle-des-amis")
    client.force_login(organiser)

    page = text(client.get(reverse("gatherings:programme", args=[day.pk])))

    assert "Le cercle des amis" in page
    assert "méthode sans fiche" in page
    assert "le-cercle-des-amis" not in page


def test_the_methods_of_this_release_are_offered_where_nobody_imported_anything(db):
    space = make_space(slug="neuf", name="Neuf", by="test")
    assert not MethodVersion.objects.exists()
    assert method_titles(space)["codev"] == "Co-développement"
