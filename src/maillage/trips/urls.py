from django.urls import path

from maillage.trips import views

app_name = "trips"
GATHERING = "rencontres/<uuid:gathering_id>/serveur-de-salle/"
urlpatterns = [
    path(GATHERING, views.trip, name="trip"),
    path(f"{GATHERING}emporter/", views.leave, name="leave"),
    path(f"{GATHERING}rapporter/", views.arrive, name="arrive"),
    path(f"{GATHERING}reprendre/", views.take_back, name="take-back"),
]
