"""Dashboard 1: is the office working? What people outside would notice, in the words of the office."""

from typing import Final

from deploy.grafana.layout import Dashboard, Row
from deploy.grafana.panel import Panel, Query

NOW: Final = (
    Panel(
        title="How many processes do not answer?",
        description="Processes of ours that Prometheus cannot reach. One more is started within seconds; if the number "
        "stays, people are waiting.",
        lao="ມີຂະບວນການຈັກອັນທີ່ບໍ່ຕອບ? ຖ້າຕົວເລກບໍ່ກັບເປັນ 0 ພາຍໃນສອງສາມນາທີ ໃຫ້ແຈ້ງຜູ້ດູແລລະບົບ.",
        unit="none",
        queries=[Query(expr="sum(up{@} == bool 0)")],
        steps=[(None, "green"), (1, "red")],
        runbook="docs/runbooks/processes.md#no-process-of-a-role-runs",
        now=True,
        width=4,
    ),
    Panel(
        title="How many meetings take registrations?",
        description="Meetings that are open: people can answer.",
        lao="ມີກອງປະຊຸມຈັກຄັ້ງທີ່ກຳລັງເປີດໃຫ້ລົງທະບຽນ?",
        unit="none",
        queries=[Query(expr="sum(max by (seats) (pasum_open_meetings{@}))")],
        now=True,
        width=4,
    ),
    Panel(
        title="How many seats are left?",
        description="In all meetings that take registrations together.",
        lao="ຍັງເຫຼືອບ່ອນນັ່ງຈັກບ່ອນ ໃນທຸກກອງປະຊຸມທີ່ເປີດໃຫ້ລົງທະບຽນ?",
        unit="none",
        queries=[Query(expr='max(pasum_seats{@, state="left"})')],
        now=True,
        width=4,
    ),
    Panel(
        title="How many people wait for a seat?",
        description="On the waiting lists of all open meetings. They move up when somebody withdraws.",
        lao="ມີຈັກຄົນຢູ່ບັນຊີລໍຖ້າ? ເຂົາເຈົ້າຈະໄດ້ເລື່ອນຂຶ້ນ ເມື່ອມີຜູ້ຖອນຊື່.",
        unit="none",
        queries=[Query(expr='max(pasum_seats{@, state="waiting"})')],
        now=True,
        width=4,
    ),
    Panel(
        title="For how long has a message waited?",
        description="The message that could have been handed to its provider first. People wait for tickets and news.",
        lao="ຂໍ້ຄວາມທີ່ຄ້າງດົນທີ່ສຸດ ຄ້າງມາດົນປານໃດແລ້ວ? ຜູ້ຮັບກຳລັງລໍຖ້າບັດ ຫຼື ແຈ້ງການ.",
        unit="s",
        queries=[Query(expr="max(pasum_messages_oldest_seconds{@})")],
        steps=[(None, "green"), (10, "orange"), (300, "red")],
        runbook="docs/runbooks/slo.md#messages-are-late",
        now=True,
        width=4,
    ),
    Panel(
        title="For how long have minutes waited?",
        description="Minutes that came first into the phase in which they still are: somebody must write, approve or "
        "publish them. Orange after a week.",
        lao="ບົດບັນທຶກທີ່ຄ້າງດົນທີ່ສຸດ ຄ້າງມາດົນປານໃດແລ້ວ? ຕ້ອງມີຜູ້ຂຽນ, ຮັບຮອງ ຫຼື ເຜີຍແຜ່.",
        unit="s",
        queries=[Query(expr="max(pasum_minutes_oldest_seconds{@})")],
        steps=[(None, "green"), (7 * 24 * 3600, "orange")],
        now=True,
        width=4,
    ),
)
MEETINGS: Final = (
    Panel(
        title="In which phase are the meetings?",
        description="All meetings in the database: draft, open (people can answer), in session, held, closed, "
        "cancelled.",
        lao="ກອງປະຊຸມຢູ່ຂັ້ນຕອນໃດ: ຮ່າງ, ເປີດລົງທະບຽນ, ກຳລັງປະຊຸມ, ສຳເລັດແລ້ວ, ປິດ ຫຼື ຍົກເລີກ?",
        unit="none",
        queries=[Query(expr="max by (phase) (pasum_meetings{@})", legend="{{phase}}")],
    ),
    Panel(
        title="How do people answer, per minute?",
        description="Answers that were committed: confirmed with a seat, put on the waiting list, declined, "
        "represented by somebody else, withdrawn; promoted are those who have moved up.",
        lao="ຜູ້ຖືກເຊີນຕອບແນວໃດຕໍ່ນາທີ: ຢືນຢັນ, ລໍຖ້າ, ບໍ່ສະດວກ, ມອບໝາຍຜູ້ແທນ, ຖອນຊື່ ຫຼື ເລື່ອນຂຶ້ນ?",
        unit="cpm",
        queries=[
            Query(expr="60 * sum by (state) (rate(pasum_answers_total{@}[$__rate_interval]))", legend="{{state}}")
        ],
    ),
    Panel(
        title="Are there seats for those who answer?",
        description="Of the open meetings: seats taken, seats left, and people waiting. Waiting people beside seats "
        "that are left belong to different meetings.",
        lao="ບ່ອນນັ່ງພຽງພໍບໍ: ມີຜູ້ຈອງແລ້ວຈັກບ່ອນ, ເຫຼືອຈັກບ່ອນ, ແລະ ມີຈັກຄົນລໍຖ້າ?",
        unit="none",
        queries=[Query(expr="max by (state) (pasum_seats{@})", legend="{{state}}")],
    ),
    Panel(
        title="How many people are let in at the entrance, per minute?",
        description="Scans that were accepted, also those that a desk without a network has sent later.",
        lao="ມີຜູ້ເຂົ້າຮ່ວມຜ່ານປະຕູຈັກຄົນຕໍ່ນາທີ?",
        unit="cpm",
        queries=[
            Query(
                expr='60 * sum(rate(pasum_check_ins_total{@, outcome="admitted"}[$__rate_interval]))',
                legend="admitted",
            )
        ],
        width=12,
    ),
    Panel(
        title="Why are people refused at the entrance, per minute?",
        description="Refused scans by reason: a ticket of another meeting, one that was used already, a forged one, "
        "and so on.",
        lao="ເປັນຫຍັງຈຶ່ງມີຜູ້ຖືກປະຕິເສດທີ່ປະຕູ: ບັດຂອງກອງປະຊຸມອື່ນ, ບັດທີ່ໃຊ້ແລ້ວ, ບັດປອມ ແລະ ອື່ນໆ?",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (outcome)"
                ' (rate(pasum_check_ins_total{@, outcome!="admitted"}[$__rate_interval])) > 0',
                legend="{{outcome}}",
            )
        ],
        empty_is_good=True,
        width=12,
    ),
)
MESSAGES: Final = (
    Panel(
        title="What becomes of SMS, per minute?",
        description="Each status that an SMS comes to. Delivered lags behind sent by as long as the network needs.",
        lao="SMS ໄປຮອດໃສ: ສ້າງແລ້ວ, ສົ່ງແລ້ວ, ຮອດຜູ້ຮັບແລ້ວ ຫຼື ບໍ່ສຳເລັດ?",
        unit="cpm",
        queries=[
            Query(
                expr='60 * sum by (status) (rate(pasum_messages_total{@, channel="sms"}[$__rate_interval]))',
                legend="{{status}}",
            )
        ],
    ),
    Panel(
        title="What becomes of e-mails, per minute?",
        description="Each status that an e-mail comes to. A mail server tells that it has taken a mail (sent), and not "
        "that it arrived.",
        lao="ອີເມວໄປຮອດໃສ: ສ້າງແລ້ວ, ສົ່ງແລ້ວ ຫຼື ບໍ່ສຳເລັດ?",
        unit="cpm",
        queries=[
            Query(
                expr='60 * sum by (status) (rate(pasum_messages_total{@, channel="email"}[$__rate_interval]))',
                legend="{{status}}",
            )
        ],
    ),
    Panel(
        title="How long until a message is with its provider?",
        description="From the fact that it tells of, at the moment in which it happened, to its acceptance by the SMS "
        "gateway or the mail server. The objective is 10 s.",
        lao="ແຕ່ເກີດເຫດການ ຈົນຂໍ້ຄວາມຮອດຜູ້ໃຫ້ບໍລິການ ໃຊ້ເວລາດົນປານໃດ? ເປົ້າໝາຍແມ່ນ 10 ວິນາທີ.",
        unit="s",
        queries=[
            Query(
                expr=f"histogram_quantile({share}, sum by (channel, le)"
                " (rate(pasum_message_from_fact_seconds_bucket{@}[$__rate_interval])))",
                legend=f"{{{{channel}}}} {name}",
            )
            for share, name in ((0.5, "half"), (0.95, "95 %"))
        ],
        steps=[(None, "green"), (10, "orange"), (60, "red")],
        runbook="docs/runbooks/slo.md#messages-are-late",
    ),
    Panel(
        title="Which messages wait for their provider?",
        description="awaiting_contact: nobody knows yet how to reach the recipient. created: its turn comes. sending: "
        "the provider is being asked.",
        lao="ຂໍ້ຄວາມໃດກຳລັງລໍຖ້າ: ບໍ່ຮູ້ວິທີຕິດຕໍ່ຜູ້ຮັບ, ລໍຖ້າຄິວ ຫຼື ກຳລັງສົ່ງ?",
        unit="none",
        queries=[
            Query(expr="max by (channel, status) (pasum_messages_unsent{@})", legend="{{channel}} {{status}}"),
        ],
        width=12,
    ),
    Panel(
        title="Which messages are never sent, per minute?",
        description="Failed, expired, cancelled because they had become untrue, or suppressed by a limit.",
        lao="ຂໍ້ຄວາມໃດບໍ່ໄດ້ສົ່ງ: ບໍ່ສຳເລັດ, ໝົດເວລາ, ຍົກເລີກ ຫຼື ເກີນກຳນົດ?",
        unit="cpm",
        queries=[
            Query(
                expr="60 * sum by (channel, status) (rate(pasum_messages_total{@, "
                'status=~".*failure|expired|cancelled|suppressed"}[$__rate_interval])) > 0',
                legend="{{channel}} {{status}}",
            )
        ],
        empty_is_good=True,
        runbook="docs/runbooks/limits.md#messages-are-not-sent",
        width=12,
    ),
)
MINUTES: Final = (
    Panel(
        title="In which phase are minutes that are not filed?",
        description="opened: the meeting has begun. draft and in-review wait for people, approved for signatures, "
        "signed for its publication, published for the archive.",
        lao="ບົດບັນທຶກທີ່ຍັງບໍ່ທັນເກັບມ້ຽນ ຢູ່ຂັ້ນຕອນໃດ: ຮ່າງ, ກວດແກ້, ຮັບຮອງ, ລົງລາຍເຊັນ ຫຼື ເຜີຍແຜ່?",
        unit="none",
        queries=[Query(expr="max by (phase) (pasum_minutes{@})", legend="{{phase}}")],
    ),
    Panel(
        title="For how long have minutes been in their phase?",
        description="The first of each phase. approved is the work of machines and takes seconds; so is published, "
        "until the archive has sealed the record. Orange after a week.",
        lao="ບົດບັນທຶກຢູ່ໃນຂັ້ນຕອນດຽວກັນມາດົນປານໃດແລ້ວ?",
        unit="s",
        queries=[Query(expr="max by (phase) (pasum_minutes_oldest_seconds{@})", legend="{{phase}}")],
        steps=[(None, "green"), (7 * 24 * 3600, "orange")],
    ),
    Panel(
        title="Which steps do minutes take, per hour?",
        description="Drafted, submitted, returned, approved, signed, published, filed.",
        lao="ບົດບັນທຶກຄືບໜ້າແນວໃດຕໍ່ຊົ່ວໂມງ: ຮ່າງ, ສະເໜີ, ສົ່ງຄືນ, ຮັບຮອງ, ລົງລາຍເຊັນ, ເຜີຍແຜ່, ເກັບມ້ຽນ?",
        unit="none",
        queries=[Query(expr="sum by (step) (increase(pasum_minutes_steps_total{@}[1h]))", legend="{{step}}")],
    ),
    Panel(
        title="How long from the approval of minutes to their publication?",
        description="Half and 95 % of the minutes published in the last hour. It contains the time in which somebody "
        "decides to publish them.",
        lao="ແຕ່ຮັບຮອງ ຈົນເຜີຍແຜ່ບົດບັນທຶກ ໃຊ້ເວລາດົນປານໃດ?",
        unit="s",
        queries=[
            Query(
                expr=f"histogram_quantile({share}, sum by (le)"
                " (rate(pasum_minutes_publication_seconds_bucket{@}[1h])))",
                legend=name,
            )
            for share, name in ((0.5, "half"), (0.95, "95 %"))
        ],
        width=12,
    ),
    Panel(
        title="Are records sealed?",
        description="Records of the archive by phase. complete and sealing last for seconds, collecting as long as "
        "minutes or news are missing.",
        lao="ສຳນວນເກັບມ້ຽນໄດ້ປະທັບຕາແລ້ວບໍ?",
        unit="none",
        queries=[Query(expr="max by (phase) (pasum_records{@})", legend="{{phase}}")],
        width=12,
    ),
)
OFFICE: Final = Dashboard(
    name="office",
    title="Pasum 1: Is the office working?",
    description="Meetings, answers, messages, minutes and records, as people outside would notice them.",
    rows=[
        Row(title="Now", panels=NOW),
        Row(title="Meetings and answers", panels=MEETINGS),
        Row(title="Messages", panels=MESSAGES),
        Row(title="Minutes and archive", panels=MINUTES),
    ],
)
