"""Dashboard 2: does every fact arrive? From its commit over Kafka to its effect, and what waits for a hand."""

from typing import Final

from deploy.grafana.layout import Dashboard, Row
from deploy.grafana.panel import Panel, Query

OUTBOX: Final = (
    Panel(
        title="How many facts wait for Kafka?",
        description="Committed and not yet published, by service. 100,000 means at least that many. A short peak under "
        "load is normal.",
        unit="none",
        queries=[Query(expr="max by (job) (pasum_outbox_pending{@})", legend="{{job}}")],
        runbook="docs/runbooks/outbox.md#facts-are-not-published",
        width=6,
    ),
    Panel(
        title="For how long has a fact waited for Kafka?",
        description="The oldest fact that is not published, by service. An alert fires after 60 s.",
        unit="s",
        queries=[Query(expr="max by (job) (pasum_outbox_oldest_seconds{@})", legend="{{job}}")],
        steps=[(None, "green"), (5, "orange"), (60, "red")],
        runbook="docs/runbooks/outbox.md#facts-are-not-published",
        width=6,
    ),
    Panel(
        title="How many facts are published?",
        description="Facts that Kafka has acknowledged, by topic.",
        unit="eps",
        queries=[
            Query(expr="sum by (topic) (rate(pasum_outbox_published_total{@}[$__rate_interval]))", legend="{{topic}}")
        ],
        width=12,
    ),
    Panel(
        title="Does one relay lead in each service?",
        description="1 is right: one publishes, the others stand by. At 0 for more than seconds nobody publishes.",
        unit="none",
        queries=[Query(expr="sum by (job) (pasum_relay_leading{@})", legend="{{job}}")],
        runbook="docs/runbooks/outbox.md#facts-are-not-published",
        most=2,
        width=12,
    ),
    Panel(
        title="Which facts does Kafka refuse for good?",
        description="Keys whose next fact cannot be published; later facts of the same meeting or message wait for it.",
        unit="none",
        queries=[Query(expr="max by (job) (pasum_outbox_parked_keys{@})", legend="{{job}}")],
        steps=[(None, "green"), (1, "red")],
        runbook="docs/runbooks/outbox.md#kafka-refuses-a-fact",
        width=12,
    ),
)
CONSUMERS: Final = (
    Panel(
        title="How many records has a service not read yet?",
        description="Of each consumer group (a service) and topic, all partitions together. Without processes that "
        "read, there is no line at all: then look at the platform.",
        unit="none",
        queries=[Query(expr="sum by (job, topic) (pasum_consumer_lag_records{@})", legend="{{job}} ← {{topic}}")],
        runbook="docs/runbooks/slo.md#facts-arrive-late",
        width=12,
    ),
    Panel(
        title="Which partitions are behind?",
        description="The ten partitions with the most unread records. One that stays while others go down is stuck.",
        unit="none",
        queries=[
            Query(
                expr="topk(10, max by (job, topic, partition) (pasum_consumer_lag_records{@}) > 0)",
                legend="{{job}} ← {{topic}} [{{partition}}]",
            )
        ],
        runbook="docs/runbooks/dead-letters.md#a-partition-cannot-be-read",
        empty_is_good=True,
        width=12,
    ),
    Panel(
        title="How long until a fact has its effect?",
        description="95 % of the events of each service: from the time in which something happened to the end of its "
        "handling. The objective is 5 s.",
        unit="s",
        queries=[
            Query(
                expr="histogram_quantile(0.95, sum by (job, le)"
                " (rate(pasum_consumer_lag_seconds_bucket{@}[$__rate_interval])))",
                legend="{{job}}",
            )
        ],
        steps=[(None, "green"), (5, "orange"), (60, "red")],
        runbook="docs/runbooks/slo.md#facts-arrive-late",
    ),
    Panel(
        title="What becomes of records?",
        description="handled is the rule; ignored, stale and duplicate are harmless. parked waits behind a dead "
        "letter; dead, undecodable and unknown want a look.",
        unit="eps",
        queries=[
            Query(
                expr="sum by (outcome) (rate(pasum_events_consumed_total{@}[$__rate_interval]))", legend="{{outcome}}"
            )
        ],
    ),
    Panel(
        title="How long does a batch take?",
        description="95 % of the transactions in which records are handled, by service.",
        unit="s",
        queries=[
            Query(
                expr="histogram_quantile(0.95, sum by (job, le)"
                " (rate(pasum_consumer_batch_seconds_bucket{@}[$__rate_interval])))",
                legend="{{job}}",
            )
        ],
    ),
    Panel(
        title="Has a consumer halted?",
        description="1: too many dead letters in a row; it waits for an operator. Consumers that have never halted are "
        "not shown.",
        unit="none",
        queries=[Query(expr="max by (consumer) (pasum_consumer_halted{@})", legend="{{consumer}}")],
        steps=[(None, "green"), (1, "red")],
        runbook="docs/runbooks/dead-letters.md#a-consumer-has-halted",
        empty_is_good=True,
        most=1,
    ),
    Panel(
        title="Can every partition be read?",
        description="Assigned partitions that cannot be read, and fetches that failed per second.",
        unit="none",
        queries=[
            Query(expr="sum by (job) (pasum_unreadable_partitions{@})", legend="{{job}} unreadable"),
            Query(
                expr="sum by (job, kind) (rate(pasum_fetch_failures_total{@}[$__rate_interval])) > 0",
                legend="{{job}} {{kind}}",
            ),
        ],
        steps=[(None, "green"), (1, "red")],
        runbook="docs/runbooks/dead-letters.md#a-partition-cannot-be-read",
    ),
    Panel(
        title="Are events in order?",
        description="Events that came before an earlier one of their aggregate, per minute.",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (job, topic) (rate(pasum_sequence_gaps_total{@}[$__rate_interval])) > 0",
                legend="{{job}} ← {{topic}}",
            )
        ],
        runbook="docs/runbooks/dead-letters.md#gaps-in-a-sequence",
        empty_is_good=True,
    ),
)
HANDS: Final = (
    Panel(
        title="How many dead letters wait for an operator?",
        description="dead: could not be handled. parked: waits behind a dead letter of the same key.",
        unit="none",
        queries=[
            Query(expr="max by (job, topic, state) (pasum_dead_letters{@}) > 0", legend="{{job}} ← {{topic}} {{state}}")
        ],
        steps=[(None, "green"), (1, "orange"), (100, "red")],
        runbook="docs/runbooks/dead-letters.md#dead-letters",
        empty_is_good=True,
    ),
    Panel(
        title="For how long has a dead letter waited?",
        description="The oldest, by service. After a day an alert wakes somebody.",
        unit="s",
        queries=[Query(expr="max by (job) (pasum_dead_letters_oldest_seconds{@})", legend="{{job}}")],
        steps=[(None, "green"), (3600, "orange"), (86_400, "red")],
        runbook="docs/runbooks/dead-letters.md#dead-letters",
        empty_is_good=True,
    ),
    Panel(
        title="How many meetings and messages stand still?",
        description="Keys whose events wait behind a dead letter.",
        unit="none",
        queries=[Query(expr="sum by (job) (max by (job, topic) (pasum_dead_letter_keys{@}))", legend="{{job}}")],
        steps=[(None, "green"), (1, "orange"), (10, "red")],
        runbook="docs/runbooks/dead-letters.md#keys-that-wait",
    ),
)
JOBS: Final = (
    Panel(
        title="How many jobs are due?",
        description="Work outside the database that no worker has taken yet. 1,000 means at least that many.",
        unit="none",
        queries=[Query(expr="max by (job) (pasum_jobs_due{@})", legend="{{job}}")],
        runbook="docs/runbooks/jobs.md#jobs-wait-too-long",
    ),
    Panel(
        title="For how long has a job been due?",
        description="The oldest due job, by service. An alert fires after 300 s.",
        unit="s",
        queries=[Query(expr="max by (job) (pasum_jobs_oldest_seconds{@})", legend="{{job}}")],
        steps=[(None, "green"), (30, "orange"), (300, "red")],
        runbook="docs/runbooks/jobs.md#jobs-wait-too-long",
    ),
    Panel(
        title="How many jobs are dead?",
        description="All their attempts have failed; somebody must decide.",
        unit="none",
        queries=[Query(expr="max by (job, kind) (pasum_jobs_dead{@})", legend="{{job}} {{kind}}")],
        steps=[(None, "green"), (1, "red")],
        runbook="docs/runbooks/jobs.md#dead-jobs",
        empty_is_good=True,
    ),
    Panel(
        title="What becomes of jobs?",
        description="Attempts by outcome. retried: the outside system did not take it. fenced: another worker had "
        "taken over.",
        unit="ops",
        queries=[
            Query(
                expr="sum by (kind, outcome) (rate(pasum_jobs_total{@}[$__rate_interval]))",
                legend="{{kind}} {{outcome}}",
            )
        ],
        width=12,
    ),
    Panel(
        title="How long does an attempt take?",
        description="95 % of the attempts, by kind; with the call to the outside system.",
        unit="s",
        queries=[
            Query(
                expr="histogram_quantile(0.95, sum by (kind, le)"
                " (rate(pasum_job_seconds_bucket{@}[$__rate_interval])))",
                legend="{{kind}}",
            )
        ],
        steps=[(None, "green"), (30, "orange")],
        width=12,
    ),
)
MESSAGING: Final = Dashboard(
    name="messaging",
    title="Pasum 2: Does every fact arrive?",
    description="Facts from their commit over Kafka to their effect; jobs; and what waits for an operator.",
    rows=[
        Row(title="From the commit to Kafka", panels=OUTBOX),
        Row(title="From Kafka to the effect", panels=CONSUMERS),
        Row(title="What waits for a hand", panels=HANDS),
        Row(title="Jobs", panels=JOBS),
    ],
)
