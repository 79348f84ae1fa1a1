"""The fixed texts of forms, labels and tags, in the terms of the official Chinese forms."""

from zerowaste.documents.paper import Opinion, Words
from zerowaste.vocabulary import Basis

# --- the head of a manifest
NATIONAL_NUMBER = Words("联单编号", "Manifest no.")
SERIAL = Words("市级流水号", "City serial")
STATUS = Words("状态", "Status")
PLANNED_AT = Words("计划转移时间", "Planned for")
SCAN_TO_CHECK = Words("扫码核验真伪", "Scan to verify")
EDITION = Words("表样", "Form")
PAGE = Words("第 {page} 页 / 共 {pages} 页", "Page {page} / {pages}")
CONTINUED = Words("（续）", " (continued)")
COLON = Words("：", ": ")

# --- the three parts; {waste} is the stream's noun
PART_CONSIGNOR = Words(
    "第一部分　{waste}移出信息（由移出人填写）",
    "Part 1 · {waste}: consignor (filled in by the consignor)",
)
PART_CARRIER = Words(
    "第二部分　{waste}运输信息（由承运人填写）",
    "Part 2 · {waste}: transport (filled in by the carrier)",
)
PART_CONSIGNEE = Words(
    "第三部分　{waste}接受信息（由接受人填写）",
    "Part 3 · {waste}: receipt (filled in by the consignee)",
)
PART_REMARKS = Words("意见与备注", "Opinions and remarks")
LEG = Words("联运第 {number} 段 / 共 {legs} 段", "Leg {number} of {legs}")
LEG_BACK = Words("退回运输（第 {number} 段）", "Return of refused waste (leg {number})")

# --- who and where
UNIT_NAME = Words("单位名称", "Name")
ADDRESS = Words("单位地址", "Address")
PHONE = Words("联系电话", "Telephone")
EMERGENCY_PHONE = Words("应急联系电话", "Emergency telephone")
SENDING_AGENT = Words("经办人\n（发运人）", "Handled by (dispatcher)")
RECEIVING_AGENT = Words("经办人\n（接收人）", "Handled by (receiver)")
HANDED_AT = Words("交付时间", "Handed over at")
EMERGENCY_MEASURES = Words("突发环境事件\n防范措施", "Precautions against incidents")
LICENCE = Words("营运证件号", "Operating licence no.")
DRIVER = Words("驾驶员", "Driver")
ESCORT = Words("押运员", "Escort")
VEHICLE = Words("运输工具", "Vehicle")
PLATE = Words("牌号", "Plate")
START = Words("运输起点", "Start of transport")
DEPARTED_AT = Words("实际起运时间", "Departed at")
VIA = Words("经由地", "By way of")
END = Words("运输终点", "End of transport")
ARRIVED_AT = Words("实际到达时间", "Arrived at")
HANDOVER_AT = Words("联运交接时间", "Taken over at")
HANDOVER_PLACE = Words("联运交接地点", "Taken over in")
PERMIT = Words("{waste}经营\n许可证编号", "Permit no.")
ACCEPTED_AT = Words("接受时间", "Accepted at")

# --- the waste
SEQUENCE = Words("序号", "No.")
WASTE_NAME = Words("废物名称", "Waste")
WASTE_CODE = Words("废物代码", "Waste code")
HAZARD = Words("危险特性", "Hazard")
FORM = Words("形态", "Form")
HARMFUL = Words("有害成分名称", "Harmful constituents")
PACKAGING = Words("包装方式", "Packaging")
PACKAGES = Words("包装数量", "Packages")
VOLUME = Words("体积\n（立方米）", "Volume (m³)")
BASIS = Words("计量方式", "Measured by")
MASS_OUT_T = Words("移出量（吨）", "Sent (t)")
MASS_OUT_KG = Words("移出量（千克）", "Sent (kg)")
MAJOR_DIFFERENCE = Words("是否存在重大差异", "Major difference")
OPINION = Words("接受人处理意见", "Consignee's decision")
OPERATION = Words("拟利用处置方式", "Intended treatment")
MASS_IN_T = Words("接受量（吨）", "Accepted (t)")
MASS_IN_KG = Words("接受量（千克）", "Accepted (kg)")
TOTAL = Words("合计", "Total")
REFUSED = Words("拒收 {mass}", "refused {mass}")
YES = Words("是", "yes")
NO = Words("否", "no")
PARTY = Words("单位", "Party")
PARTY_OPINION = Words("意见", "Opinion")
SAID_AT = Words("时间", "At")
REMARK = Words("备注", "Remarks")
EXPLANATION = Words("说明", "Notes")
CITY_TIME = Words("时间均为北京时间。", "All times are Beijing time (UTC+8).")
SERIAL_IS_OURS = Words(
    "市级流水号由本市平台编制，用于本市查询，不是全国统一的联单编号；联单编号以国家危险废物信息管理系统为准。",
    "The city serial is given by the city's own service and is not the national manifest number; "
    "only the number given by the national hazardous waste system is that.",
)

OPINIONS: dict[Opinion, Words] = {
    Opinion.ACCEPT: Words("接受", "accepted"),
    Opinion.PART: Words("部分接受", "accepted in part"),
    Opinion.REFUSE: Words("拒收", "refused"),
}
BASES: dict[Basis, Words] = {
    Basis.SCALE: Words("称重", "scale"),
    Basis.VOLUME: Words("体积折算", "volume"),
    Basis.COUNT: Words("计件", "count"),
    Basis.ESTIMATE: Words("估算", "estimate"),
    Basis.SHARE: Words("分摊", "share"),
}

# --- the label of HJ 1276-2022
LABEL_TITLE = Words("危险废物", "Hazardous Waste")
LABEL_CATEGORY = Words("废物类别", "Category")
LABEL_FORM = Words("废物形态", "Form")
LABEL_COMPOSITION = Words("主要成分", "Main constituents")
LABEL_HARMFUL = Words("有害成分", "Harmful constituents")
LABEL_PRECAUTIONS = Words("注意事项", "Precautions")
LABEL_ID = Words("数字识别码", "Digital id")
LABEL_ORGANISATION = Words("产生/收集单位", "Producer/collector")
LABEL_CONTACT = Words("联系人和联系方式", "Contact")
LABEL_DAY = Words("产生日期", "Produced on")
LABEL_MASS = Words("废物重量", "Mass")

# --- the tag of a medical waste package
TAG_TITLE = Words("医疗废物", "Medical Waste")
TAG_KIND = Words("类别", "Class")
TAG_ORGANISATION = Words("产生单位", "Producer")
TAG_DEPARTMENT = Words("科室", "Department")
TAG_NUMBER = Words("包装编号", "Package tag")
TAG_NOTES = Words("特别说明", "Note")
