"""Static files: hashed names, compressed copies, and modules that find each other."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class SiteStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """Names every file by its content and keeps what refers to it in step.

    The site's own scripts are modules that import each other. Their imports are
    rewritten to the hashed names, so that a browser never mixes modules of two
    releases. Only `*.js` is rewritten: MapLibre's files, which import nothing and find
    their worker beside them, are `*.mjs`.
    """

    support_js_module_import_aggregation = True
