"""The demonstration: the consultation of 19 September 2022, over public interfaces."""
