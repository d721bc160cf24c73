from django.urls import path

from maillage.contracts import history_views, sheets_views, views

app_name = "contracts"

SPACE = "contrats/<slug:space>/"
CONTRACT = f"{SPACE}<uuid:contract>/"

urlpatterns = [
    path("contrats/", views.spaces, name="spaces"),
    path(SPACE, views.contracts, name="list"),
    path(f"{SPACE}nouveau/", views.new, name="new"),
    path(f"{SPACE}import/", sheets_views.upload, name="import"),
    path(f"{SPACE}contrats.<str:form>", sheets_views.export, name="export"),
    path(CONTRACT, views.detail, name="detail"),
    path(f"{CONTRACT}modifier/", views.edit, name="edit"),
    path(f"{CONTRACT}historique/", history_views.history, name="history"),
    path(f"{CONTRACT}historique/<int:number>/reprise/", history_views.restore, name="restore"),
    path(f"{CONTRACT}retrait/", history_views.remove, name="remove"),
    path(f"{CONTRACT}remise/", history_views.put_back, name="put-back"),
]
