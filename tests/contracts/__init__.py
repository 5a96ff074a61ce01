"""The contracts: what was once said on the bus can be read for as long as its type lives."""
