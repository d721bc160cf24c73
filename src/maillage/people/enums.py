from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActorCategory(TextChoices):
    """Who takes part, in the field's words: used to mix groups and to count, never to name."""

    RESIDENT = "resident", _("Habitant·e")
    ELECTED_OFFICIAL = "elected_official", _("Élu·e")
    LOCAL_OFFICER = "local_officer", _("Technicien·ne de collectivité")
    STATE_OFFICER = "state_officer", _("Technicien·ne de l’État")
    ASSOCIATION = "association", _("Acteur·rice associatif·ve")
    PARTNER = "partner", _("Autre partenaire institutionnel")
    OTHER = "other", _("Autre")
    UNSAID = "unsaid", _("Préfère ne pas dire")


class SpaceRole(TextChoices):
    ORGANISER = "organiser", _("organisation")
    FACILITATOR = "facilitator", _("animation")
    DESK = "desk", _("accueil")
    READER = "reader", _("lecture")


class Way(TextChoices):
    """How somebody signed in; after « entré·e »."""

    LINK = "link", _("par un lien")
    INVITATION = "invitation", _("par une invitation")
    PROVIDER = "provider", _("par le fournisseur d’identité")


class TieKind(TextChoices):
    """What one organisation is to another; the words of « X finance Y »."""

    FUNDS = "funds", _("finance")
    SUPERVISES = "supervises", _("encadre")


class OrganisationKind(TextChoices):
    """What an organisation is, in the words of contrats de ville. Empty: nobody said."""

    ASSOCIATION = "association", _("association")
    COMMUNE = "commune", _("commune")
    EPCI = "epci", _("intercommunalité (EPCI)")
    STATE = "state", _("service de l’État")
    DEPARTMENT = "department", _("département")
    REGION = "region", _("région")
    SOCIAL_LANDLORD = "social_landlord", _("bailleur social")
    CAF = "caf", _("caisse d’allocations familiales (CAF)")
    SCHOOL = "school", _("établissement scolaire")
    HEALTH = "health", _("santé, hôpital")
    RESIDENTS = "residents", _("conseil citoyen, table de quartier")
    RESOURCE_CENTRE = "resource_centre", _("centre de ressources")
    COMPANY = "company", _("entreprise")
    OTHER = "other", _("autre")
