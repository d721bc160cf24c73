"""What anybody may take of a noyau that says it is public: what was seen, without who saw it."""

from collections.abc import Iterator
from typing import Any

from maillage.change.enums import Degree, MarkerLevel, SeenBy
from maillage.change.models import CoreGroup
from maillage.change.queries import seen_of
from maillage.lib.tableschema import UUID_PATTERN, Column, Columns

OBSERVATIONS = Columns(
    (
        Column("id", "Identifiant, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column("noyau", "Nom du noyau.", required=True),
        Column("invente", "Vrai pour les données d’une démonstration.", "boolean", required=True),
        Column("qpv", "Code du quartier prioritaire du noyau."),
        Column("jour", "Jour où cela a été vu.", "date", required=True),
        Column("acteur", "L’acteur dont on regarde le changement ; vide pour l’inattendu."),
        Column("niveau", "Niveau du repère.", choices=MarkerLevel),
        Column("repere", "Le repère regardé ; vide pour l’inattendu."),
        Column("vu", "Vu, en partie, ou pas vu.", required=True, choices=Degree),
        Column("recit", "Ce qui a été vu, avec les mots du noyau."),
        Column("vu_par", "Qui l’a vu, sans nom.", required=True, choices=SeenBy),
        Column("source", "D’où cela vient."),
    ),
    key=("id",),
)


def observation_rows(group: CoreGroup) -> Iterator[dict[str, Any]]:
    for row in seen_of(group, outside=True).order_by("on", "pk"):
        marker = row.marker
        yield {
            "id": row.pk,
            "noyau": group.name,
            "invente": group.invented,
            "qpv": group.qpv_id,
            "jour": row.on,
            "acteur": marker.actor.name if marker else "",
            "niveau": marker.level if marker else None,
            "repere": marker.text if marker else "",
            "vu": row.degree,
            "recit": row.text,
            "vu_par": row.seen_by,
            "source": row.source,
        }
