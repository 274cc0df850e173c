"""Where photos, documents and papers lie: in a folder, or in a bucket."""

from pathlib import Path

from mapapp import bucket_address
from mapapp import environment as env
from mapapp.settings_base import ROOT

# Never below a folder that a web server shows: each photo is asked for at the application.
MEDIA_ROOT = Path(env.text("MAPAPP_MEDIA_ROOT", str(ROOT / ".local" / "media")))
# In the place of that folder.
MEDIA_BUCKET = bucket_address.read("MAPAPP_MEDIA_S3_URL")
MEDIA_STORAGE = (
    MEDIA_BUCKET.storage()
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
)
# Three photos as phones take them, and the words.
PHOTO_FORM_MAX_SIZE = 40 * 1024 * 1024
# Photos of forms that are not sent yet; one takes at most about 2 MB.
WAITING_PHOTOS = env.whole_number("MAPAPP_WAITING_PHOTOS", 500, most=10**7)
