"""Who is signed in: the login by an OIDC provider, and the session in a cookie that only the portal can read."""

from services.portal.web.session.access import Person, SignedIn, StaffAccess, StaffSettings, access_of
from services.portal.web.session.problems import SignInFailed, SignInNeeded

__all__ = ["Person", "SignInFailed", "SignInNeeded", "SignedIn", "StaffAccess", "StaffSettings", "access_of"]
