"""Dashboard 4: are the processes well? Memory, processor, event loop and connection pool of each replica."""

from typing import Final

from deploy.grafana.layout import Dashboard, Row
from deploy.grafana.panel import Panel, Query

RUNNING: Final = (
    Panel(
        title="How many processes answer?",
        description="Of each service, as Prometheus reaches them.",
        unit="none",
        queries=[Query(expr="sum by (job) (up{@})", legend="{{job}}")],
        runbook="docs/runbooks/processes.md#no-process-of-a-role-runs",
        width=6,
    ),
    Panel(
        title="Which processes do not answer?",
        description="1 for each replica that Prometheus cannot reach.",
        unit="none",
        queries=[Query(expr="1 - max by (job, pod) (up{@}) > 0", legend="{{pod}}")],
        runbook="docs/runbooks/processes.md#no-process-of-a-role-runs",
        empty_is_good=True,
        most=1,
        width=6,
    ),
    Panel(
        title="Since when does each process run?",
        description="Lines that fall to zero are restarts.",
        unit="s",
        queries=[Query(expr="time() - max by (job, pod) (process_start_time_seconds{@})", legend="{{pod}}")],
        runbook="docs/runbooks/processes.md#a-process-starts-again-and-again",
        width=6,
    ),
    Panel(
        title="Does every loop go round?",
        description="Seconds since the last turn of the slowest loop of each process. After 90 s it is restarted.",
        unit="s",
        queries=[
            Query(expr="time() - min by (job, pod) (pasum_loop_heartbeat{@})", legend="{{pod}}"),
        ],
        steps=[(None, "green"), (45, "orange"), (90, "red")],
        runbook="docs/runbooks/jobs.md#a-process-hangs",
        width=6,
    ),
)
RESOURCES: Final = (
    Panel(
        title="How much memory does each process use?",
        description="Resident memory. The limit of a pod is in the values of the chart; a line that only climbs is a "
        "leak.",
        unit="bytes",
        queries=[Query(expr="max by (job, pod) (process_resident_memory_bytes{@})", legend="{{pod}}")],
    ),
    Panel(
        title="How much processor does each process use?",
        description="Cores. A process computes on one core at most: near 1 it is the limit, and another replica helps.",
        unit="none",
        queries=[
            Query(expr="sum by (job, pod) (rate(process_cpu_seconds_total{@}[$__rate_interval]))", legend="{{pod}}")
        ],
        steps=[(None, "green"), (0.8, "orange")],
    ),
    Panel(
        title="How late is the event loop?",
        description="99 % of its timers are not later than this. What is late here is late for every request and event "
        "of the process.",
        unit="s",
        queries=[
            Query(
                expr="histogram_quantile(0.99, sum by (job, pod, le)"
                " (rate(pasum_event_loop_delay_seconds_bucket{@}[$__rate_interval])))",
                legend="{{pod}}",
            )
        ],
        steps=[(None, "green"), (0.1, "orange"), (1, "red")],
        runbook="docs/runbooks/jobs.md#a-process-hangs",
    ),
    Panel(
        title="Which share of the time goes to garbage collection?",
        description="Nothing else runs meanwhile.",
        unit="percentunit",
        queries=[
            Query(
                expr="sum by (job, pod) (rate(pasum_garbage_collection_seconds_sum{@}[$__rate_interval]))",
                legend="{{pod}}",
            )
        ],
        steps=[(None, "green"), (0.05, "orange")],
    ),
    Panel(
        title="How long does one garbage collection take?",
        description="The mean by generation; 2 is a full one.",
        unit="s",
        queries=[
            Query(
                expr="sum by (job, generation) (rate(pasum_garbage_collection_seconds_sum{@}[$__rate_interval]))"
                " / (sum by (job, generation) (rate(pasum_garbage_collection_seconds_count{@}[$__rate_interval])) > 0)",
                legend="{{job}} generation {{generation}}",
            )
        ],
    ),
    Panel(
        title="Which share of its files has a process open?",
        description="Open files and sockets of those that it may open.",
        unit="percentunit",
        queries=[
            Query(
                expr="max by (job, pod) (process_open_fds{@}) / max by (job, pod) (process_max_fds{@})",
                legend="{{pod}}",
            )
        ],
        steps=[(None, "green"), (0.5, "orange"), (0.9, "red")],
        runbook="docs/runbooks/limits.md#requests-are-refused",
    ),
)
POOLS: Final = (
    Panel(
        title="Which share of the connections to PostgreSQL is used?",
        description="Of each process, of the most that its pool opens. At 100 % transactions wait.",
        unit="percentunit",
        queries=[
            Query(
                expr='max by (job, pod) (pasum_database_connections{@, state="used"})'
                " / max by (job, pod) (pasum_database_connections_limit{@})",
                legend="{{pod}}",
            )
        ],
        steps=[(None, "green"), (0.8, "orange")],
        most=1,
    ),
    Panel(
        title="How long does a transaction wait for a connection?",
        description="99 % of the transactions, by process. After 5 s it is given up, and the client gets 503.",
        unit="s",
        queries=[
            Query(
                expr="histogram_quantile(0.99, sum by (job, pod, le)"
                " (rate(pasum_database_wait_seconds_bucket{@}[$__rate_interval])))",
                legend="{{pod}}",
            )
        ],
        steps=[(None, "green"), (0.1, "orange"), (2.5, "red")],
        runbook="docs/runbooks/slo.md#answers-are-slow",
    ),
    Panel(
        title="How many transactions fail for want of the database, per minute?",
        description="No connection in time, or PostgreSQL did not answer. They are tried again.",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (job, pod) (rate(pasum_database_failures_total{@}[$__rate_interval])) > 0",
                legend="{{pod}}",
            )
        ],
        runbook="docs/runbooks/slo.md#requests-fail",
        empty_is_good=True,
    ),
    Panel(
        title="Are the keys of the token issuer fetched?",
        description="How often in the last hour; failed means that new keys would not be known.",
        unit="none",
        queries=[
            Query(
                expr="sum by (job, outcome) (increase(pasum_jwks_fetches_total{@}[1h]))",
                legend="{{job}} {{outcome}}",
            )
        ],
        runbook="docs/runbooks/sign-in.md#the-token-issuer-does-not-answer",
        width=12,
    ),
    Panel(
        title="Are log fields dropped, per minute?",
        description="A field that is not in the list of safe ones is left out of its line: a defect to be reported.",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (job) (rate(pasum_log_fields_dropped_total{@}[$__rate_interval])) > 0",
                legend="{{job}}",
            )
        ],
        empty_is_good=True,
        width=12,
    ),
)
PLATFORM: Final = Dashboard(
    name="platform",
    title="Pasum 4: Are the processes well?",
    description="Each replica: memory, processor, event loop, garbage collection, connections.",
    rows=[
        Row(title="Processes", panels=RUNNING),
        Row(title="Resources", panels=RESOURCES),
        Row(title="Database and token issuer", panels=POOLS),
    ],
)
