from django.urls import path

from maillage.plans import views

app_name = "plans"
urlpatterns = [
    path("rencontres/<uuid:gathering>/repartition/", views.plan, name="plan"),
    path("rencontres/<uuid:gathering>/repartition/personnes/", views.people, name="people"),
    path("rencontres/<uuid:gathering>/repartition/calcul/", views.run, name="run"),
    path("rencontres/<uuid:gathering>/repartition/<uuid:plan>/publication/", views.publication, name="publication"),
    path("rencontres/<uuid:gathering>/repartition/places/<int:placement>/", views.place, name="place"),
    path("rencontres/<uuid:gathering>/repartition/places/<int:placement>/verrou/", views.lock, name="lock"),
]
