"""What forms ask for; the contract is in docs/architecture.md."""

from django.urls import path

from trust.views import challenge

urlpatterns = [path("proof/challenge.json", challenge, name="proof-challenge")]
