"""The noyau of the demonstration, invented from end to end and marked so on every page and file."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.change.enums import Sharing
from maillage.change.keeping import change_kept
from maillage.change.members import add_member, let_leave, make_group
from maillage.change.models import CoreGroup, Member
from maillage.change.noting import (
    add_commitment,
    add_finding,
    add_harvest,
    hold_review,
    note_condition,
    plan_review,
    set_commitment_state,
)
from maillage.change.observing import add_observation
from maillage.change.path import add_actor, add_change, add_marker
from maillage.change.queries import agenda_of, review_before
from maillage.change.visions import validate_vision, write_vision
from maillage.people.models import Space

SLUG = "demo"
PATHS = (  # actor, change, for whom, markers
    ("Le bailleur", "décide des travaux des halls avec les habitants, dans l’immeuble", "les locataires", (
        ("expected", "Le bailleur envoie quelqu’un aux réunions du quartier"),
        ("wished", "Le bailleur répond aux demandes des habitants en dix jours"),
        ("ideal", "Le bailleur tient une permanence dans l’immeuble, avec des habitants"),
    )),
    ("La mairie", "ouvre ses salles aux habitants sans dossier à remplir", "les groupes sans local", (
        ("expected", "La mairie affiche les horaires des salles à l’entrée"),
        ("wished", "La mairie prête une salle le soir à un groupe d’habitants"),
        ("ideal", "Des habitants gardent les clés de la salle du bas"),
    )),
    ("Les parents d’élèves", "parlent du collège entre eux et avec lui", "les collégiens", (
        ("expected", "Des parents viennent au café du collège"),
        ("wished", "Des parents animent eux-mêmes le café du collège"),
        ("ideal", "Le collège change une règle après en avoir parlé avec des parents"),
    )),
)  # fmt: skip
SEEN = (  # days ago, who, marker or none, degree, words, from what
    (340, 0, 0, "unseen", "Deux réunions, personne du bailleur.", "Feuilles de présence des deux réunions"),
    (310, 1, 3, "seen", "Les horaires sont affichés à la porte, en trois langues.", ""),
    (280, 2, 6, "partly", "Quatre parents, tous de la même classe.", ""),
    (250, 0, 0, "seen", "La gardienne et son chef étaient là, ils ont pris des notes.", ""),
    (220, 1, None, "seen", "Des jeunes ont nettoyé la cour un samedi, sans que personne ne le demande.", ""),
    (190, 2, 6, "seen", "Onze parents, dont quatre pères.", ""),
    (160, 0, 1, "partly", "Réponse en dix jours pour l’ascenseur, pas pour les caves.", "Cahier des demandes du hall"),
    (130, 1, 4, "unseen", "Demande refusée : il fallait une assurance.", "Réponse écrite du service des salles"),
    (100, 3, None, "seen", "Le club de sport a prêté sa salle quand la mairie a dit non.", "Un appel du club de sport"),
    (70, 2, 7, "seen", "Deux mères ont préparé les questions et donné la parole.", ""),
    (
        40,
        0,
        1,
        "seen",
        "Les trois dernières demandes ont eu une réponse en une semaine.",
        "Cahier des demandes du hall",
    ),
    (35, 1, 1, "seen", "La demande passée par la préfecture a eu sa réponse en six jours.", "Courrier du bailleur"),
    (10, 1, 4, "partly", "Salle prêtée un soir, le gardien a dû rester.", ""),
)


@transaction.atomic
def make_demonstration(*, space: Space, by: str, today: dt.date) -> CoreGroup:
    """A year, told in observations of every kind and two reviews; made once."""
    known = CoreGroup.objects.filter(space=space, slug=SLUG).first()
    if known is not None:
        return known
    lead_said = {"name": "Samira", "organisation": "Maison de quartier", "category": "association"}
    group, lead = make_group(
        space=space, name="Noyau des Lilas (inventé)", slug=SLUG, lead=lead_said, by_words=by, invented=True,
        contact="noyau.des.lilas@exemple.invalid",
    )  # fmt: skip
    _say_joined(lead, today - dt.timedelta(days=360))
    others = [
        add_member(group=group, name=name, organisation=organisation, category=category, by=lead,
                   joined_on=today - dt.timedelta(days=days))
        for name, organisation, category, days in (
            ("Paul", "Préfecture", "state_officer", 360),
            ("Inès", "Mairie", "local_officer", 350),
            ("Léo", "Conseil citoyen", "resident", 330),
        )
    ]  # fmt: skip
    people = [lead, *others]
    add_finding(group=group, text="Les halls sont refaits sans que les habitants le sachent.", said_by="Des locataires",
                source="Réunion en pied d’immeuble", by=lead)  # fmt: skip
    add_finding(group=group, text="La salle municipale est vide quatre soirs sur cinq.", said_by="La mairie",
                source="Planning de la salle", by=others[1])  # fmt: skip
    write_vision(group=group, text="Aux Lilas, les halls, la salle et le collège se décident avec ceux qui y vivent.",
                 horizon=today.year + 3, seen=0, by=lead)  # fmt: skip
    vision = write_vision(
        group=group,
        text="Aux Lilas, les halls, la salle du bas et le collège se décident avec qui y vit, et cela se voit.",
        horizon=today.year + 3, seen=1, by=others[0],
    )  # fmt: skip
    validate_vision(
        vision=vision, who="le noyau, puis la table de quartier", on=today - dt.timedelta(days=300), by=lead
    )
    markers = []
    changes = []
    for name, change, whom, sentences in PATHS:
        actor = add_actor(group=group, name=name, by=lead)
        changes.append(add_change(group=group, actor=actor, text=change, for_whom=whom, by=lead))
        markers += [add_marker(group=group, actor=actor, level=level, text=text, by=lead) for level, text in sentences]
    for days, who, marker, degree, text, source in SEEN:
        add_observation(
            group=group, by=people[who], key=uuid.uuid5(group.pk, str(days)), degree=degree,
            marker=None if marker is None else markers[marker], text=text, on=today - dt.timedelta(days=days),
            source=source, seen_by="other" if who == 3 else "myself",
        )  # fmt: skip
    for condition, state, finding, days in (
        ("champion", "present", "Le conseil citoyen et la maison de quartier entraînent les autres.", 300),
        ("means", "absent", "Un mi-temps promis, pas encore voté.", 300),
        ("agenda", "ongoing", "Une première vision.", 320),
        ("agenda", "present", "La vision est validée par la table de quartier.", 300),
        ("measures", "ongoing", "Neuf repères, écrits ensemble.", 345),
        ("dialogue", "present", "On s’appelle entre deux revues, et l’on va voir sur place à deux.", 60),
        ("means", "ongoing", "Le mi-temps est voté pour un an.", 30),
    ):
        note_condition(group=group, condition=condition, state=state, finding=finding,
                       on=today - dt.timedelta(days=days), by=lead)  # fmt: skip
    for what, bearer, days, fed, become in (
        ("Tenir les réunions dans le hall", "Conseil citoyen", -100, 0, "done"),
        ("Demander à la mairie un prêt de salle sans dossier", "Maison de quartier", -15, 1, "todo"),
        ("Inviter le bailleur à tenir une permanence dans le hall", "Conseil citoyen", 45, 0, "todo"),
        ("Proposer à la mairie un essai de trois mois, clés confiées", "Maison de quartier, mairie", 60, 1, "todo"),
    ):
        row = add_commitment(group=group, what=what, who=bearer, due=today + dt.timedelta(days=days),
                             change=changes[fed], by=lead)  # fmt: skip
        if become != row.state:
            set_commitment_state(commitment=row, state=become, by=lead)
    _reviews(group, lead, today)
    let_leave(member=others[2], by=lead, on=today - dt.timedelta(days=60))
    group.sharing = Sharing.PUBLIC
    group.save(update_fields=["sharing"])
    return group


def _reviews(group: CoreGroup, lead: Member, today: dt.date) -> None:
    for days, kind, learned, decisions, attended, ahead in (
        (180, "half-yearly", "Le bailleur vient quand on l’invite dans l’immeuble, pas à la mairie.",
         "Tenir les réunions dans le hall\nDemander à la mairie un prêt de salle sans dossier",
         "maison de quartier, préfecture, mairie, conseil citoyen", 175),
        (5, "yearly", "Ce qui avance passe par des personnes qui se connaissent ; la règle de la salle bloque encore.",
         "Proposer à la mairie un essai de trois mois, clés confiées\nRaconter l’année à la réunion du contrat",
         "maison de quartier, préfecture, mairie", 175),
    ):  # fmt: skip
        day = today - dt.timedelta(days=days)
        review = plan_review(group=group, kind=kind, on=day, by=lead)
        agenda = agenda_of(group, on=day, since=review_before(group, day)).as_json
        hold_review(review=review, learned=learned, decisions=decisions, next_on=day + dt.timedelta(days=ahead),
                    agenda=agenda, attended=attended, seen=None, by=lead)  # fmt: skip
    add_harvest(
        group=group, review=review, text="Le bailleur répond aux demandes en une semaine", who="Les locataires",
        when="depuis l’automne", contribution="Le noyau a tenu avec lui une liste des demandes, relue à chaque revue.",
        strength="witnessed", evidence="la maison de quartier, la préfecture : chacune pour ses demandes", by=lead,
    )  # fmt: skip
    plan_review(group=group, kind="monthly", on=today + dt.timedelta(days=25), by=lead)


def _say_joined(member: Member, on: dt.date) -> None:
    change_kept(member, content={"joined_on": on}, seen=None, by=member, verb=_("a changé un membre"))
