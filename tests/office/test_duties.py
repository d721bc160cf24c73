"""What is said of people's data is what the code does with it."""

import csv
import io
import re

import pytest
from django.apps import apps
from django.db.models import EmailField

from maillage.office.models import NamesRule
from maillage.office.processing import lines, processings, terms_of
from maillage.office.retention import rules
from maillage.people.services import make_space

NAMES = re.compile(r"(first_name|last_name|owner_name|phone|signed_by)$")  # of somebody; `by` is the log's, told once


def test_every_address_and_name_of_a_person_is_in_the_register():
    told = {field for each in processings() for field in each.fields}
    held = {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EmailField) or NAMES.match(field.name)
    }
    assert held - told == set()
    for each in told:  # a field that was renamed is told by its new name
        label, model, field = each.split(".")
        apps.get_model(label, model)._meta.get_field(field)


def test_every_rule_of_retention_is_in_the_register_once():
    named = [key for each in processings() for key in each.rules]
    assert sorted(named) == sorted(rule.key for rule in rules())


def test_every_processing_says_how_long(db):
    assert [line.processing.key for line in lines() if not line.durations] == []


@pytest.mark.django_db
def test_durations_are_those_that_spaces_chose(client):
    space = make_space(slug="ici", name="Ici", by="essai")
    NamesRule.objects.create(space=space.pk, months=7, by="essai")
    names = next(rule for rule in rules() if rule.key == "names")
    assert terms_of(names) == ["36 mois après la rencontre", "7 mois après la rencontre"]
    for address in ("/donnees/", "/donnees/registre/", "/donnees/registre.csv"):
        assert "7 mois après la rencontre" in client.get(address).content.decode()


@pytest.mark.django_db
def test_register_in_a_table_holds_all_and_a_formula_is_a_text(client, settings):
    settings.OPERATOR, settings.DPO = "=cmd()", "dpo@exemple.invalid"
    content = client.get("/donnees/registre.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";" if ";" in content.splitlines()[0] else ","))
    assert [row["traitement"] for row in rows] == [str(each.title) for each in processings()]
    assert {row["délégué·e à la protection des données"] for row in rows} == {"dpo@exemple.invalid"}
    assert not any(row["responsable"].startswith("=") for row in rows)
    assert all(row["durées"] and row["finalité"] and row["destinataires"] for row in rows)


@pytest.mark.django_db
def test_pages_say_whom_to_complain_to_and_what_is_not_set(client, settings):
    settings.DPO = ""
    page = client.get("/donnees/").content.decode()
    assert "cnil.fr/fr/plaintes" in page
    assert "MAILLAGE_DPO" in page
    settings.DPO = "Ana <dpo@exemple.invalid>"
    page = client.get("/donnees/registre/").content.decode()
    assert "Ana &lt;" in page
    assert "MAILLAGE_DPO" not in page
