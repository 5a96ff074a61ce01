"""Public meetings for open data programs, in the form of OParl 1.1 (https://oparl.org)."""
