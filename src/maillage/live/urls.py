from django.urls import path

from maillage.live import (
    condition_views,
    control_views,
    export_views,
    handing_views,
    help_views,
    paper_results_views,
    photo_views,
    preview_views,
    rehearsal_views,
    standing_in_views,
    trial_views,
    views,
)

app_name = "live"
urlpatterns = [
    path("s/", views.code, name="code"),
    path("s/<str:code>/", views.join, name="join"),
    path("seance/<uuid:session_id>/", views.screen, name="screen"),
    path("seance/<uuid:session_id>/aide/", help_views.help_call, name="help"),
    path("seance/<uuid:session_id>/repondre/", standing_in_views.stand_in, name="stand-in"),
    path("seance/<uuid:session_id>/autre-telephone/", handing_views.other_phone, name="other-phone"),
    path("seance/<uuid:session_id>/telephones/", handing_views.room_phones, name="phones"),
    path("place/<str:token>/", handing_views.move_here, name="move-here"),
    path("seance/<uuid:session_id>/papier/", paper_results_views.paper_results, name="paper-results"),
    path("seance/<uuid:session_id>/photos/", photo_views.photos, name="photos"),
    path("seance/<uuid:session_id>/photos/<uuid:photo_id>.jpg", photo_views.photo, name="photo"),
    path("seance/<uuid:session_id>/photos/<uuid:photo_id>/retrait/", photo_views.photo_removal, name="photo-removal"),
    path("seance/<uuid:session_id>/export.<str:form>", export_views.export, name="export"),
    path("animer/<str:code>/", views.facilitate, name="facilitate"),
    path("projection/<str:token>/", views.project, name="project"),
    path("entrer/<str:token>/<uuid:session_id>/", views.enter_registered, name="enter"),
    path("rencontres/<uuid:gathering_id>/regie/", control_views.control_room, name="control-room"),
    path("rencontres/<uuid:gathering_id>/repetition/", rehearsal_views.rehearsal, name="rehearsal"),
    path(
        "rencontres/<uuid:gathering_id>/repetition/effacement/",
        rehearsal_views.rehearsal_erasure,
        name="rehearsal-erasure",
    ),
    path("methodes/<slug:space>/<slug:method>/apercu/", preview_views.preview, name="preview"),
    path("methodes/<slug:space>/<slug:method>/essai/", trial_views.trial, name="trial"),
    path("methodes/<slug:space>/<slug:method>/essai/effacement/", trial_views.trial_erasure, name="trial-erasure"),
    path("etat-du-serveur/", condition_views.server_condition, name="condition"),
    path("regie/<uuid:session_id>/", views.control, name="control"),
]
