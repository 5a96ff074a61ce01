"""The operator's command line: stands above the services and talks to them as a stranger would."""
