"""Carries out the runbooks: the fault is made, the alert fires, the page's own commands mend it, the alert ends."""
