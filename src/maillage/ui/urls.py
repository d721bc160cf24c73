from django.urls import path

from maillage.ui import views

app_name = "ui"
urlpatterns = [
    path("a-propos/", views.about, name="about"),
    path("donnees/", views.privacy, name="privacy"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("affichage/", views.display, name="display"),
    path("langue/", views.language, name="language"),
]
