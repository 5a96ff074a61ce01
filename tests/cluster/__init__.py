"""`make cluster-test`: the chart on a real Kubernetes, reviewed by its API server."""
