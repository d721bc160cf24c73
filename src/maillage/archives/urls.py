from django.urls import path

from maillage.archives import views

app_name = "archives"
urlpatterns = [
    path("rencontres/<uuid:gathering_id>/archive.zip", views.archive, name="archive"),
    path("rencontres/<slug:space>/<slug:slug>/archive.zip", views.public, name="public"),
    path("conservation/<slug:slug>/", views.retention, name="retention"),
]
