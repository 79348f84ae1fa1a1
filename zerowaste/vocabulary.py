"""The words of the field, one English term each, with its Chinese sibling; everything else imports them."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may be. A person has one role; his memberships say where."""

    PRODUCER = "producer"  # 产废单位经办人
    DRIVER = "driver"  # 驾驶员
    DISPATCHER = "dispatcher"  # 承运调度员
    FACILITY = "facility"  # 接受单位经办人 (facility or transfer station)
    REGULATOR = "regulator"  # 监管人员
    ADMINISTRATOR = "administrator"  # 系统管理员


class SiteKind(StrEnum):
    PRODUCER = "producer"
    TRANSFER = "transfer"
    FACILITY = "facility"


class Status(StrEnum):
    """The life of a manifest (联单状态)."""

    DRAFT = "draft"
    FILED = "filed"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REFUSED = "refused"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# Nothing of these ever set out: figures leave them out.
NEVER_LEFT = (Status.DRAFT, Status.CANCELLED, Status.EXPIRED)


class Act(StrEnum):
    """What may happen to a manifest. The first thirteen are sent in; the rest the service says itself."""

    PICKUP = "pickup"
    HANDOVER = "handover"
    ARRIVE = "arrive"
    ACCEPT = "accept"
    REFUSE = "refuse"
    RETURN = "return"
    RECEIVE_BACK = "receive_back"
    OPINION = "opinion"
    REASSIGN = "reassign"
    REVERSE = "reverse"
    CANCEL = "cancel"
    CONFIRM_OUTSIDE = "confirm_outside"
    REPLAN = "replan"
    DRAFT = "draft"
    FILE = "file"
    EXPIRE = "expire"
    SETTLE = "settle"  # refused mass left by another manifest


class Verdict(StrEnum):
    APPLIED = "applied"  # the act took effect
    NOTED = "noted"  # it happened, it contradicts what is known: kept, no effect
    REFUSED = "refused"  # judged and not accepted: kept, no effect


class HoldingKind(StrEnum):
    LOT = "lot"
    LOAD = "load"
    BATCH = "batch"
    FATE = "fate"
    OUTSIDE = "outside"
    VARIANCE = "variance"


OPEN_KINDS = (HoldingKind.LOT, HoldingKind.LOAD, HoldingKind.BATCH)


class Basis(StrEnum):
    """How a mass is known."""

    SCALE = "scale"
    VOLUME = "volume"
    COUNT = "count"
    ESTIMATE = "estimate"
    SHARE = "share"


class RefusalReason(StrEnum):
    """Why a gate refuses (拒收原因), the usual words; another is kept as it is said, and counts as other."""

    PACKAGING = "packaging"
    LABEL_DIFFERS = "label_differs"
    OTHER_WASTE = "other_waste"
    WATER_CONTENT = "water_content"
    MIXED_WITH_REFUSE = "mixed_with_refuse"
    NO_ROOM = "no_room"
    DAMAGED = "damaged"
    OTHER = "other"


class IncidentKind(StrEnum):
    """What went wrong at a site (突发环境事件)."""

    SPILL = "spill"
    FIRE = "fire"
    EXPOSURE = "exposure"
    BREAKDOWN = "breakdown"
    OTHER = "other"


class Disposition(StrEnum):
    """What an overseer made of a finding (处置结论)."""

    OPEN = "open"  # 待处置 (again)
    CONFIRMED = "confirmed"  # 属实
    EXPLAINED = "explained"  # 已说明
    WAIVED = "waived"  # 不予追究
    FALSE_ALARM = "false_alarm"  # 误报


class Source(StrEnum):
    """Why a flow comes from nowhere."""

    GENERATION = "generation"
    ADDITIVE = "additive"
    GAIN = "gain"


class Instrument(StrEnum):
    """The papers that allow something (许可证, 核准, 管理计划, 跨省批准, 运输资质), and the list of plants
    that would take waste in an emergency (应急协同处置名录), which allows nothing by itself."""

    PERMIT = "permit"
    APPROVAL = "approval"
    PLAN = "plan"
    CONSENT = "consent"
    LICENCE = "licence"
    STANDBY = "standby"


class Period(StrEnum):
    YEAR = "year"
    DAY = "day"
    TERM = "term"  # the whole validity of the instrument
    LEVEL = "level"  # a stock level, not a sum over time


class Size(StrEnum):
    """How large a producer is, by what its waste is compared with others': columns of a site."""

    BEDS = "beds"
    SEATS = "seats"
    PRODUCT_T = "product_t"  # tonnes of product a year


class Unit(StrEnum):
    GRAM = "g"
    LITRE = "l"


class DeadlineKind(StrEnum):
    """What must be done by when."""

    STORE = "store"  # waste leaves a store, or is treated (贮存期限)
    TRANSIT = "transit"  # a load reaches the gate
    GATE = "gate"  # a load at the gate is decided on, refused mass goes on its way
    TREAT = "treat"  # a batch is done
    PICKUP = "pickup"  # a filed manifest is picked up before it is void
    VISIT = "visit"  # the collector calls (上门收集)
    PERMIT = "permit"  # a new permit is asked for in time (许可证换证)
    LANDFILL = "landfill"  # notice that a landfill will be full or closes
    PAPER = "paper"  # any other paper runs out
    VEHICLE = "vehicle"  # a vehicle's licence runs out
    DRIVER = "driver"  # a driver's licence runs out


class NudgeKind(StrEnum):
    """What people are told of."""

    REMINDER = "reminder"  # a deadline is near
    OVERDUE = "overdue"  # a deadline has passed
    DIFFERENCE = "difference"  # what arrived is not what was declared
    INCIDENT = "incident"


class Audience(StrEnum):
    """Who is told of a deadline."""

    PARTY = "party"  # who must act
    DISPATCHER = "dispatcher"  # the carrier who collects there
    REGULATOR = "regulator"  # who oversees the place


class Channel(StrEnum):
    IN_APP = "in_app"
    EMAIL = "email"
    WEBHOOK = "webhook"


class Pace(StrEnum):
    """How fast somebody wants to be told."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"
