import pytest

from maillage.territories.importing import Imported
from maillage.territories.models import Commune, Department, Epci, Qpv, Region
from maillage.territories.queries import PlaceNotFound, find_commune, find_epci, find_qpv
from maillage.territories.services import UnknownRegion, load_territories

pytestmark = pytest.mark.django_db


def everything() -> list[object]:
    return [
        list(Region.objects.order_by("pk").values_list()),
        list(Department.objects.order_by("pk").values_list()),
        list(Epci.objects.order_by("pk").values_list()),
        list(Commune.objects.order_by("pk").values_list()),
        list(Qpv.objects.order_by("pk").values_list()),
        list(Qpv.communes.through.objects.order_by("qpv", "commune").values_list("qpv", "commune")),
    ]


def test_loading_grand_est_makes_every_row_and_a_second_time_changes_nothing(django_assert_max_num_queries):
    with django_assert_max_num_queries(100):  # never a row at a time
        assert load_territories() == Imported(
            regions=1, departments=10, epcis=151, communes=5115, qpvs=123, landmarks=291, outlines=0
        )
    first = everything()
    assert [len(rows) for rows in first[:5]] == [1, 10, 151, 5115, 123]
    load_territories()
    assert everything() == first


def test_loading_again_repairs_a_name_that_was_changed(grand_est):
    Commune.objects.filter(insee="54526").update(name="Tombelaine")
    load_territories()
    assert Commune.objects.get(insee="54526").name == "Tomblaine"


def test_a_region_that_is_not_shipped_is_refused_by_name():
    with pytest.raises(UnknownRegion) as refusal:
        load_territories(region="11")
    assert refusal.value.sentence == ("La région « 11 » n’est pas livrée ; celles qui le sont : Grand Est (44).")


@pytest.mark.parametrize(
    ("text", "insee"),
    [
        ("54526", "54526"),
        ("Tomblaine", "54526"),
        ("  la chapelle   saint luc ", "10081"),
        ("VANDOEUVRE-LES-NANCY", "54547"),
    ],
)
def test_a_commune_is_found_by_code_or_by_name_whatever_its_accents(grand_est, text, insee):
    assert find_commune(text).insee == insee


def test_a_commune_mistyped_is_not_guessed_but_its_neighbours_are_named(grand_est):
    with pytest.raises(PlaceNotFound) as refusal:
        find_commune("Tomblène")
    assert "commune « Tomblène » : nom inconnu" in refusal.value.sentence
    assert "Tomblaine (54526, Meurthe-et-Moselle)" in refusal.value.nearest


def test_namesakes_are_ambiguous_until_the_department_tells_them_apart(grand_est):
    names = Commune.objects.values_list("name", flat=True)
    twice = next(name for name in names if Commune.objects.filter(name=name).count() == 2)
    one, other = Commune.objects.filter(name=twice)
    with pytest.raises(PlaceNotFound) as refusal:
        find_commune(twice)
    assert refusal.value.ambiguous
    assert len(refusal.value.nearest) == 2
    assert find_commune(twice, department=one.department_id) == one
    assert find_commune(twice, department=other.department_id) == other


def test_an_intercommunalite_and_a_quartier_are_found_whatever_their_dashes(grand_est):
    assert find_epci("CC des Portes de Romilly-sur-Seine").name == "CC des Portes de Romilly sur Seine"
    assert find_qpv("Chantereigne Montvilliers Beau Toquat").name == "Chantereigne Montvilliers Beau-Toquat"


def test_part_of_a_name_is_proposed_not_taken(grand_est):
    with pytest.raises(PlaceNotFound) as refusal:
        find_epci("Forbach Porte de France")
    assert refusal.value.nearest[0].startswith("CA de Forbach Porte de France (")
    with pytest.raises(PlaceNotFound):
        find_qpv("Beau-Toquat")


def test_a_name_like_nothing_says_so(grand_est):
    with pytest.raises(PlaceNotFound) as refusal:
        find_epci("zzzz")
    assert refusal.value.sentence == "intercommunalité « zzzz » : nom inconnu, et aucun nom proche"
