from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "insek.pages"
    label = "insek_pages"
    verbose_name = _("Pages of the process")

    def ready(self) -> None:
        # Wagtail's fields need the models.
        from insek.pages.choosers import leave_out_scripts
        from insek.pages.erasing import follow_rows

        leave_out_scripts()
        follow_rows()
