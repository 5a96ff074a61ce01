"""Everything that puts the services on a machine: locally without containers, in containers, on Kubernetes."""
