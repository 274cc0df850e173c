"""A harvester of OParl, which knows one address and follows what it finds there."""

from typing import Any

from django.conf import settings
from django.test import Client

from tests.exports.oparl.schema import check, check_page

Content = dict[str, Any]
LISTS = (
    *("organization", "person", "meeting", "paper"),
    *("agendaItem", "consultation", "file", "locationList"),
)


class Harvester:
    """Fetches what there is into `objects`, by `id`; all that it reads is checked."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.objects: dict[str, Content] = {}

    def fetch(self, address: str) -> Content:
        """Return what is at an address of the site; it must be there."""
        assert address.startswith(f"{settings.BASE_URL}/"), address
        response = self._client.get(address.removeprefix(settings.BASE_URL))
        assert response.status_code == 200, address
        assert response["Content-Type"] == "application/json", address
        content: Content = response.json()
        return content

    def take_all(self) -> "Harvester":
        """Fetch everything, from the system on."""
        return self._take("")

    def take_changes(self, since: str) -> "Harvester":
        """Fetch what changed since a moment, and forget what was taken away."""
        return self._take(f"modified_since={since.replace('+', '%2B')}")

    def _take(self, query: str) -> "Harvester":
        system = self.fetch(f"{settings.BASE_URL}/oparl/v1/")
        check(system)
        # What changed in it says nothing of the lists that it leads to.
        for body in self.pages(system["body"]):
            self._keep(body)
            for name in LISTS:
                for content in self.pages(body[name], query):
                    self._keep(content)
        return self

    def _keep(self, content: Content) -> None:
        if content.get("deleted"):
            self.objects.pop(content["id"], None)
        else:
            self.objects[content["id"]] = content

    def pages(self, address: str, query: str = "") -> list[Content]:
        """Return the objects of a list, over all its pages."""
        found: list[Content] = []
        # A page of two, so that there are several.
        page = self.fetch(f"{address}?elementsPerPage=2{'&' if query else ''}{query}")
        while True:
            check_page(page)
            found += page["data"]
            following = page["links"].get("next")
            if following is None:
                return found
            page = self.fetch(following)

    def latest(self) -> str:
        """Return the moment from which on it asks the next time."""
        moments: list[str] = [one["modified"] for one in self.objects.values()]
        return max(moments)
