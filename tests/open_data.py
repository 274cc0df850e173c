"""What open data promises to those who read it."""

# The same names in every open export, in this order.
PROPERTIES = [
    "reference",
    "kind",
    "theme",
    "status",
    "title",
    "body",
    "district_number",
    "district",
    "body_slug",
    "support_count",
    "comment_count",
    "created_at",
    "published_at",
    "status_changed_at",
    "public_answer",
    "goal",
    "measure",
    "url",
]
