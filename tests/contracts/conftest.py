"""Two services in one test, each as its own tests run it: what one says, the other hears."""

from tests.minutes.conftest import minutes_settings, renderer, secretariat, signing_pki
from tests.registration.conftest import office, provider, settings, settled, template
from tests.shared.conftest import street

__all__ = [
    "minutes_settings",
    "office",
    "provider",
    "renderer",
    "secretariat",
    "settings",
    "settled",
    "signing_pki",
    "street",
    "template",
]
