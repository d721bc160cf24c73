from django.urls import path

from maillage.methods import editor_views, views

app_name = "methods"

SPACE = "methodes/<slug:space>/"
METHOD = f"{SPACE}<slug:method>/"
EDITOR = f"{METHOD}modifier/"

urlpatterns = [
    path("methodes/", views.spaces, name="spaces"),
    path(SPACE, views.library, name="library"),
    path(f"{SPACE}import/", views.import_file, name="import"),
    path(METHOD, views.detail, name="detail"),
    path(f"{METHOD}fichier.toml", views.export, name="export"),
    path(f"{METHOD}papier/<slug:sheet>.pdf", views.papers, name="papers"),
    path(f"{METHOD}copie/", views.duplicate, name="duplicate"),
    path(f"{METHOD}versions/livree/", views.restore, name="restore"),
    path(f"{METHOD}versions/<uuid:version>/", views.version, name="version"),
    path(EDITOR, editor_views.general, name="edit"),
    path(f"{EDITOR}fichier/", editor_views.source, name="source"),
    path(f"{EDITOR}fichier/verification/", editor_views.check, name="check"),
    path(f"{EDITOR}durees/", editor_views.minutes, name="minutes"),
    path(f"{EDITOR}roles/nouveau/", editor_views.new_role, name="new-role"),
    path(f"{EDITOR}roles/<str:part>/", editor_views.role, name="role"),
    path(f"{EDITOR}cartes/nouvelles/", editor_views.new_kind, name="new-kind"),
    path(f"{EDITOR}cartes/<str:part>/", editor_views.kind, name="kind"),
    path(f"{EDITOR}jeux/<str:part>/", editor_views.deck, name="deck"),
    path(f"{EDITOR}marques/<str:part>/", editor_views.mark, name="mark"),
    path(f"{EDITOR}etapes/nouvelle/", editor_views.new_stage, name="new-stage"),
    path(f"{EDITOR}etapes/<str:part>/", editor_views.stage, name="stage"),
    path(f"{EDITOR}etapes/<str:part>/activite/", editor_views.activity, name="activity"),
    path(f"{EDITOR}etapes/<str:part>/ordre/", editor_views.move_stage, name="move-stage"),
    path(f"{EDITOR}etapes/<str:part>/retrait/", editor_views.remove_stage, name="remove-stage"),
]
