"""Traces in Jaeger, the real counterpart of our exporter."""
