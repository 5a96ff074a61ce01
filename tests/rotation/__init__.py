"""The rotation drill: every password and key that can be changed is changed under load, and no request fails."""
