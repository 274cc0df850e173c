"""The city, what it promises and what it limits."""

from datetime import timedelta

from mapapp import environment as env
from mapapp.settings_base import CITY, DEBUG, DEMO, OPERATOR_EMAIL, ROOT

# --- Against spam -------------------------------------------------------------------------

# Other limits than those of trust/limits.py, by their names.
LIMITS = env.counts("MAPAPP_LIMITS")
# A browser derives so many keys at most, each in so many rounds: docs/operation.md.
PROOF_STEPS = env.whole_number("MAPAPP_PROOF_STEPS", 300, least=1)
PROOF_COST = env.whole_number("MAPAPP_PROOF_COST", 2_000, least=1)
PROOF_LIFETIME = timedelta(hours=1)
# Nobody reads and fills in a form in less.
LEAST_FORM_TIME = timedelta(seconds=env.whole_number("MAPAPP_LEAST_FORM_SECONDS", 3))
# More links than these in one text are pointed out to moderators.
MOST_LINKS = env.whole_number("MAPAPP_MOST_LINKS", 2)
# So long a text is known when it, or almost the same, is sent again.
TEXT_LIFETIME = timedelta(days=env.whole_number("MAPAPP_TEXT_DAYS", 14))
# So long moderators see why something looked like abuse.
SUSPICION_LIFETIME = timedelta(days=env.whole_number("MAPAPP_SUSPICION_DAYS", 90))

# --- Against viruses ----------------------------------------------------------------------

# The socket of the ClamAV daemon: unix:///run/clamav/clamd.ctl or tcp://host:3310.
CLAMD = env.text("MAPAPP_CLAMD", "")

# --- The city and its rules ---------------------------------------------------------------

REFERENCE_PREFIX = env.text("MAPAPP_REFERENCE_PREFIX", CITY.reference_prefix)
# EPSG code of the planners' coordinates.
PLANNING_SRID = env.whole_number("MAPAPP_PLANNING_SRID", CITY.planning_srid)
# How far the basemap goes on around the city.
BASEMAP_MARGIN_METRES = env.whole_number("MAPAPP_BASEMAP_MARGIN", 1500)
# Whom the map names as its source; empty leaves it to the basemap or the style itself.
BASEMAP_ATTRIBUTION = env.text("MAPAPP_BASEMAP_ATTRIBUTION", "")
OWN_LINK_LIFETIME = timedelta(days=env.whole_number("MAPAPP_OWN_LINK_DAYS", 730))
# What authors are promised: until when a moderator has read a pin, and its body answered.
REVIEW_PERIOD = timedelta(days=env.whole_number("MAPAPP_REVIEW_DAYS", 7))
ANSWER_PERIOD = timedelta(days=env.whole_number("MAPAPP_ANSWER_DAYS", 30))
# Until when what somebody reported is decided, and how long after that the reporter and the
# author may complain (DSA, Art. 20(1): six months at least).
REPORT_PERIOD = timedelta(days=env.whole_number("MAPAPP_REPORT_DAYS", 3))
COMPLAINT_PERIOD = timedelta(days=183)
# What the desks aim at besides: until when a body has accepted what came to it.
ACCEPT_PERIOD = timedelta(days=env.whole_number("MAPAPP_ACCEPT_DAYS", 7))
# How long a step at the desk can be taken back.
UNDO_PERIOD = timedelta(seconds=60)
# The office's own template (.docx) of agendas; its styles and its letterhead are used.
_agenda_template = env.text("MAPAPP_AGENDA_TEMPLATE", "")
AGENDA_TEMPLATE = ROOT / _agenda_template if _agenda_template else None
# A moderator who reads something has it for themselves for so long, unless renewed.
CLAIM_PERIOD = timedelta(minutes=env.whole_number("MAPAPP_CLAIM_MINUTES", 10, least=1))
# Whether moderators get a mail, once a day, when something waits longer than it should.
REMIND_MODERATORS = env.flag("MAPAPP_REMIND_MODERATORS", default=True)
# Former versions of words, and questions about them, are kept so long after the last one.
WORDING_LIFETIME = timedelta(days=env.whole_number("MAPAPP_WORDING_DAYS", 90))
# An address is kept this long after its pin has come to its end.
CONTACT_LIFETIME = timedelta(days=env.whole_number("MAPAPP_CONTACT_DAYS", 30))
# What was not published, or withdrawn, can be read by its author and moderators so long:
# a month more than complaints may take (Art. 20(1) DSA: six months).
REFUSED_LIFETIME = timedelta(days=env.whole_number("MAPAPP_REFUSED_DAYS", 215))
# Who wants to be told of something confirms it by mail, within this time.
CONFIRM_PERIOD = timedelta(days=2)
# Who registered for an event, and who was invited, is erased so long after it.
REGISTRATION_LIFETIME = timedelta(days=env.whole_number("MAPAPP_REGISTRATION_DAYS", 30))
# One person gets at most one mail in this time; what comes meanwhile waits for the next.
MAIL_PAUSE = timedelta(hours=env.whole_number("MAPAPP_MAIL_PAUSE_HOURS", 24))
# How long a process takes the version of the public pins for granted: so much later than
# the rest may a map of tiles notice a change.
PUBLIC_VERSION_AGE = timedelta(seconds=1)
# A page that many open at once is made once for all of them; what is not of the pins may be
# that old on it.
PAGE_AGE = timedelta(seconds=0 if DEBUG else 5)
# What Open311 calls the city by.
OPEN311_JURISDICTION = env.text("MAPAPP_OPEN311_JURISDICTION", CITY.jurisdiction)
# Webhooks may lead to this very machine, without https: to try them out, in the demo or
# with debugging alone.
WEBHOOKS_TO_LOOPBACK = env.flag("MAPAPP_WEBHOOKS_TO_LOOPBACK", default=False) and (
    DEBUG or DEMO
)
LICENCE_NAME = env.text("MAPAPP_LICENCE_NAME", CITY.licence_name)
LICENCE_URL = env.text("MAPAPP_LICENCE_URL", CITY.licence_url)
# The official key of the municipality (AGS, eight digits).
MUNICIPALITY_KEY = env.text("MAPAPP_MUNICIPALITY_KEY", CITY.municipality_key)
# Who publishes the data, as the catalogue of open data (DCAT-AP.de) says it, and through
# which of the portals that are named at https://www.dcat-ap.de/def/contributors/.
PUBLISHER = env.text("MAPAPP_PUBLISHER", CITY.publisher)
PUBLISHER_URL = env.text("MAPAPP_PUBLISHER_URL", CITY.publisher_url)
DATA_CONTACT = env.text("MAPAPP_DATA_CONTACT", CITY.data_contact or OPERATOR_EMAIL)
# Whom to tell of a weak spot: an address of mail, or of a page with https.
SECURITY_CONTACT = env.text("MAPAPP_SECURITY_CONTACT", OPERATOR_EMAIL)
CONTRIBUTOR_ID = env.text("MAPAPP_CONTRIBUTOR_ID", CITY.contributor)

# Of the large files that a job makes so many may wait at a time, and so much room may all
# of them take.
EXPORTS_WAITING = env.whole_number("MAPAPP_EXPORTS_WAITING", 10)
EXPORTS_SPACE = env.whole_number("MAPAPP_EXPORTS_MB", 4_000, most=10**7) * 1024 * 1024

# The one large body that somebody may send: staff, the file of an overlay.
OVERLAY_UPLOAD_BYTES = env.whole_number("MAPAPP_OVERLAY_UPLOAD_MB", 20) * 1024 * 1024
