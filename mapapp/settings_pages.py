"""The pages that editors write, and what they put into them (Wagtail)."""

from mapapp.settings_accounts import LOGIN_URL
from mapapp.settings_base import BASE_URL, CITY, LANGUAGES, SITE_NAME

WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
# No request to a third party, from editors' browsers either.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# The site's own accounts: nobody changes password or address a second way.
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
# Who may write may publish; a second pair of eyes looks at the draft.
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# Pages come and go by the city's clock. Among all that the machine knows are some, such as
# `localtime`, over which the browser fails.
WAGTAIL_USER_TIME_ZONES = [CITY.time_zone]
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "wagtail.search.backends.database",
        "SEARCH_CONFIG": "german",
    }
}
WAGTAILIMAGES_IMAGE_MODEL = "insek_pages.PagePicture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "insek.pages.file_forms.PictureForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
# As photos of contributions: what is larger, nobody needs on a page.
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 12 * 1024 * 1024
# The form counts the pixels as it does those of photos: Wagtail would decode the picture
# for it, and fall over one that is cut off.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = None
WAGTAILDOCS_DOCUMENT_MODEL = "insek_pages.PageDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "insek.pages.file_forms.DocumentForm"
# Nothing that a browser would run.
WAGTAILDOCS_EXTENSIONS = [
    *("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "csv", "txt")
]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
# From a bucket, too: no browser is sent to where the files lie.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []
# No second kind of passwords.
WAGTAIL_PRIVATE_PAGE_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
# A long page is a form of many fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
