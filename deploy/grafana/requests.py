"""Dashboard 3: do requests get their answers? Rate, errors and duration by route, and what is near a limit."""

from typing import Final

from deploy.grafana.layout import Dashboard, Row
from deploy.grafana.panel import Panel, Query

HEALTH: Final = 'route!~"/healthz|/readyz"'
RED: Final = (
    Panel(
        title="How many requests are answered?",
        description="By service, without the checks of Kubernetes.",
        unit="reqps",
        queries=[
            Query(
                expr=f"sum by (job) (rate(pasum_http_requests_total{{@, {HEALTH}}}[$__rate_interval]))",
                legend="{{job}}",
            )
        ],
    ),
    Panel(
        title="Which share of the answers is an error of ours?",
        description="Status 5xx by service; the objective allows 0.1 %.",
        unit="percentunit",
        queries=[
            Query(
                expr=f'(sum by (job) (rate(pasum_http_requests_total{{@, {HEALTH}, status=~"5.."}}[$__rate_interval]))'
                f" or 0 * sum by (job) (rate(pasum_http_requests_total{{@, {HEALTH}}}[$__rate_interval])))"
                f" / sum by (job) (rate(pasum_http_requests_total{{@, {HEALTH}}}[$__rate_interval]))",
                legend="{{job}}",
            )
        ],
        steps=[(None, "green"), (0.001, "orange"), (0.01, "red")],
        runbook="docs/runbooks/slo.md#requests-fail",
    ),
    Panel(
        title="How long does an answer take?",
        description="Half and 99 % of the requests of each service. The objective is 1 s for 99 %.",
        unit="s",
        queries=[
            Query(
                expr=f"histogram_quantile({share}, sum by (job, le)"
                f" (rate(pasum_http_seconds_bucket{{@, {HEALTH}}}[$__rate_interval])))",
                legend=f"{{{{job}}}} {name}",
            )
            for share, name in ((0.5, "half"), (0.99, "99 %"))
        ],
        steps=[(None, "green"), (1, "orange"), (2.5, "red")],
        runbook="docs/runbooks/slo.md#answers-are-slow",
    ),
)
ROUTES: Final = (
    Panel(
        title="Which routes are used most?",
        description="The ten routes with the most requests, by their templates.",
        unit="reqps",
        queries=[
            Query(
                expr="topk(10, sum by (job, method, route)"
                f" (rate(pasum_http_requests_total{{@, {HEALTH}}}[$__rate_interval])) > 0)",
                legend="{{method}} {{route}}",
            )
        ],
        width=12,
    ),
    Panel(
        title="Which routes are slow?",
        description="The ten routes whose slowest 5 % take longest.",
        unit="s",
        queries=[
            Query(
                expr="topk(10, histogram_quantile(0.95, sum by (method, route, le)"
                f" (rate(pasum_http_seconds_bucket{{@, {HEALTH}}}[$__rate_interval]))) > 0)",
                legend="{{method}} {{route}}",
            )
        ],
        steps=[(None, "green"), (1, "orange"), (2.5, "red")],
        runbook="docs/runbooks/slo.md#answers-are-slow",
        width=12,
    ),
    Panel(
        title="Which routes fail?",
        description="Answers with status 5xx, by route and status.",
        unit="reqps",
        queries=[
            Query(
                expr=f"sum by (job, method, route, status) (rate(pasum_http_requests_total{{@, {HEALTH},"
                ' status=~"5.."}[$__rate_interval])) > 0',
                legend="{{method}} {{route}} {{status}}",
            )
        ],
        runbook="docs/runbooks/slo.md#requests-fail",
        empty_is_good=True,
        width=12,
    ),
    Panel(
        title="Which requests are refused?",
        description="Status 4xx by service: 401 and 403 are tokens and rights, 409 and 422 rules of the office, 429 "
        "limits, 499 clients that have left.",
        unit="reqps",
        queries=[
            Query(
                expr=f"sum by (job, status) (rate(pasum_http_requests_total{{@, {HEALTH},"
                ' status=~"4.."}[$__rate_interval])) > 0',
                legend="{{job}} {{status}}",
            )
        ],
        empty_is_good=True,
        width=12,
    ),
)
SATURATION: Final = (
    Panel(
        title="How many requests are answered at the same moment?",
        description="Requests under way in each process. A number that only grows means that something is waited for.",
        unit="none",
        queries=[Query(expr="sum by (job, pod) (pasum_http_active_requests{@})", legend="{{pod}}")],
    ),
    Panel(
        title="How many connections are open?",
        description="Of each process, with those of proxies and of Kubernetes.",
        unit="none",
        queries=[Query(expr="sum by (job, pod) (pasum_http_connections{@})", legend="{{pod}}")],
    ),
    Panel(
        title="Which connections and requests meet a limit, per minute?",
        description="Connections closed by a limit of the web server, and requests answered with 429.",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (reason) (rate(pasum_http_connections_refused_total{@}[$__rate_interval])) > 0",
                legend="connection: {{reason}}",
            ),
            Query(
                expr="60 * sum by (limit) (rate(pasum_rate_limited_total{@}[$__rate_interval])) > 0",
                legend="429: {{limit}}",
            ),
        ],
        runbook="docs/runbooks/limits.md#requests-are-refused",
        empty_is_good=True,
    ),
    Panel(
        title="How many registrations share a transaction?",
        description="Mean and 95 %. 1 means that nobody waits for others; 100 is the most, then the database is the "
        "limit.",
        unit="none",
        queries=[
            Query(
                expr="sum by (name) (rate(pasum_group_commit_requests_sum{@}[$__rate_interval]))"
                " / sum by (name) (rate(pasum_group_commit_requests_count{@}[$__rate_interval]))",
                legend="{{name}} mean",
            ),
            Query(
                expr="histogram_quantile(0.95, sum by (name, le)"
                " (rate(pasum_group_commit_requests_bucket{@}[$__rate_interval])))",
                legend="{{name}} 95 %",
            ),
        ],
        steps=[(None, "green"), (64, "orange")],
    ),
    Panel(
        title="How long does a shared transaction take?",
        description="Until its commit; requests that come meanwhile wait so long for the next.",
        unit="s",
        queries=[
            Query(
                expr=f"histogram_quantile({share}, sum by (name, le)"
                " (rate(pasum_group_commit_seconds_bucket{@}[$__rate_interval])))",
                legend=f"{{{{name}}}} {name}",
            )
            for share, name in ((0.5, "half"), (0.95, "95 %"))
        ],
        steps=[(None, "green"), (0.5, "orange")],
    ),
    Panel(
        title="Whose tokens and rights are refused, per minute?",
        description="Tokens by the reason why they were refused; rights by the refusal.",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (reason) (rate(pasum_tokens_refused_total{@}[$__rate_interval])) > 0",
                legend="token: {{reason}}",
            ),
            Query(
                expr="60 * sum by (code) (rate(pasum_rights_refused_total{@}[$__rate_interval])) > 0",
                legend="right: {{code}}",
            ),
        ],
        runbook="docs/runbooks/sign-in.md#the-token-issuer-does-not-answer",
        empty_is_good=True,
    ),
)
COMMANDS: Final = (
    Panel(
        title="Which commands are accepted?",
        description="Decisions of the domain, by command, wherever they come from: requests, events, outside systems.",
        unit="ops",
        queries=[
            Query(
                expr='topk(10, sum by (command) (rate(pasum_commands_total{@, outcome="accepted"}[$__rate_interval]))'
                " > 0)",
                legend="{{command}}",
            )
        ],
        width=12,
    ),
    Panel(
        title="Which commands are refused, and why, per minute?",
        description="Refusals by their class: the office's own rules, for example a full meeting or a second answer.",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (command, refusal)"
                ' (rate(pasum_commands_total{@, outcome="refused"}[$__rate_interval])) > 0',
                legend="{{command}}: {{refusal}}",
            )
        ],
        empty_is_good=True,
        width=12,
    ),
)
HTTP: Final = Dashboard(
    name="http",
    title="Pasum 3: Do requests get their answers?",
    description="Rate, errors and duration by route; what is near a limit; group commits; commands.",
    rows=[
        Row(title="Requests", panels=RED),
        Row(title="Routes", panels=ROUTES),
        Row(title="Saturation", panels=SATURATION),
        Row(title="Commands", panels=COMMANDS),
    ],
)
