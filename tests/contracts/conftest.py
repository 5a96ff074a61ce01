"""Two services in one test, each as its own tests run it: what one says, the other hears."""

from tests.minutes.conftest import minutes_service, minutes_settings, renderer, signing_pki
from tests.registration.conftest import provider, settings, settings_with_database, template
from tests.registration.conftest import service as registration_service
from tests.shared.conftest import street

__all__ = [
    "minutes_service",
    "minutes_settings",
    "provider",
    "registration_service",
    "renderer",
    "settings",
    "settings_with_database",
    "signing_pki",
    "street",
    "template",
]
