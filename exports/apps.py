from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = _("Exports")

    def ready(self) -> None:
        # Models are there only now.
        from exports.large.hiding import follow_hiding, follow_words
        from pins.models import VisibilityChange
        from pins.signals import words_changed

        post_save.connect(
            follow_hiding, sender=VisibilityChange, dispatch_uid="exports.large.hiding"
        )
        words_changed.connect(follow_words, dispatch_uid="exports.large.words")
