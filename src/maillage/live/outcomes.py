"""What a submitted move is answered: a status, a stable name, a sentence for the person."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from facilitation import Refusal

CREATED, REPEATED, REFUSED = 201, 200, 409
RETRY_AFTER = 2  # seconds; the queue empties many times in between


@dataclass(frozen=True, slots=True)
class Outcome:
    status: int
    reason: str = ""
    sentence: str | Promise = ""
    number: int | None = None

    @property
    def accepted(self) -> bool:
        return self.status in (CREATED, REPEATED)


SENTENCES: dict[str, tuple[int, Promise]] = {
    "bad-request": (400, _("Cette demande n’est pas lisible. Rechargez la page et recommencez.")),
    "no-seat": (403, _("Vous n’avez pas de place dans cette séance. Entrez avec le code affiché dans la salle.")),
    "revoked-seat": (
        403,
        _(
            "Cette place n’est plus sur cet appareil. Entrez avec le code de la salle, ou reprenez l’appareil qui l’a. "
            "Pour animer, demandez le lien à qui organise."
        ),
    ),
    "foreign-page": (403, _("Cette demande vient d’un autre site : elle est refusée.")),
    "past": (
        410,
        _("Ce code n’ouvre plus : la rencontre est passée. L’appareil qui y était peut encore relire sa séance."),
    ),
    "reserved": (403, _("Cette action ne se fait pas d’ici.")),
    "full": (409, _("Cette séance a déjà toutes les personnes qu’elle peut recevoir.")),
    "unknown-session": (404, _("Cette séance n’existe pas.")),
    "unknown-page": (404, _("Cette adresse n’existe pas.")),
    "wrong-method": (405, _("Cette adresse attend une autre demande.")),
    "closed": (410, _("La séance est close : on ne peut plus rien y ajouter.")),
    "elsewhere": (
        410,
        _(
            "Cette séance se joue sur un autre serveur : rien ne s’y ajoute d’ici. "
            "Entrez avec le code, à l’adresse affichée dans la salle."
        ),
    ),
    "erased": (410, _("Cette séance a été effacée.")),
    "too-big": (413, _("C’est trop long : 64 ko au plus.")),
    "too-many": (429, _("Trop d’envois à la fois. Attendez quelques secondes, puis recommencez.")),
    "busy": (503, _("Le serveur est très sollicité. Rien n’a été enregistré : recommencez dans quelques secondes.")),
    "not-stored": (503, _("L’enregistrement a échoué. Rien n’a été enregistré : recommencez dans quelques secondes.")),
    "no-database": (503, _("Le serveur ne joint plus sa base de données. Rien n’est perdu : recommencez bientôt.")),
    "updating": (503, _("Ce serveur se met à jour. Rien n’a été enregistré : recommencez dans quelques secondes.")),
    "no-key": (503, _("La clé de cette séance manque sur le serveur : rien ne peut y être enregistré.")),
    "engine": (500, _("Une erreur de notre côté empêche cette action. L’équipe en est avertie.")),
}


def refusal_words(refusal: Refusal) -> Promise:
    """The engine's sentence, said where it is read: the committer refuses for whoever asked, in whatever language."""
    return _sentence(refusal)


_sentence: Callable[[Refusal], Promise] = lazy(lambda refusal: refusal.sentence, str)


def refuse(reason: str) -> Outcome:
    status, sentence = SENTENCES[reason]
    return Outcome(status, reason, sentence)
