"""The demonstration: the consultation meeting of 19 September 2022, played through public interfaces and counted from the system."""
