from django.urls import path

from maillage.ui import views

app_name = "ui"
urlpatterns = [
    path("a-propos/", views.about, name="about"),
    path("mentions-legales/", views.legal, name="legal"),
    path("nouveautes/", views.news, name="news"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("accessibilite/grille-rgaa.csv", views.grid, name="grid"),
    path("affichage/", views.display, name="display"),
    path("langue/", views.language, name="language"),
]
