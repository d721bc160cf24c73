"""What contracts do when something changes below."""

from maillage.contracts.models import Signatory
from maillage.lib.matching import fold
from maillage.people.models import Organisation


def give_back_signatures(kept: Organisation, gone: Organisation, **_signal: object) -> None:
    """A contract saved while the two were one wrote its signatories anew: those named as the one that is back."""
    for row in Signatory.objects.filter(organisation=kept):
        if fold(row.name)[:200] == gone.folded_name:
            row.organisation = gone
            row.save(update_fields=["organisation"])
