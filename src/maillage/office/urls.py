from django.urls import path

from maillage.office import duties_views, views

app_name = "office"
urlpatterns = [
    path("donnees/", duties_views.privacy, name="privacy"),
    path("donnees/registre/", duties_views.register, name="register"),
    path("donnees/registre.csv", duties_views.register_csv, name="register-csv"),
    path("travaux/<uuid:job_id>/", views.job, name="job"),
    path("travaux/<uuid:job_id>/arret/", views.stop, name="stop"),
]
