"""Accounts of staff: passwords, second factors, the city's identity provider, lock-out."""

from datetime import timedelta
from typing import Any

from mapapp import environment as env
from mapapp.settings_base import CITY_NAME, DEMO, SITE_NAME

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # One alone: each would hash a wrong password once more, and by its time somebody
    # could tell which accounts there are.
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# ASVS 5.0, 6.2: length, a list of common ones and words of the city; no rules about kinds
# of letters.
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
    {"NAME": "staff.city_words.CityWordsValidator"},
]
SESSION_ENGINE = "trust.sessions"
# A working day with an evening sitting; and so long when nothing is asked for.
SESSION_COOKIE_AGE = 12 * 60 * 60
IDLE_TIME = timedelta(hours=env.whole_number("MAPAPP_IDLE_HOURS", 2, least=1, most=12))
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
INVITATION_LIFETIME = timedelta(
    days=env.whole_number("MAPAPP_INVITATION_DAYS", 7, least=1)
)

# Whoever signs in without one gets nowhere but to the page that sets it up (ADR 40).
SECOND_FACTOR = env.flag("MAPAPP_SECOND_FACTOR", default=not DEMO)
MFA_ADAPTER = "staff.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
# Of clocks that are wrong by half a minute, too.
MFA_TOTP_TOLERANCE = 1
# An address is known from its invitation; an operator's own was typed at a prompt.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "staff.forms.second_factor.CodeForm",
    "reauthenticate": "staff.forms.second_factor.CodeAgainForm",
    "activate_totp": "staff.forms.second_factor.AppForm",
    "add_webauthn": "staff.forms.passkeys.AddPasskeyForm",
    "edit_webauthn": "staff.forms.passkeys.NamePasskeyForm",
    "authenticate_webauthn": "staff.forms.passkeys.PasskeyForm",
    "reauthenticate_webauthn": "staff.forms.passkeys.PasskeyAgainForm",
    "login_webauthn": "staff.forms.passkeys.PasskeyAloneForm",
}

ACCOUNT_ADAPTER = "staff.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "staff.forms.signing_in.SignInForm",
    "reauthenticate": "staff.forms.signing_in.PasswordAgainForm",
    "change_password": "staff.forms.signing_in.ChangePasswordForm",
    "reset_password_from_key": "staff.forms.signing_in.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# They would need a cache that all processes share; who guesses is kept out by axes, which
# counts in the database.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False

# The city's identity provider; without its address there is none.
OIDC_URL = env.url("MAPAPP_OIDC_URL", "", "https")
env.mention("MAPAPP_OIDC_CLIENT_ID", "MAPAPP_OIDC_SECRET")
# As its configuration must name it, to the letter.
OIDC_ISSUER = env.text("MAPAPP_OIDC_ISSUER", OIDC_URL.partition("/.well-known/")[0])
OIDC_NAME = env.text("MAPAPP_OIDC_NAME", CITY_NAME)
# Whether it asks everybody for a second factor; else this site does.
OIDC_SECOND_FACTOR = env.flag("MAPAPP_OIDC_SECOND_FACTOR", default=False)
SOCIALACCOUNT_ADAPTER = "staff.provider.ProviderAdapter"
# By a link: no form may lead to another site (form-action).
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if OIDC_URL:
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "city",
                    "name": OIDC_NAME,
                    "client_id": env.required(
                        "MAPAPP_OIDC_CLIENT_ID",
                        "The identity provider hands it out, as the secret.",
                    ),
                    "secret": env.required(
                        "MAPAPP_OIDC_SECRET",
                        "The identity provider hands it out, as the client's id.",
                    ),
                    "settings": {"server_url": OIDC_URL},
                }
            ],
        }
    }

# Who guesses passwords or codes: five times, then not for a quarter of an hour. What is
# counted is a hash of name and address.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = "staff.lockout.counted_by"
AXES_LOCKOUT_CALLABLE = "staff.lockout.answer"
AXES_USERNAME_CALLABLE = "staff.lockout.hashed_name"
AXES_CLIENT_IP_CALLABLE = "staff.lockout.hashed_address"
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address", "user_agent", "code", "credential", "next"),
    *("oldpassword", "password1", "password2", "csrfmiddlewaretoken"),
]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
