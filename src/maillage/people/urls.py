from django.urls import path

from maillage.people import views

app_name = "people"
urlpatterns = [
    path("connexion/", views.sign_in, name="sign-in"),
    path("connexion/lien/", views.sign_in_link, name="sign-in-link"),
    path("deconnexion/", views.sign_out, name="sign-out"),
]
