"""How programs use a token, ready to copy."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from districts.models import Body

# Stands for the token where that is not shown any more.
ELLIPSIS = "mmk_…"


@dataclass(frozen=True)
class Examples:
    """Commands and queries for the contributions of a desk."""

    body: Body
    token: str = ELLIPSIS

    def _address(self, extension: str) -> str:
        path = reverse("desk-pins", args=[self.body.slug, extension])
        return f"{settings.BASE_URL}{path}"

    @property
    def _fetch(self) -> str:
        return "curl --fail --silent --show-error --header @$HOME/.mitmachkarte"

    @property
    def keep(self) -> str:
        """Put the header into a file that only its owner can read."""
        header = f"Authorization: Bearer {self.token}"
        return f"(umask 077; echo '{header}' > $HOME/.mitmachkarte)"

    @property
    def curl(self) -> str:
        return (
            f"{self.keep}\n{self._fetch} \\\n"
            f"  --output contributions.gpkg '{self._address('gpkg')}'"
        )

    @property
    def cron(self) -> str:
        """Fetch each morning; what is there stays until the new file is whole."""
        new, kept = "$HOME/contributions.new", "$HOME/contributions.gpkg"
        address = self._address("gpkg")
        return f"0 6 * * * {self._fetch} --output {new} '{address}' && mv {new} {kept}"

    @property
    def qgis(self) -> str:
        return self._address("geojson")

    @property
    def excel(self) -> str:
        """Fetch the table; Excel keeps the token as a password, outside the workbook."""
        return (
            "let\n"
            f'  File = Web.Contents("{self._address("xlsx")}"),\n'
            "  Book = Excel.Workbook(File, true),\n"
            "  Contributions = Book{0}[Data]\n"
            "in\n"
            "  Contributions"
        )
