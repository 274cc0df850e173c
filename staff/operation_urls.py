"""Accounts and invitations, below /operation/accounts/."""

from django.urls import path

from staff.views import accounts

app_name = "accounts"
urlpatterns = [
    path("", accounts.overview, name="overview"),
    path("invite", accounts.invite, name="invite"),
    path(
        "invitations/<int:invitation_id>/act",
        accounts.act_on_invitation,
        name="invitation-act",
    ),
    path("<int:account_id>/", accounts.account, name="account"),
    path("<int:account_id>/act", accounts.act, name="act"),
    path("<int:account_id>/roles", accounts.give_roles, name="roles"),
    path("<int:account_id>/end", accounts.end, name="end"),
    path(
        "<int:account_id>/seats/<int:seat_id>/end", accounts.end_seat, name="end-seat"
    ),
]
