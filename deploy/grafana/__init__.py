"""The dashboards for operators, written in Python; `make dashboards` builds the JSON files that Grafana reads."""
