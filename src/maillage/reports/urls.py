from django.urls import path

from maillage.reports import views

app_name = "reports"
urlpatterns = [
    path("rencontres/<uuid:gathering_id>/compte-rendu.pdf", views.report, name="report"),
    path("rencontres/<uuid:gathering_id>/badges.pdf", views.badges, name="badges"),
    path("rencontres/<uuid:gathering_id>/emargement.pdf", views.sign_in_sheets, name="sign-in-sheets"),
    path("rencontres/<uuid:gathering_id>/emargement-demi-journees.pdf", views.half_day_sheets, name="half-day-sheets"),
    path("rencontres/<uuid:gathering_id>/dossier-papier.pdf", views.day_pack, name="day-pack"),
    path("rencontres/<uuid:gathering_id>/affiches.pdf", views.signs, name="signs"),
    path("rencontres/<uuid:gathering_id>/listes-des-portes.pdf", views.door_lists, name="door-lists"),
]
