"""The directory of bodies of government over HTTP."""
