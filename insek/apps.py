from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsekConfig(AppConfig):
    name = "insek"
    verbose_name = _("INSEK process")
