from django.urls import path

from maillage.reports import certificate_views, change_views, views

app_name = "reports"
urlpatterns = [
    path("noyau/<str:token>/recit/", change_views.change_report, name="change-report"),
    path(
        "noyaux/<slug:space>/<slug:slug>/recit.<slug:form>",
        change_views.public_story,
        name="public-change-report",
    ),
    path("rencontres/<uuid:gathering_id>/documents/", views.documents, name="documents"),
    path("rencontres/<uuid:gathering_id>/documents/<str:file>", views.made, name="made"),
    path("rencontres/<uuid:gathering_id>/compte-rendu/", views.report_page, name="report-page"),
    path("rencontres/<uuid:gathering_id>/compte-rendu/style.css", views.report_style, name="report-style"),
    path("rencontres/<uuid:gathering_id>/compte-rendu.pdf", views.report, {"form": "pdf"}, name="report"),
    path("rencontres/<uuid:gathering_id>/compte-rendu.docx", views.report, {"form": "docx"}, name="report-docx"),
    path("rencontres/<uuid:gathering_id>/compte-rendu.odt", views.report, {"form": "odt"}, name="report-odt"),
    path("rencontres/<uuid:gathering_id>/compte-rendu.html", views.report, {"form": "html"}, name="report-html"),
    path("rencontres/<uuid:gathering_id>/synthese.pdf", views.summary, {"form": "pdf"}, name="summary"),
    path("rencontres/<uuid:gathering_id>/synthese.docx", views.summary, {"form": "docx"}, name="summary-docx"),
    path("rencontres/<uuid:gathering_id>/synthese.odt", views.summary, {"form": "odt"}, name="summary-odt"),
    path("rencontres/<uuid:gathering_id>/synthese.html", views.summary, {"form": "html"}, name="summary-html"),
    path("rencontres/<uuid:gathering_id>/affiche.pdf", views.poster, name="poster"),
    path("rencontres/<uuid:gathering_id>/retour-sur-les-ateliers.pdf", views.deck, name="deck"),
    path("rencontres/<uuid:gathering_id>/badges.pdf", views.badges, name="badges"),
    path("rencontres/<uuid:gathering_id>/emargement.pdf", views.sign_in_sheets, name="sign-in-sheets"),
    path("rencontres/<uuid:gathering_id>/emargement-demi-journees.pdf", views.half_day_sheets, name="half-day-sheets"),
    path("rencontres/<uuid:gathering_id>/attestations.pdf", certificate_views.everybody, name="certificates"),
    path(
        "rencontres/<uuid:gathering_id>/attestations/<uuid:registration_id>.pdf",
        certificate_views.one,
        name="certificate",
    ),
    path("inscription/<str:token>/attestation.pdf", certificate_views.own, name="own-certificate"),
    path("rencontres/<uuid:gathering_id>/dossier-papier.pdf", views.day_pack, name="day-pack"),
    path("rencontres/<uuid:gathering_id>/affiches.pdf", views.signs, name="signs"),
    path("rencontres/<uuid:gathering_id>/listes-des-portes.pdf", views.door_lists, name="door-lists"),
]
