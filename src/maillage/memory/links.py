"""Where the letters of this noun send people."""

from maillage.gatherings.models import Gathering
from maillage.registrations.links import base_of
from maillage.registrations.models import Opening


def address_of(gathering: Gathering, reached: str) -> str:
    """As the operator says, else as the registrations of this gathering say, else as the person who asked reached us.

    What was asked on a room server is sent from home: the address of the room leads nowhere the day after.
    """
    return base_of(Opening.objects.filter(gathering=gathering).first()) or reached
