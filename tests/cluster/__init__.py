"""`make cluster-test`: the chart on a real Kubernetes, from server-side dry-run to a rolling upgrade under load."""
