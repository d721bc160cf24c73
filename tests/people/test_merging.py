"""Two rows that were one become one, and part again as if nothing had been."""

import pytest
from django.forms.models import model_to_dict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from maillage.office.models import Activity
from maillage.people import doubles
from maillage.people.doubles import doubles_of, find_doubles
from maillage.people.enums import TieKind
from maillage.people.merging import FACTS, MergeRefused, merge_organisations, references, undo_merge
from maillage.people.models import Organisation, OrganisationMerge, Person, Space, Tie
from maillage.people.services import find_or_make_organisation, make_space

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return make_space(slug="grand-est", name="Grand Est", by="essai")


def make(space, name, **facts):
    row = find_or_make_organisation(space=space, name=name)
    for column, value in facts.items():
        setattr(row, column, value)
    row.save()
    return row


def everything():
    """All rows that a merge may touch, column by column."""
    models = {Organisation, *(model for model, _column in references())} - {OrganisationMerge}
    return {
        model.__name__: sorted(
            (
                sorted((f.attname, str(getattr(row, f.attname))) for f in model._meta.concrete_fields)
                for row in model.objects.all()
            ),
        )
        for model in models
    }


def test_people_ties_and_what_is_known_move_and_come_back(space):
    kept, gone = (
        make(space, "CSC Victor Hugo"),
        make(space, "Centre socio-culturel V. Hugo", siret="32655401100030", listed=True),
    )
    funder = make(space, "Ville")
    Person.objects.create(space=space, first_name="Ana", organisation=gone)
    Tie.objects.create(space=space, kind=TieKind.FUNDS, upper=funder, lower=gone)
    Tie.objects.create(space=space, kind=TieKind.FUNDS, upper=funder, lower=kept)  # would be said twice
    Tie.objects.create(space=space, kind=TieKind.SUPERVISES, upper=kept, lower=gone)  # would tie it to itself
    before = everything()
    merge = merge_organisations(kept=kept, gone=gone, by="Zoé")
    kept.refresh_from_db()
    assert list(space.organisations.order_by("name")) == [kept, funder]
    assert Person.objects.get().organisation == kept
    assert [str(tie) for tie in Tie.objects.all()] == ["Ville finance CSC Victor Hugo"]
    assert (kept.siret, kept.listed) == ("32655401100030", False)  # nobody listed this one
    undo_merge(merge=merge, by="Zoé")
    assert everything() == before
    assert list(
        Activity.objects.filter(verb__in=["merge-organisations", "undo-merge"]).values_list("by", flat=True)
    ) == ["Zoé", "Zoé"]


def test_the_name_that_went_makes_no_new_double(space):
    kept, gone = make(space, "CSC Victor Hugo"), make(space, "Csc Hugo")
    merge = merge_organisations(kept=kept, gone=gone, by="Zoé")
    assert find_or_make_organisation(space=space, name="CSC HUGO") == kept
    undo_merge(merge=merge, by="Zoé")
    assert find_or_make_organisation(space=space, name="CSC HUGO") == gone


def test_what_somebody_decided_since_stays(space):
    kept, gone, third = (make(space, name) for name in ("Kappa", "Gamma", "Tau"))
    gone.about = "Accueille"
    gone.save()
    ana = Person.objects.create(space=space, first_name="Ana", organisation=gone)
    ben = Person.objects.create(space=space, first_name="Ben", organisation=gone)
    merge = merge_organisations(kept=kept, gone=gone, by="Zoé")
    Person.objects.filter(pk=ana.pk).update(organisation=third)
    Organisation.objects.filter(pk=kept.pk).update(about="Autre chose")
    undo_merge(merge=merge, by="Zoé")
    ana.refresh_from_db()
    ben.refresh_from_db()
    kept.refresh_from_db()
    assert (ana.organisation, ben.organisation, kept.about) == (third, gone, "Autre chose")


def test_merges_are_undone_from_the_latest(space):
    a, b, c = (make(space, name) for name in ("Alpha", "Beta", "Gamma"))
    first = merge_organisations(kept=b, gone=a, by="Zoé")
    second = merge_organisations(kept=c, gone=b, by="Zoé")
    with pytest.raises(MergeRefused, match=r"Beta.* a rejoint .*Gamma"):
        undo_merge(merge=first, by="Zoé")
    undo_merge(merge=second, by="Zoé")
    undo_merge(merge=first, by="Zoé")
    with pytest.raises(MergeRefused, match="déjà défaite"):
        undo_merge(merge=first, by="Zoé")
    assert {row.pk for row in space.organisations.all()} == {a.pk, b.pk, c.pk}


def test_a_name_taken_since_is_said(space):
    kept, gone = make(space, "Kappa"), make(space, "Gamma")
    merge = merge_organisations(kept=kept, gone=gone, by="Zoé")
    Organisation.objects.create(space=space, name="Gamma", folded_name="gamma")
    with pytest.raises(MergeRefused, match="renommez-la d’abord"):
        undo_merge(merge=merge, by="Zoé")


def test_one_and_itself_or_one_already_gone_are_refused(space):
    kept, gone = make(space, "Kappa"), make(space, "Gamma")
    with pytest.raises(MergeRefused, match="C’est la même structure"):
        merge_organisations(kept=kept, gone=kept, by="Zoé")
    merge_organisations(kept=kept, gone=gone, by="Zoé")
    gone.pk = OrganisationMerge.objects.get().gone_id
    with pytest.raises(MergeRefused, match="entre-temps"):
        merge_organisations(kept=kept, gone=gone, by="Zoé")


class TestAnyMerges(TestCase):
    """Whatever people, ties and merges: undone from the last, every row is as it was."""

    @given(st.data())
    def test_merged_then_undone_is_as_before(self, data):
        space = Space.objects.create(slug="s", name="S")
        n = data.draw(st.integers(2, 5))
        facts = st.sampled_from(["", "un", "deux"])
        rows = [
            Organisation.objects.create(
                space=space,
                name=f"N{i}",
                folded_name=f"n{i}",
                about=data.draw(facts),
                source=data.draw(facts),
                listed=data.draw(st.booleans()),
            )
            for i in range(n)
        ]
        for i, at in enumerate(data.draw(st.lists(st.integers(0, n - 1), max_size=5))):
            Person.objects.create(space=space, first_name=f"P{i}", organisation=rows[at])
        keys = st.tuples(st.sampled_from(TieKind.values), st.integers(0, n - 1), st.integers(0, n - 1)).filter(
            lambda key: key[1] != key[2]
        )
        for kind, upper, lower in data.draw(st.lists(keys, max_size=8, unique=True)):
            Tie.objects.create(space=space, kind=kind, upper=rows[upper], lower=rows[lower])
        stages = []
        left = list(rows)
        for _ in range(data.draw(st.integers(1, n - 1))):
            kept, gone = data.draw(st.permutations(left))[:2]
            stages.append(everything())
            stages.append(merge_organisations(kept=kept, gone=gone, by="essai"))
            left.remove(gone)
        while stages:
            undo_merge(merge=stages.pop(), by="essai")
            assert everything() == stages.pop()


def test_every_fact_of_an_organisation_is_restored_by_a_merge():
    """A column added to the model must be in the record, or undoing would lose it."""
    columns = {field.attname for field in Organisation._meta.concrete_fields} - {"id", "space_id"}
    assert columns == {"name", "folded_name", "listed", *FACTS}


def names(space):
    return {frozenset((double.kept.name, double.gone.name)): double.sure for double in doubles_of(space)}


def test_doubles_are_found_by_number_by_abbreviation_and_by_likeness(space):
    make(space, "Arel", siret="32655401100030")
    make(space, "Association AREL Mézières", siret="32655401100030")
    make(space, "ASSOC DES HABITANTS DU WIESBERG")
    make(space, "Association des habitants du Wiesberg")
    make(space, "Centre social Fumay Charnois")
    make(space, "CTRE SOCIAL FUMAY CHARNOY")
    make(space, "École Jean Macé 1")
    make(space, "École Jean Macé 2")
    make(space, "Ville de Metz")
    make(space, "Ville de Toul")
    assert names(space) == {
        frozenset(("Arel", "Association AREL Mézières")): True,
        frozenset(("ASSOC DES HABITANTS DU WIESBERG", "Association des habitants du Wiesberg")): True,
        frozenset(("Centre social Fumay Charnois", "CTRE SOCIAL FUMAY CHARNOY")): False,
    }


def test_a_directory_too_large_to_compare_whole_says_so(space, monkeypatch):
    make(space, "Centre social Fumay Charnois")
    make(space, "CTRE SOCIAL FUMAY CHARNOY")
    assert find_doubles(space).whole
    monkeypatch.setattr(doubles, "MOST_COMPARED", 0)
    assert find_doubles(space) == doubles.Doubles([], whole=False)


def test_two_numbers_of_two_legal_units_are_two(space):
    make(space, "Association Horizon", siret="32655401100030")
    make(space, "Asso. Horizon", siret="21080065200153")
    assert names(space) == {}


def test_the_one_that_more_people_name_is_proposed_to_stay(space):
    make(space, "Assoc. Horizon", siret="32655401100030")
    used = make(space, "Association Horizon")
    Person.objects.create(space=space, first_name="Ana", organisation=used)
    [double] = doubles_of(space)
    assert double.kept == used
    assert model_to_dict(double.gone)["siret"] == "32655401100030"
