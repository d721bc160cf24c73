"""What a contract may say, who said it, and what two people say at once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction

from maillage.contracts.facts import check_facts, facts_of, merge_lines
from maillage.contracts.models import ContratDeVille
from maillage.contracts.queries import contract_of, contracts_of, status_by_epci, unsaid_epcis
from maillage.contracts.services import (
    ContractRefused,
    Removed,
    TwoAtOnce,
    change_contract,
    facts_of_nothing,
    make_contract,
    new_facts,
    put_back_contract,
    record_signature,
    remove_contract,
    restore_version,
)
from maillage.office.models import Activity
from maillage.people.merging import merge_organisations, undo_merge
from maillage.people.services import find_or_make_organisation, make_space
from maillage.territories.models import Qpv
from tests.contracts.conftest import FENSCH, FORBACH, MERGED, METZ, SOURCE, THIONVILLE

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 28)


def faults(**said) -> list[tuple[str, str]]:
    found = check_facts(facts_of_nothing() | {"epci": METZ} | said, today=TODAY)
    return [(fault.field, plain(fault.sentence).split(" :")[0]) for fault in found]


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def fresh(contract: ContratDeVille) -> ContratDeVille:
    return ContratDeVille.objects.get(pk=contract.pk)


def change(contract, by="Ali", *, opened=None, **said):
    return change_contract(contract=contract, facts=facts_of(fresh(contract)) | said, opened=opened, by=by)


def test_an_empty_contract_is_not_known_to_be_signed_and_has_no_fault(space, places):
    assert faults() == []
    made = make_contract(space=space, facts=new_facts(METZ), by="Zoé")
    assert (made.status, made.period, made.source) == ("unknown", "2024–2030", "")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"status": "signed"}, [("source", "Dites d’où vous le savez")]),
        ({"status": "preparing"}, [("source", "Dites d’où vous le savez")]),
        ({"status": "not_signed"}, [("source", "Dites d’où vous le savez")]),
        ({"status": "perhaps"}, [("status", "« perhaps » n’est pas un état de la signature.")]),
        ({"first_year": 2030, "last_year": 2024}, [("last_year", "La période est à l’envers")]),
        ({"first_year": 2204, "last_year": 2210}, [("first_year", "2204"), ("last_year", "2210")]),
        ({"first_year": 2000, "last_year": 2030}, [("last_year", "30 ans")]),
        ({"source_date": "2024"}, [("source", "La date d’une source est donnée, mais pas la source.")]),
        ({"source": "x", "source_date": "2024-13"}, [("source_date", "« 2024-13 »")]),
        ({"source": "x", "source_date": "hier"}, [("source_date", "« hier »")]),
        ({"source": "x", "source_date": "2204"}, [("source_date", "« 2204 » n’est pas encore passé")]),
        ({"source": "x", "signed_on": "2024-03-12"}, [("signed_on", "Une date de signature va avec un contrat signé")]),
        (
            {"status": "signed", "source": "x", "signed_on": "2204-03-12"},
            [("signed_on", "Le 12/03/2204 n’est pas encore passé")],
        ),
        (
            {"status": "signed", "source": "x", "signed_on": "1994-03-12"},
            [("signed_on", "Le 12/03/1994 est loin de la période")],
        ),
        ({"annual_meeting_on": "2204-01-01"}, [("annual_meeting_on", "Le 01/01/2204 est loin de la période")]),
        ({"revision_on": "2031-01-01"}, [("revision_on", "Le 01/01/2031 est loin de la période")]),
        ({"residents_body": "Un conseil citoyen"}, [("residents_body_source", "Dites d’où vous le savez")]),
        ({"residents_body_source": "un site"}, [("residents_body", "La source est donnée, mais pas ce qu’elle dit.")]),
        ({"axes": ["a" * 301]}, [("axes", f"« {'a' * 40}… » est trop long")]),
        ({"axes": ["a"] * 41}, [("axes", "41 lignes")]),
        (
            {"signatories": [{"category": "", "name": "Ville", "signed_on": ""}]},
            [("signatories", "Choisissez la catégorie de « Ville ».")],
        ),
        (
            {"signatories": [{"category": "caf", "name": n, "signed_on": ""} for n in ("CAF 57", "Caf 57")]},
            [("signatories", "« Caf 57 » est noté deux fois.")],
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_is(db, said, wrong):
    assert faults(**said) == wrong


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://exemple.invalid/x",
        "//exemple.invalid/x",
        "exemple.invalid",
        "https://",
        "https:///x",
        "https://[::1",
        "https://exemple.invalid:abc/",
        "https://exemple.invalid/a b",
        'https://exemple.invalid/"onclick=',
        "https://zoe:secret@exemple.invalid/",
        "http" + "s://exemple.invalid/" + "a" * 500,
        "",
    ],
)
def test_a_document_is_a_page_one_can_be_sent_to(db, url):
    (found,) = check_facts(facts_of_nothing() | {"documents": [{"title": "Contrat", "url": url}]}, today=TODAY)
    assert (found.field, found.item) == ("documents", 0)
    assert "secret" not in found.sentence


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "signed", "source": ""},
        {"status": "perhaps", "source": "x"},
        {"status": "unknown", "signed_on": dt.date(2024, 1, 1), "source": "x"},
        {"first_year": 2031},
        {"last_year": 2204},
        {"residents_body": "x", "residents_body_source": ""},
    ],
)
def test_the_database_refuses_what_must_never_be(contract, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        ContratDeVille.objects.filter(pk=contract.pk).update(**wrong)


def test_a_contract_is_noted_once_for_a_period_and_a_perimeter(space, contract):
    with pytest.raises(ContractRefused) as refusal:
        make_contract(space=space, facts=new_facts(METZ), by="Ali")
    assert plain(refusal.value.sentence).startswith("Ce contrat est déjà noté : Metz Métropole 2024–2030.")
    make_contract(space=space, facts=new_facts(METZ, first_year=2015, last_year=2023), by="Ali")
    make_contract(space=space, facts=new_facts(METZ, perimeter="Vallée de l’Orne"), by="Ali")
    other = make_space(slug="autre", name="Autre", by="test")
    make_contract(space=other, facts=new_facts(METZ), by="Ali")
    assert contracts_of(space).count() == 3


def test_a_signatory_of_the_space_is_its_organisation_and_any_other_a_name(space, contract):
    caf = find_or_make_organisation(space=space, name="CAF de la Moselle")
    rows = [*facts_of(contract)["signatories"], {"category": "caf", "name": "Caf de la Moselle", "signed_on": ""}]
    change(contract, signatories=rows)
    assert [(row.name, row.organisation) for row in contract.signatories.all()] == [
        ("Préfecture de la Moselle", None),
        ("Metz Métropole", None),
        ("Caf de la Moselle", caf),
    ]


# Two at once


def test_what_each_changed_alone_is_kept_of_both(contract):
    opened = contract.version
    mine = facts_of(contract) | {"reference": "CV185", "note": "rappeler"}
    change(contract, by="Zoé", annual_meeting_on="2025-03-01")
    kept = change_contract(contract=contract, facts=mine, opened=opened, by="Ali")
    assert kept.merged
    now = fresh(contract)
    assert (now.reference, now.annual_meeting_on, now.note) == ("CV185", dt.date(2025, 3, 1), "rappeler")
    assert [(v.number, v.by) for v in now.versions.all()] == [(3, "Ali"), (2, "Zoé"), (1, "Zoé")]


def test_lines_that_two_people_add_and_take_away_are_all_kept(contract):
    opened, before = contract.version, facts_of(contract)
    caf = {"category": "caf", "name": "CAF", "signed_on": ""}
    landlord = {"category": "social_landlord", "name": "Vivest", "signed_on": ""}
    change(contract, signatories=[*before["signatories"], caf], axes=["Emploi", "Cadre de vie", "Santé"])
    mine = before | {"signatories": [before["signatories"][0], landlord], "axes": ["Cadre de vie", "Éducation"]}
    change_contract(contract=contract, facts=mine, opened=opened, by="Zoé")
    now = facts_of(fresh(contract))
    assert now["signatories"] == [before["signatories"][0], caf, landlord]
    assert now["axes"] == ["Cadre de vie", "Santé", "Éducation"]


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "kept"),
    [
        (["a"], ["a", "b"], ["a", "c"], ["a", "b", "c"]),
        (["a"], ["a", "b"], ["a", "b"], ["a", "b"]),
        (["a", "b"], ["a"], ["b"], []),
        (["a", "b"], ["a"], ["a", "b", "c"], ["a", "c"]),
        (["a"], ["A1"], ["A2"], None),  # both rewrote the same line
        (["a", "b"], ["b", "a"], ["a", "b", "c"], None),  # the order is a choice
        (["a"], ["a", "Santé"], ["a", "santé"], None),  # the same thing said in two ways
    ],
)
def test_lines_merge_or_ask(base, theirs, mine, kept):
    assert merge_lines(base, theirs, mine) == kept


def test_what_both_changed_is_shown_side_by_side_and_nothing_is_written(contract):
    opened = contract.version
    mine = facts_of(contract) | {"revision_on": "2027-06-01", "reference": "CV185"}
    change(contract, revision_on="2027-01-01")
    with pytest.raises(TwoAtOnce) as said:
        change_contract(contract=contract, facts=mine, opened=opened, by="Ali")
    (conflict,) = said.value.conflicts
    assert (conflict.part, conflict.theirs, conflict.mine) == (
        "revision_on",
        {"revision_on": "2027-01-01"},
        {"revision_on": "2027-06-01"},
    )
    assert said.value.merged["reference"] == "CV185"  # nothing to type again
    assert fresh(contract).reference == ""
    change_contract(contract=contract, facts=said.value.merged, opened=said.value.number, by="Ali")
    assert fresh(contract).revision_on == dt.date(2027, 6, 1)


def test_a_source_is_never_put_beside_a_signature_it_does_not_speak_of(contract):
    opened = contract.version
    mine = facts_of(contract) | {"source": "Est républicain"}
    change(contract, status="preparing", signed_on="")
    with pytest.raises(TwoAtOnce) as said:
        change_contract(contract=contract, facts=mine, opened=opened, by="Ali")
    assert [conflict.part for conflict in said.value.conflicts] == ["signature"]


def test_saving_what_is_already_said_makes_no_version(contract):
    assert not change(contract).changed
    assert not change(contract, source=f"  {SOURCE} ").changed
    assert fresh(contract).version == 1


# History


def test_a_version_taken_up_again_restores_all_of_it_and_loses_nothing(contract):
    before = facts_of(contract)
    change(contract, axes=[], signatories=[], status="unknown", signed_on="", note="", documents=[])
    restore_version(contract=contract, number=1, by="Zoé")
    now = fresh(contract)
    assert facts_of(now) == before
    assert [(v.number, v.verb) for v in now.versions.all()] == [(3, "restore"), (2, "change"), (1, "make")]
    assert now.versions.get(number=2).state["axes"] == []
    assert list(Activity.objects.filter(about_id=contract.pk).values_list("verb", flat=True)) == [
        "restore-contract",
        "change-contract",
        "make-contract",
    ]


def test_a_contract_taken_away_is_in_no_list_and_comes_back_whole(space, contract):
    before = facts_of(contract)
    assert remove_contract(contract=contract, by="Zoé")
    assert not remove_contract(contract=contract, by="Ali")
    assert list(contracts_of(space)) == []
    assert status_by_epci(space) == {}
    with pytest.raises(Removed):
        change(contract, note="trop tard")
    assert put_back_contract(contract=contract, by="Zoé")
    assert facts_of(fresh(contract)) == before
    assert [v.verb for v in contract.versions.all()] == ["put-back", "remove", "make"]


def test_a_contract_whose_place_is_taken_does_not_come_back(space, contract):
    remove_contract(contract=contract, by="Zoé")
    make_contract(space=space, facts=new_facts(METZ), by="Ali")
    with pytest.raises(ContractRefused):
        put_back_contract(contract=contract, by="Zoé")
    assert contracts_of(space).count() == 1


def test_a_signature_read_again_in_a_file_does_not_bring_back_what_was_taken_away(space, contract, places):
    remove_contract(contract=contract, by="Zoé")
    assert record_signature(space=space, epci=places[METZ], source="diapositive", by="import") == (contract, False)
    assert list(contracts_of(space)) == []


def test_a_signature_leaves_the_rest_of_a_contract_as_it_is(space, places):
    made = make_contract(space=space, facts=new_facts(METZ, axes=["Emploi"]), by="Zoé")
    record_signature(space=space, epci=places[METZ], source="diapositive", by="import")
    now = fresh(made)
    assert (now.status, now.source, now.axes) == ("signed", "diapositive", ["Emploi"])
    assert [v.verb for v in now.versions.all()] == ["record-signature", "make"]


# Queries


def test_status_by_epci_is_one_query_and_follows_mergers(space, contract, places, django_assert_num_queries):
    make_contract(space=space, facts=new_facts(FORBACH, status="preparing", source="x"), by="Zoé")
    make_contract(space=space, facts=new_facts(MERGED), by="Zoé")
    old = new_facts(MERGED, perimeter="CA du Val de Fensch", status="signed", source="x")
    make_contract(space=space, facts=old, by="Zoé")
    make_contract(
        space=space,
        facts=new_facts("200068757", first_year=2015, last_year=2023, status="signed", source="x"),
        by="Zoé",
    )
    with django_assert_num_queries(1):
        told = status_by_epci(space, year=2026)
    assert told == {
        METZ: "signed",
        FORBACH: "preparing",
        MERGED: "signed",
        FENSCH: "signed",
        THIONVILLE: "unknown",
    }
    assert status_by_epci(space, year=2016) == {"200068757": "signed"}
    assert contract_of(space, places[FENSCH], year=2026).perimeter == "CA du Val de Fensch"
    assert contract_of(space, places[THIONVILLE], year=2026).perimeter == ""
    assert contract_of(space, places[METZ], year=2026) == contract
    assert contract_of(space, places[METZ], year=2016) is None


def test_who_has_a_quartier_and_no_contract_noted(space, contract, places):
    for number, siren in enumerate((METZ, FORBACH, THIONVILLE)):
        Qpv.objects.create(code=f"QN0570{number}N", name="Quartier", epci=places[siren])
    assert {epci.siren for epci in unsaid_epcis(space)} == {FORBACH, THIONVILLE}


@pytest.mark.django_db(transaction=True)
def test_two_savings_at_the_same_moment_are_both_kept(space, contract):
    """Two processes' worth: each on its own connection, at once, from the same page."""
    opened, before, ready = contract.version, facts_of(contract), Barrier(2)

    def save(**said) -> bool:
        try:
            ready.wait(timeout=20)
            return change_contract(contract=contract, facts=before | said, opened=opened, by="Ali").merged
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        told = [both.submit(save, reference="CV185"), both.submit(save, axes=["Emploi", "Cadre de vie", "Santé"])]
        assert sorted(each.result() for each in told) == [False, True]
    now = fresh(contract)
    assert (now.reference, now.axes) == ("CV185", ["Emploi", "Cadre de vie", "Santé"])
    assert [version.number for version in now.versions.all()] == [3, 2, 1]


@pytest.mark.django_db(transaction=True)
def test_the_same_contract_noted_twice_at_the_same_moment_is_noted_once(space, places):
    ready = Barrier(2)

    def note() -> str:
        try:
            ready.wait(timeout=20)
            make_contract(space=space, facts=new_facts(METZ), by="Ali")
            return "noted"
        except ContractRefused as refusal:
            return plain(refusal.sentence).split(" :")[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        told = [both.submit(note), both.submit(note)]
        assert sorted(each.result() for each in told) == ["Ce contrat est déjà noté", "noted"]


def test_undoing_a_merge_gives_back_the_signatures_written_meanwhile(space, places):
    kept = find_or_make_organisation(space=space, name="CAF")
    gone = find_or_make_organisation(space=space, name="Caisse d’allocations")
    merge = merge_organisations(kept=kept, gone=gone, by="Zoé")
    signed = [
        {"category": "caf", "name": "CAF", "signed_on": ""},
        {"category": "other", "name": "CAISSE d'allocations", "signed_on": ""},
    ]
    made = make_contract(space=space, facts=new_facts(METZ, signatories=signed), by="Zoé")
    assert {row.organisation for row in made.signatories.all()} == {kept}
    undo_merge(merge=merge, by="Zoé")
    assert {row.name: row.organisation_id for row in made.signatories.all()} == {
        "CAF": kept.pk,
        "CAISSE d'allocations": gone.pk,
    }
