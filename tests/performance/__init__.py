"""Measurements beside the raw limit in the same run: figures are ratios, as machines differ and are noisy."""
