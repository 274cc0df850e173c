"""Pages of `tests.every_page` as they are before and after all goes well.

Looked at by the sweep alone (`tests/conformance`).
"""

PUBLIC_FORMS = [
    "/pins/new",
    "/pins/{published}/comment",
    "/pins/{published}/report",
    "/pins/{own}/edit/{token}?new=1",
    "/pins/{published}/comments/{comment}/edit/{token}?new=1",
    "/pins/{published}/comments/{comment}/edit/{token}/decisions/{on_comment}",
    "/pins/reports/{kept_report}/{kept_token}",
    "/pins/questions/{question}",
    "/pins/{own}/edit/{token}/mail",
    "/follow/?pin={published}",
    "/insek/events/{event}/register",
    "/insek/stand/{stand_token}/",
    "/insek/invitations/{invitation}/",
    "/about/my-data/",
    "/about/barrier/",
]

# Whose forms are sent with nothing in them, by a rule of their own for each.
REFUSING: dict[str, list[tuple[str, list[str]]]] = {
    "public": [("", PUBLIC_FORMS)],
    "accounts": [
        (
            "",
            [
                "/accounts/login/",
                "/accounts/password/reset/",
                "/accounts/invitation/{offer}/",
            ],
        ),
        ("newcomer", ["/accounts/second-factor/app/"]),
        ("half way", ["/accounts/second-factor/code/"]),
        (
            "at home",
            [
                "/accounts/password/",
                "/accounts/second-factor/passkeys/{passkey}/name/",
            ],
        ),
        ("owner", ["/accounts/again/", "/accounts/second-factor/again/"]),
    ],
    "desks": [
        (
            "moderator",
            [
                "/moderation/{own}/",
                "/moderation/{own}/words/",
                "/moderation/comments/{comment}/",
                "/moderation/reasons/new",
                "/moderation/reports/{case}/",
                "/moderation/erasures/pin/{published}/",
            ],
        ),
        (
            "chair",
            [
                "/desk/ortsbeirat-hohenecken/{published}/comment",
                "/desk/ortsbeirat-hohenecken/{published}/hand-over",
                "/desk/ortsbeirat-hohenecken/{published}/propose",
                "/desk/ortsbeirat-hohenecken/templates/new",
                "/desk/ortsbeirat-hohenecken/sittings/new",
                "/desk/ortsbeirat-hohenecken/sittings/{planned}/cancel",
                "/desk/ortsbeirat-hohenecken/sittings/items/{item}/edit",
                "/desk/ortsbeirat-hohenecken/hearings/{matter}",
                "/desk/ortsbeirat-hohenecken/files/",
            ],
        ),
    ],
    "offices": [
        (
            "editor",
            [
                "/planning/events/new",
                "/planning/phases/new",
                "/planning/groups/new",
                "/planning/input/stands/new",
                "/planning/input/cards/",
            ],
        ),
        (
            "planner",
            [
                "/planning/suggestions/{suggestion}/",
                "/planning/concept/fields/new",
                "/planning/concept/goals/new",
                "/planning/concept/measures/new",
                "/planning/concept/milestones/{milestone}/",
                "/planning/submissions/new?kind=measures&measures={measure}",
            ],
        ),
        (
            "operator",
            [
                "/operation/webhooks/new",
                "/operation/clients/new",
                "/operation/accounts/invite",
                "/operation/look/",
            ],
        ),
    ],
}

# What there is to see before anybody has done anything.
EMPTY = [
    (
        "",
        [
            "/",
            "/districts/hohenecken/",
            "/sittings/",
            "/insek/topics/",
            "/insek/goals/",
            "/insek/measures/",
            "/insek/phases/",
            "/insek/events/",
            "/insek/numbers/",
            "/exports/",
        ],
    ),
    (
        "moderator",
        [
            "/moderation/",
            "/moderation/cards/",
            "/moderation/reports/",
            "/moderation/erasures/",
        ],
    ),
    (
        "chair",
        [
            "/desk/ortsbeirat-hohenecken/",
            "/desk/ortsbeirat-hohenecken/sittings/",
            "/desk/ortsbeirat-hohenecken/templates/",
            "/desk/ortsbeirat-hohenecken/hearings/",
            "/desk/ortsbeirat-hohenecken/proposals/",
            "/desk/ortsbeirat-hohenecken/reports/",
        ],
    ),
    (
        "planner",
        [
            "/planning/",
            "/planning/events/",
            "/planning/groups/",
            "/planning/input/",
            "/planning/input/cards/",
            "/planning/suggestions/",
            "/planning/trace/",
            "/planning/concept/",
            "/planning/submissions/",
            "/planning/reports/",
        ],
    ),
    (
        "operator",
        [
            "/operation/webhooks/",
            "/operation/clients/",
            "/operation/accounts/",
            "/operation/audit/",
        ],
    ),
]
