from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")

    def ready(self) -> None:
        # Models are not there before.
        from staff import checks, entries  # noqa: F401 – the first registers them
        from staff.following import follow
        from staff.groups import keep_groups_after_migrations

        post_migrate.connect(keep_groups_after_migrations, sender=self)
        follow()
        entries.follow()
