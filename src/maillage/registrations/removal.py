"""What goes with a gathering that is deleted."""

from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering
from maillage.office.services import drop_mail
from maillage.people.models import Person
from maillage.registrations.models import Registration


def losses(gathering: Gathering) -> list[str]:
    number = gathering.registrations.count()
    sentence = ngettext(
        "{n} inscription, avec les vœux et les besoins de la personne",
        "{n} inscriptions, avec les vœux et les besoins de chacun·e",
        number,
    )
    return [sentence.format(n=number)] if number else []


def forget_people(sender: object, *, gathering: Gathering, **_news: object) -> None:
    """Receiver of `gatherings.removal.removing`: who came to this gathering alone is not kept without it.

    Letters that wait do not leave: they would call people to a day that is no more.
    """
    drop_mail(about=gathering.pk)
    elsewhere = Registration.objects.exclude(gathering=gathering).values("person")
    Person.objects.filter(registrations__gathering=gathering).exclude(pk__in=elsewhere).delete()
