from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CouncilsConfig(AppConfig):
    name = "councils"
    verbose_name = _("Councils")

    def ready(self) -> None:
        # Models are there only now.
        from councils.retitling import follow_words
        from pins.signals import words_changed

        words_changed.connect(follow_words, dispatch_uid="councils.retitling")
