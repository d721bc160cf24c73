"""What this noun holds of people: who comes."""

from django.utils.translation import gettext_lazy as _

from maillage.office.processing import Processing

PROCESSINGS = (
    Processing(
        key="registrations",
        title=_("Les inscriptions et l’accueil"),
        purpose=_(
            "Préparer la rencontre, y accueillir chaque personne, l’asseoir selon ses vœux, compter qui est venu"
        ),
        basis=_(
            "La mission d’intérêt public de l’organisateur, ou son intérêt légitime ; le consentement, séparé, pour "
            "la lettre d’information, le souvenir des rencontres et ce qui aura été retenu"
        ),
        people=_("Les personnes inscrites, ou qui arrivent le jour même"),
        data=_(
            "Prénom, nom, structure, catégorie, commune, courriel, téléphone, vœux, sujet proposé, réponses aux "
            "questions de l’équipe, présence, place à table et sa raison ; le repas et les besoins, effacés "
            "le lendemain"
        ),
        recipients=_("L’organisation et l’accueil de la rencontre ; son animation, pour les listes du jour"),
        rules=("needs", "names", "imports"),
        fields=(
            "people.Person.email",
            "people.Person.first_name",
            "people.Person.last_name",
            "people.Person.phone",
            "people.Person.commune_text",
            "people.Person.territory_text",
            "registrations.Registration.needs",
            "registrations.Registration.porteur_subject",
            "registrations.Answer.values",
            "registrations.RegistrationImport.content",
            "registrations.RegistrationImport.record",
            "registrations.Opening.contact",
            "registrations.CertificateTerms.signed_by",
            "plans.Placement.reason",
            "plans.Plan.notes",
        ),
    ),
    Processing(
        key="listings",
        title=_("L’annuaire des personnes"),
        purpose=_("Permettre à d’autres de trouver une personne qui l’accepte"),
        basis=_("Le consentement, donné sur la page de l’inscription et repris quand on veut"),
        people=_("Les personnes inscrites qui l’ont accepté"),
        data=_("Les mots que la personne a choisi de montrer : nom, activité, contact, structure, commune"),
        recipients=_("Tout le monde : l’annuaire est public"),
        rules=("listings",),
        fields=("registrations.Listing.name", "registrations.Listing.about", "registrations.Listing.contact"),
    ),
)
