"""Why a move is refused: a closed set of stable names, each with its sentence for the person who made the move."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from facilitation.words import speak

REFUSALS: Final = {
    "stale_number": "Ce geste porte un numéro déjà passé.",
    "unknown_move": "Ce geste n’existe pas dans cette méthode.",
    "bad_payload": "Ce geste est mal formé : rechargez la page, puis recommencez.",
    "not_joined": "Entrez d’abord dans la séance, avec le code de la salle.",
    "already_joined": "Vous êtes déjà dans la séance.",
    "bad_name": "Écrivez un prénom, de 60 signes au plus.",
    "unknown_role": "Ce rôle n’existe pas dans cette méthode.",
    "role_taken": "Quelqu’un tient déjà ce rôle à votre table.",
    "unknown_seat": "Cette personne n’est pas dans la séance.",
    "unknown_table": "Cette table n’existe pas.",
    "no_table": "Il faut être à une table pour faire cela.",
    "not_open": "La séance n’a pas encore commencé.",
    "already_open": "La séance a déjà commencé.",
    "not_running": "La séance n’est pas en cours.",
    "not_paused": "La séance n’est pas en pause.",
    "not_closed": "La séance n’est pas terminée.",
    "closed": "La séance est terminée.",
    "stale_stage": "Quelqu’un a déjà changé d’étape : regardez où en est la séance.",
    "last_stage": "C’est la dernière étape : il ne reste qu’à terminer la séance.",
    "first_stage": "C’est la première étape : on ne peut pas revenir plus tôt.",
    "unknown_stage": "Cette étape n’existe pas, ou on ne peut pas y aller d’ici.",
    "stage_on": "Cette étape est en cours : donnez-lui du temps avec « 2 min de plus ».",
    "stage_over": "Cette étape est terminée. Votre texte reste sur votre écran : gardez-le, ou dites-le à voix haute.",
    "not_allowed": "À cette étape, votre rôle ne permet pas cela.",
    "empty_text": "Écrivez quelque chose avant d’envoyer.",
    "too_long": "Ce texte est trop long : raccourcissez-le, 1 000 signes au plus.",
    "bad_text": "Ce texte contient des signes qui ne peuvent pas être lus.",
    "unknown_card": "Cette carte n’existe pas, ou n’est plus là.",
    "not_yours": "Cette carte n’est pas la vôtre.",
    "wrong_card": "Ce geste ne va pas avec cette carte.",
    "needs_parent": "Dites à quelle carte vous répondez.",
    "card_limit": "Vous avez déjà cent cartes à cette étape : retirez-en une d’abord.",
    "mark_limit": "Vous avez déjà placé toutes vos marques : retirez-en une d’abord.",
    "unknown_field": "Cette ligne n’est pas sur la fiche.",
    "bad_duration": "Indiquez une durée raisonnable.",
    "nothing_released": "Rien n’a été rendu public.",
    "unknown_option": "Cette réponse n’est pas parmi celles proposées.",
    "unknown_question": "Cette question n’est pas posée ici.",
    "must_answer": "Cette question demande une réponse : choisissez « je ne sais pas » s’il le faut.",
    "already_shown": "Les réponses sont déjà montrées : la vôtre ne change plus.",
    "too_few": "Moins de trois personnes ont répondu, ou une seule sans aide : "
    "rien n’est montré, pour que personne ne soit reconnu.",
    "bad_gift": "Donnez un nombre entier.",
    "answered_already": "Cette personne l’a déjà écrit elle-même : personne ne change ses mots à sa place.",
    "round_over": "Ce tour est déjà partagé.",
    "no_deck": "Cette étape ne passe pas de cartes en revue.",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: str
    more: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """For the person, in the language it is read in: the machine refuses in a thread that serves everybody."""
        said = speak(REFUSALS[self.reason])
        return f"{said} {speak(self.more, **self.values)}" if self.more else said


class Refused(Exception):
    """Raised inside the machine, turned into a Refusal at its door."""

    def __init__(self, reason: str, more: str = "", **values: object) -> None:
        self.refusal = Refusal(reason, more, values)
        super().__init__(reason)
