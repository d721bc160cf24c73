"""What this noun holds of people: the members of a noyau."""

from django.utils.translation import gettext_lazy as _

from maillage.office.processing import Processing

PROCESSINGS = (
    Processing(
        key="core-groups",
        title=_("Les noyaux et leur chemin de changement"),
        purpose=_("Noter ensemble ce qui change dans un quartier, et préparer les revues"),
        basis=_("La mission d’intérêt public des membres du noyau, ou leur intérêt légitime ; l’accord pour une photo"),
        people=_("Les membres du noyau"),
        data=_("Nom, adresse électronique, structure, catégorie ; observations, actions, photos accordées"),
        recipients=_("Le noyau ; l’organisation et le public pour ce que le noyau partage, sans nom"),
        rules=("noyaux", "noyaux-photos"),
        fields=("change.Member.name", "change.Member.email", "change.Photo.content"),
    ),
)
