"""Addresses below the home of the process that no page of the CMS may take."""

# The application's own pages answer there first; a page of this name were never seen.
RESERVED = frozenset(
    {
        "calendar",
        "cards",
        "concept",
        "events",
        "feeds",
        "fields",
        "goals",
        "invitations",
        "measures",
        "milestones",
        "numbers",
        "phases",
        "registrations",
        "search",
        "stand",
        "stands",
        "submissions",
        "topics",
        "trace",
    }
)
# The sections of the navigation: their pages are known by these addresses.
NEWS, DOCUMENTS, PEOPLE, FAQ = "news", "documents", "people", "faq"
SECTIONS = (NEWS, DOCUMENTS, PEOPLE, FAQ)
