"""« Pourquoi ici ? » is written to the person; on the organiser's page the same reason speaks of them.

In French the words themselves are turned; for another language, each French sentence it was made of (telling.py):
`TURNED` are those, for the catalogues. A test holds them against what `seating.explain` and `ties` may say.
"""

from seating import later, later_of

# Words of seating.explain, longest first where one holds another; a test reads every reason of a whole plan.
_SAID = (
    ("vous n’aviez pas donné de souhait ; votre place aide", "aucun souhait donné ; cette place aide"),
    ("vous ne l’aviez pas demandé", "ce n’était pas parmi ses vœux"),
    ("votre place est fixée par l’organisation", "place fixée par l’organisation"),
    ("Vous avez dit ne pas être là sur ce créneau.", "Absence annoncée sur ce créneau."),
    ("Vous n’avez pas encore de place sur ce créneau.", "Pas encore de place sur ce créneau."),
    ("Votre atelier a changé : voyez l’accueil.", "Son atelier a changé."),
    ("Vous y apportez un sujet.", "Y apporte un sujet."),
    ("n’a pas pu vous accueillir", "n’a pas pu l’accueillir"),
    ("d’acteurs que vous (", "d’acteurs ("),
    ("à votre besoin", "à son besoin"),
    ("c’est votre ", "c’est son "),
    ("de votre structure", "de sa structure"),
    ("que votre structure", "que sa structure"),
    ("finance votre structure", "finance sa structure"),
    ("financent votre structure", "financent sa structure"),
    ("encadre votre structure", "encadre sa structure"),
    ("encadrent votre structure", "encadrent sa structure"),
)


TURNED = (
    later("c’est son premier choix"),
    later("c’est son deuxième choix"),
    later("c’est son troisième choix"),
    later("c’est son quatrième choix"),
    later("c’est son cinquième choix"),
    later("c’est son sixième choix"),
    later("« {label} » n’a pas pu l’accueillir sans défaire les autres groupes (minimum, tables, habitant·es)"),
    later("Absence annoncée sur ce créneau."),
    later("Pas encore de place sur ce créneau."),
    later("Son atelier a changé."),
    later("c’est son choix numéro {number}"),
    later("place fixée par l’organisation."),
    later("aucun souhait donné ; cette place aide à équilibrer les ateliers."),
    later("ce n’était pas parmi ses vœux"),
    later("la salle de « {label} » ne répond pas à son besoin"),
    later("Y apporte un sujet."),
    later("Autour de la table, {people} du même type d’acteurs ({name})."),
    later("Une personne de sa structure est à la même table."),
    later("{number} personnes de sa structure sont à la même table."),
    later("Personne de sa structure."),
    *later_of("qui finance sa structure", "qui financent sa structure"),
    *later_of("qui encadre sa structure", "qui encadrent sa structure"),
    later("que sa structure finance"),
    later("que sa structure encadre"),
)


def about_them(reason: str) -> str:
    for to_them, about in _SAID:
        reason = reason.replace(to_them, about)
    return reason
