from django.db import transaction

from maillage.contracts.models import ContratDeVille
from maillage.office.services import record_activity
from maillage.people.models import Space
from maillage.territories.models import Epci


@transaction.atomic
def record_signature(*, space: Space, epci: Epci, source: str, by: str) -> tuple[ContratDeVille, bool]:
    """That an intercommunalité has signed is a fact with its source; what is already known with a source stays."""
    contract, _made = ContratDeVille.objects.get_or_create(space=space, epci=epci)
    if contract.signed is not None:
        return contract, False
    contract.signed, contract.source = True, source
    contract.save(update_fields=["signed", "source"])
    record_activity(space=space.slug, by=by, verb="record-signature", about=str(contract), about_id=contract.pk)
    return contract, True
