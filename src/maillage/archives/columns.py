"""The columns of the lists that only an archive holds; those of the open data are beside each noun (`published.py`)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.published import GATHERINGS
from maillage.lib.tableschema import UUID_PATTERN, Column, Columns
from maillage.memory.enums import TakeawayOrigin
from maillage.questionnaires.enums import Moment, QuestionKind


class ResultKind(TextChoices):
    POLL = "poll", _("vote")
    FORM = "form", _("questionnaire")


GATHERING = Columns(
    (
        *(column for column in GATHERINGS if column.name != "page"),  # an address of one server is no fact
        Column("publique", "Sa page est-elle publique ?", "boolean", required=True),
        Column("definition", "Ce que la journée appelle coopérer : text, implies, determinants, properties.", "object"),
        Column("producteur", "Qui publie cette archive : à citer en la réutilisant.", required=True),
    ),
    key=GATHERINGS.key,
)
ROOMS = Columns(
    (
        Column("id", "Identifiant de la salle, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column("nom", "Nom de la salle.", required=True),
        Column("capacite", "Personnes au plus, quand c’est connu et non supposé.", "integer"),
        Column("accessible", "Accessible en fauteuil, quand on le sait.", "boolean"),
    ),
    key=("id",),
)
TAKEAWAYS = Columns(
    (
        Column("id", "Identifiant de la phrase, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column(
            "atelier",
            "Identifiant de l’atelier ; vide : de toute la rencontre.",
            pattern=UUID_PATTERN,
            of="ateliers.id",
        ),
        Column("rang", "Ordre dans l’atelier.", "integer", required=True),
        Column("origine", "D’où vient la phrase.", required=True, choices=TakeawayOrigin),
        Column("texte", "La phrase à retenir.", required=True),
        Column("non_tranche", "Dit-elle ce que la rencontre a laissé ouvert ?", "boolean", required=True, before=False),
    ),
    key=("id",),
)
RESULTS = Columns(
    (
        Column("atelier", "Identifiant de l’atelier.", required=True, pattern=UUID_PATTERN, of="ateliers.id"),
        Column("rang", "Ordre dans l’atelier.", "integer", required=True),
        Column("etape", "Étape de la méthode.", required=True),
        Column("genre", "Vote ou questionnaire.", required=True, choices=ResultKind),
        Column("titre", "Titre de l’étape."),
        Column("sujet", "Carte dont il s’agissait, quand la méthode en distribue."),
        Column("question", "La question posée."),
        Column("choix", "La réponse comptée ; vide quand trop peu de personnes ont répondu."),
        Column("nombre", "Combien l’ont donnée.", "integer"),
        Column(
            "reponses", "Combien ont répondu à la question ; vide en dessous de cinq : rien n’est alors dit.", "integer"
        ),
    ),
    key=("atelier", "rang"),
)
POTS = Columns(
    (
        Column("atelier", "Identifiant de l’atelier.", required=True, pattern=UUID_PATTERN, of="ateliers.id"),
        Column("rang", "Ordre des tours.", "integer", required=True),
        Column("etape", "Étape de la méthode.", required=True),
        Column("titre", "Le tour."),
        Column("sujet", "Carte dont il s’agissait, quand la méthode en distribue."),
        Column("jetons", "Jetons donnés, toutes tables ensemble ; jamais ce qu’une personne a donné.", "integer"),
        Column("possibles", "Jetons que ces personnes avaient.", "integer"),
        Column("personnes", "Combien ont donné ; vide en dessous de cinq : rien n’est alors dit.", "integer"),
    ),
    key=("atelier", "rang"),
)

QUESTIONNAIRES = Columns(
    (
        Column("rang", "Ordre des lignes.", "integer", required=True),
        Column("questionnaire", "Numéro du questionnaire dans la rencontre.", "integer", required=True),
        Column("titre", "Titre du questionnaire.", required=True),
        Column("moment", "Avant la rencontre, à chaud, ou quelques mois après.", required=True, choices=Moment),
        Column("personnes", "Combien de personnes ont répondu au questionnaire.", "integer", required=True),
        Column("question", "La question posée, telle qu’elle a été lue.", required=True),
        Column("reponse", "Comment on y répondait.", required=True, choices=QuestionKind),
        Column("sens_du_plus_petit", "Échelle : ce que veut dire le plus petit nombre."),
        Column("sens_du_plus_grand", "Échelle : ce que veut dire le plus grand."),
        Column("choix", "La réponse comptée ; vide quand trop peu de personnes ont répondu."),
        Column(
            "nombre",
            "Combien l’ont donnée ; vide en dessous de cinq, et pour les nombres qui feraient deviner un nombre caché.",
            "integer",
        ),
        Column(
            "reponses", "Combien ont répondu à la question ; vide en dessous de cinq : rien n’est alors dit.", "integer"
        ),
    ),
    key=("rang",),
)
