"""What was known becomes a status and a first version, so that the history of each contract has a beginning.

Apart from the tables' own change: PostgreSQL alters no table whose rows were touched in the same transaction.
"""

from django.db import migrations


def keep_first_versions(apps, schema_editor):
    contracts = apps.get_model("contracts", "ContratDeVille")
    versions = apps.get_model("contracts", "ContractVersion")
    for contract in contracts.objects.all():
        contract.status = {True: "signed", False: "not_signed", None: "unknown"}[contract.signed]
        contract.save(update_fields=["status"])
        versions.objects.create(
            contract=contract,
            number=1,
            by="Maillage",
            verb="before",
            state={
                "epci": contract.epci_id,
                "perimeter": "",
                "reference": "",
                "first_year": contract.first_year,
                "last_year": contract.last_year,
                "status": contract.status,
                "source": contract.source,
                "source_date": "",
                "signed_on": "",
                "signatories": [],
                "axes": [],
                "annual_meeting_on": "",
                "revision_on": "",
                "residents_body": "",
                "residents_body_source": "",
                "documents": [],
                "note": "",
            },
        )


def keep_signed(apps, schema_editor):
    contracts = apps.get_model("contracts", "ContratDeVille")
    for status, signed in (("signed", True), ("not_signed", False)):
        contracts.objects.filter(status=status).update(signed=signed)


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0002_facts'),
    ]

    operations = [migrations.RunPython(keep_first_versions, keep_signed)]
