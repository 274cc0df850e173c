from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class InsekConfig(AppConfig):
    name = "insek"
    verbose_name = _("INSEK process")

    def ready(self) -> None:
        # Models are there only now.
        from insek.trace.tracing import follow_merging
        from pins.models import Pin

        post_save.connect(
            follow_merging, sender=Pin, dispatch_uid="insek.trace.tracing"
        )

        from councils.signals import results_took_effect
        from insek.concept.resolving import take_effect
        from insek.events.origins import keep_origin
        from pins.signals import pin_came_from

        pin_came_from.connect(keep_origin, dispatch_uid="insek.events.origins")
        results_took_effect.connect(take_effect, dispatch_uid="insek.concept.resolving")
