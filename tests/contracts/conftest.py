"""Two services in one test, each as its own tests run it: what one says, the other hears."""

from tests.minutes.conftest import minutes_service, minutes_settings, renderer, signing_pki
from tests.registration.conftest import office, provider, settings, settled, template
from tests.shared.conftest import street

__all__ = [
    "minutes_service",
    "minutes_settings",
    "office",
    "provider",
    "renderer",
    "settings",
    "settled",
    "signing_pki",
    "street",
    "template",
]
