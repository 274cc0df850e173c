"""Static files: hashed names, compressed copies, and modules that find each other."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class SiteStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Names every file by its content and keeps what refers to it in step.

    The site's own scripts are modules that import each other. Their imports are
    rewritten to the hashed names, so that a browser never mixes modules of two
    releases. Only `*.js` is rewritten: MapLibre's files, which import nothing and find
    their worker beside them, are `*.mjs`.
    """

    support_js_module_import_aggregation = True

    def url(self, name: str, force: bool = False) -> str:  # noqa: FBT001, FBT002 -- as Django has it
        """Return a file's address; looked up once, for a page names a hundred of them."""
        if settings.DEBUG or force:
            return str(super().url(name, force))
        known: dict[str, str] = self.__dict__.setdefault("known_urls", {})
        if name not in known:
            known[name] = str(super().url(name, force))
        return known[name]
