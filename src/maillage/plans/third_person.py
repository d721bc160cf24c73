"""« Pourquoi ici ? » is written to the person; on the organiser's page the same reason speaks of them."""

# Words of seating.explain, longest first where one holds another; a test reads every reason of a whole plan.
_SAID = (
    ("vous n’aviez pas donné de souhait ; votre place aide", "aucun souhait donné ; cette place aide"),
    ("vous ne l’aviez pas demandé", "ce n’était pas parmi ses vœux"),
    ("votre place est fixée par l’organisation", "place fixée par l’organisation"),
    ("Vous avez dit ne pas être là à ce moment.", "Absence annoncée à ce moment."),
    ("Vous n’avez pas encore de place à ce moment.", "Pas encore de place à ce moment."),
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


def about_them(reason: str) -> str:
    for to_them, about in _SAID:
        reason = reason.replace(to_them, about)
    return reason
