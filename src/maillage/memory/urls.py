from django.urls import path

from maillage.memory import views

app_name = "memory"
urlpatterns = [
    path("rencontres/<uuid:gathering_id>/a-retenir/", views.takeaways, name="takeaways"),
    path("seance/<uuid:session_id>/fiche/", views.own_sheet, name="own-sheet"),
    path("seance/<uuid:session_id>/a-retenir/", views.room_takeaways, name="room-takeaways"),
    path("fiche/<str:token>/", views.sheet, name="sheet"),
]
