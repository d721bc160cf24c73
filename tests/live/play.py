"""A workshop whose method is made for tests: it may be played from the first minute to the last."""

from pathlib import Path

from django.utils import timezone

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.methods.services import keep_version
from maillage.people.models import Space

METHOD = Path(__file__).with_name("essai.toml")


def make_workshop(name: str = "Codéveloppement") -> Workshop:
    space, _made = Space.objects.get_or_create(slug="essai", defaults={"name": "Essai"})
    keep_version(source=METHOD.read_text(encoding="utf-8"), name=METHOD.name, space=space)
    gathering, _made = Gathering.objects.get_or_create(
        space=space,
        slug="journee",
        defaults={"title": "Journée", "kind": "regional_day", "date": timezone.now().date()},
    )
    slot = Slot.objects.create(gathering=gathering, position=1, kind="workshops", title="Ateliers")
    return Workshop.objects.create(slot=slot, position=1, title=name, method="essai")
