from django.urls import path

from maillage.office import views

app_name = "office"
urlpatterns = [
    path("travaux/<uuid:job_id>/", views.job, name="job"),
    path("travaux/<uuid:job_id>/arret/", views.stop, name="stop"),
]
