"""What operators see: metrics of the running system, the dashboards and the alerts that are made of them."""
