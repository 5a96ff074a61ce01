"""The promise, model-based: production code under a deterministic scheduler, aggregates against simple models."""
