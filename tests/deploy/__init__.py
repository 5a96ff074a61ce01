"""The Helm chart: rendered in the process, held to the settings of the services and to the rules of Kubernetes."""
