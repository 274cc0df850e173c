"""Removing a passkey, but not the last factor where one is compulsory."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class RemoveView(RemoveWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """As allauth's own, which would take away the last one, too."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            said = adapter.error_messages["cannot_delete_authenticator"]
            messages.error(request, said)
            return redirect("account")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


remove = RemoveView.as_view()
