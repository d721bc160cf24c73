from django.db.models import QuerySet

from maillage.contracts.models import ContratDeVille
from maillage.people.models import Space


def signed_contracts(space: Space) -> QuerySet[ContratDeVille]:
    """Those whose signature somebody entered, with its source. Others may have signed: absence says nothing."""
    return ContratDeVille.objects.filter(space=space, signed=True).select_related("epci").order_by("epci__name")
