from django.urls import path

from maillage.registrations import (
    certificate_views,
    day_views,
    desk_views,
    import_views,
    listing_views,
    opening_views,
    own_data_views,
    own_views,
    public_views,
    question_views,
    views,
)

app_name = "registrations"
QUESTIONS = "rencontres/<uuid:gathering>/inscriptions/formulaire/questions/"
urlpatterns = [
    path(QUESTIONS, question_views.questions, name="questions"),
    path(f"{QUESTIONS}<uuid:question>/", question_views.change, name="question"),
    path(f"{QUESTIONS}<uuid:question>/rang/", question_views.move, name="move-question"),
    path(f"{QUESTIONS}<uuid:question>/retrait/", question_views.removal, name="remove-question"),
    path(f"{QUESTIONS}<uuid:question>/retour/", question_views.return_, name="return-question"),
    path(f"{QUESTIONS}<uuid:question>/effacement/", question_views.erasure, name="erase-question"),
    path("rencontres/<uuid:gathering>/inscriptions/", views.registrations, name="list"),
    path("rencontres/<uuid:gathering>/inscriptions/nouvelle/", views.new, name="new"),
    path("rencontres/<uuid:gathering>/inscriptions/inscriptions.csv", views.export, {"form": "csv"}, name="export-csv"),
    path(
        "rencontres/<uuid:gathering>/inscriptions/inscriptions.xlsx", views.export, {"form": "xlsx"}, name="export-xlsx"
    ),
    path("rencontres/<uuid:gathering>/inscriptions/formulaire/", opening_views.opening, name="opening"),
    path("rencontres/<uuid:gathering>/inscriptions/formulaire/apercu/", opening_views.preview, name="opening-preview"),
    path(
        "rencontres/<uuid:gathering>/inscriptions/formulaire/<slug:name>.eml",
        opening_views.letter,
        name="letter",
    ),
    path("rencontres/<uuid:gathering>/inscriptions/attente/", opening_views.waiting, name="waiting"),
    path(
        "rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/entree/",
        opening_views.promotion,
        name="promotion",
    ),
    path("rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/rang/", opening_views.rank, name="rank"),
    path("rencontres/<uuid:gathering>/inscriptions/import/", import_views.upload, name="import"),
    path(
        "rencontres/<uuid:gathering>/inscriptions/import/<uuid:import_id>/", import_views.preview, name="import-preview"
    ),
    path(
        "rencontres/<uuid:gathering>/inscriptions/import/<uuid:import_id>/colonnes/",
        import_views.columns,
        name="import-columns",
    ),
    path(
        "rencontres/<uuid:gathering>/inscriptions/import/<uuid:import_id>/abandon/",
        import_views.abandonment,
        name="import-abandonment",
    ),
    path(
        "rencontres/<uuid:gathering>/inscriptions/import/<uuid:import_id>/annulation/",
        import_views.cancellation,
        name="import-cancellation",
    ),
    path("rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/", views.edit, name="edit"),
    path(
        "rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/annulation/",
        views.cancellation,
        name="cancellation",
    ),
    path(
        "rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/retablissement/",
        views.restoration,
        name="restoration",
    ),
    path(
        "rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/effacement/",
        views.erasure,
        name="erasure",
    ),
    path("rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/lien/", views.link, name="link"),
    path("rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/donnees/", own_data_views.data, name="data"),
    path(
        "rencontres/<uuid:gathering>/inscriptions/<uuid:registration>/donnees.json",
        own_data_views.data_file,
        name="data-file",
    ),
    path("rencontres/<uuid:gathering>/attestations/", certificate_views.certificates, name="certificates"),
    path("rencontres/<uuid:gathering>/attestations/courriels/", certificate_views.letters, name="certificate-letters"),
    path(
        "rencontres/<uuid:gathering>/attestations/attestation.eml",
        certificate_views.letter_file,
        name="certificate-letter-file",
    ),
    path("rencontres/<uuid:gathering>/accueil/", desk_views.desk, name="desk"),
    path("rencontres/<uuid:gathering>/accueil/arrivee/", desk_views.walk_in, name="walk-in"),
    path("rencontres/<uuid:gathering>/accueil/listes/", day_views.lists, name="day-lists"),
    path("rencontres/<uuid:gathering>/accueil/listes.csv", day_views.lists_file, name="day-lists-csv"),
    path("rencontres/<uuid:gathering>/accueil/<uuid:registration>/personne/", day_views.person, name="desk-person"),
    path("badge/<str:code>/", day_views.badge, name="badge"),
    path("rencontres/<uuid:gathering>/accueil/<uuid:registration>/", desk_views.presence, name="presence"),
    path("rencontres/<slug:space>/<slug:slug>/inscription/", public_views.form, name="form"),
    path("rencontres/<slug:space>/<slug:slug>/inscription/envoyee/", public_views.sent, name="sent"),
    path("inscription/effacee/", own_data_views.own_erased, name="own-erased"),  # no token is a bare word
    path("inscription/<str:token>/", own_views.own, name="own"),
    path("inscription/<str:token>/donnees/", own_data_views.own_data, name="own-data"),
    path("inscription/<str:token>/donnees.json", own_data_views.own_data_file, name="own-data-file"),
    path("inscription/<str:token>/effacement/", own_data_views.own_erasure, name="own-erasure"),
    path("inscription/<str:token>/reponses/", own_views.answers, name="own-answers"),
    path("inscription/<str:token>/arrivee/", own_views.arrival, name="own-arrival"),
    path("inscription/<str:token>/voeux/", own_views.wishes, name="own-wishes"),
    path("inscription/<str:token>/annulation/", own_views.cancellation, name="own-cancellation"),
    path("inscription/<str:token>/retablissement/", own_views.restoration, name="own-restoration"),
    path("inscription/<str:token>/annuaire/", listing_views.own_listing, name="own-listing"),
    path("inscription/<str:token>/annuaire/retrait/", listing_views.own_withdrawal, name="own-listing-withdrawal"),
    path("annuaire-des-personnes/<slug:space>/<uuid:listing>/retrait/", listing_views.removal, name="remove-listing"),
]
