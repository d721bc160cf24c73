"""The registrations as a table, readable again by the import."""

from maillage.gatherings.models import Gathering
from maillage.people.enums import ActorCategory
from maillage.registrations.forms import MAX_RANKS
from maillage.registrations.mapping import OWN_QUESTION
from maillage.registrations.models import Answer, Question
from maillage.registrations.queries import registrations_of, workshop_slots
from maillage.registrations.questions import answers_of

YES = "Oui"  # files keep one language: French, as the import reads it


def export_rows(gathering: Gathering) -> tuple[list[str], list[list[str]]]:
    slots = workshop_slots(gathering)
    headers = ["Date d’inscription", "Prénom", "Nom", "Courriel", "Téléphone", "Vous êtes", "Structure", "Commune"]
    headers += ["Intercommunalité"]
    headers += [f"{slot.title} - choix {rank}" for slot in slots for rank in range(1, MAX_RANKS + 1)]
    headers += ["Je veux bien apporter un sujet", "Mon sujet", "De quoi avez-vous besoin ?"]
    headers += ["Repas", "Enfants à garder", "Interprète"]
    headers += ["J’accepte de recevoir la lettre d’information", "Se souvenir de mes rencontres", "Recevoir le retenu"]
    headers += ["Inscription", "Voie", "Présence"]
    registrations = list(registrations_of(gathering))
    answers = {pk: {each.question_id: each for each in said} for pk, said in answers_of(registrations).items()}
    questions = [
        question
        for question in gathering.questions.order_by("position", "pk")
        if question.removed_at is None or any(question.pk in said for said in answers.values())
    ]
    headers += [_header(question) for question in questions]
    rows = []
    for registration in registrations:
        person = registration.person
        wishes = {(wish.slot_id, wish.rank): str(wish.workshop) for wish in registration.wishes.all()}
        commune = person.commune
        rows.append(
            [
                registration.registered_at.isoformat(" ", "minutes") if registration.registered_at else "",
                person.first_name,
                person.last_name,
                person.email,
                person.phone,
                "" if person.category == ActorCategory.UNSAID else person.get_category_display(),
                person.organisation.name if person.organisation else "",
                commune.name if commune else person.commune_text,
                person.territory_text or (commune.epci.name if commune and commune.epci else ""),
                *(wishes.get((slot.pk, rank), "") for slot in slots for rank in range(1, MAX_RANKS + 1)),
                YES if registration.volunteer_porteur else "",
                registration.porteur_subject,
                registration.needs,
                registration.get_meal_display() if registration.meal else "",
                str(registration.children or ""),
                registration.interpreter,
                YES if registration.newsletter else "",
                YES if registration.remember_encounters else "",
                YES if registration.wants_takeaways else "",
                registration.get_status_display(),
                registration.get_source_display(),
                registration.presence_words,
                *(_words(answers.get(registration.pk, {}).get(question.pk)) for question in questions),
            ]
        )
    return headers, rows


def _header(question: Question) -> str:
    removed = " (retirée)" if question.removed_at is not None else ""
    return f"{OWN_QUESTION} : {question.label}{removed}"


def _words(answer: Answer | None) -> str:
    return answer.words if answer is not None else ""
