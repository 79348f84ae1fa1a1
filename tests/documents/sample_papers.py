"""Papers for the tests: one full hazardous manifest, one of each plain stream, labels and tags."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zerowaste.documents.paper import (
    DEMONSTRATION,
    AcceptanceRow,
    CarrierLeg,
    ConsigneeBlock,
    ConsignorBlock,
    Entry,
    ItemRow,
    LabelPaper,
    Language,
    Layout,
    ManifestPaper,
    MassUnit,
    Opinion,
    PartyOpinion,
    TagPaper,
    Words,
    digital_id,
)
from zerowaste.rules import token
from zerowaste.rules.token import TokenKind
from zerowaste.vocabulary import Basis

LANGUAGES: tuple[Language, ...] = ("zh", "en")

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = 7
MANIFEST_ID = UUID("01936f5e-7c00-7abc-8def-0123456789ab")
TOKEN = token.sign(TokenKind.MANIFEST, MANIFEST_ID, KEY, KEY_ID)
QR_URL = token.address("https://waste.example.cn", TOKEN)
PACKAGE_URL = token.address(
    "https://waste.example.cn", token.sign(TokenKind.PACKAGE, MANIFEST_ID, KEY, KEY_ID)
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026, given in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


LEGAL_NOTE = Words(
    "依据《中华人民共和国生态环境法典》及《危险废物转移管理办法》，本联单自运行之日起保存不少于十年。",
    "Under the Ecological and Environmental Code and the Measures on the Transfer of Hazardous "
    "Waste this manifest is kept for at least ten years.",
)

ACID = ItemRow(
    name="废酸洗液",
    code="313-001-17",
    mass_g=1_234_500,
    hazard="C, T",
    form="液态",
    harmful="盐酸、铁离子、锌离子",
    packaging="吨桶（IBC）",
    packages=2,
    basis=Basis.SCALE,
)
SLUDGE = ItemRow(
    name="电镀废水处理污泥",
    code="336-054-17",
    mass_g=3_000_001,
    hazard="T",
    form="半固态",
    harmful="镍、铬",
    packaging="吨袋",
    packages=4,
    basis=Basis.SCALE,
)

FIRST_LEG = CarrierLeg(
    number=1,
    name="江西赣运危险品物流有限公司",
    licence_number="赣交运管许可危字360100000123号",
    address="南昌市青山湖区罗家镇物流大道88号",
    phone="0791-88110022",
    driver="李卫国",
    driver_phone="13800000002",
    escort="王小明",
    vehicle="厢式危险品运输车",
    plate="赣A·D12345",
    start="南昌市高新区艾溪湖北路1号",
    departed_at=at(23, 1, 5),
    via="南昌市青山湖区、南昌县",
    end="南昌县向塘转运站",
    arrived_at=at(23, 3, 40),
)
SECOND_LEG = CarrierLeg(
    number=2,
    name="南昌昌北环保运输有限公司",
    licence_number="赣交运管许可危字360100000456号",
    address="南昌市新建区望城镇工业一路9号",
    phone="0791-83770011",
    driver="赵铁柱",
    driver_phone="13800000003",
    vehicle="罐式危险品运输车",
    plate="赣A·B6688",
    start="南昌县向塘转运站",
    departed_at=at(23, 4, 10),
    via="进贤县",
    end="江西丰城循环经济园区处置中心",
    arrived_at=at(23, 7, 30),
    handover_at=at(23, 4, 0),
    handover_place="南昌县向塘转运站3号月台",
)

FULL = ManifestPaper(
    title=Words("危险废物转移联单", "Hazardous Waste Transfer Manifest"),
    stream=Words("危险废物", "hazardous waste"),
    qr_url=QR_URL,
    serial="20263601000042",
    status=Words("已接受", "accepted"),
    planned_at=at(23, 1, 0),
    consignor=ConsignorBlock(
        name="南昌洪都电镀有限公司",
        address="南昌市高新区艾溪湖北路1号",
        emergency_phone="0791-88123456",
        agent="张三",
        phone="13800000001",
        handed_at=at(23, 1, 0),
        emergency_measures="泄漏时用石灰中和并围堵收集；着装防酸服；立即拨打应急联系电话。",
    ),
    legs=(FIRST_LEG, SECOND_LEG),
    consignee=ConsigneeBlock(
        name="江西绿源危险废物处置有限公司",
        permit_number="赣环危废证字360981001号",
        address="江西省丰城市循环经济园区环保路6号",
        agent="陈静",
        phone="0795-6601234",
        accepted_at=at(23, 8, 20),
    ),
    items=(ACID, SLUDGE),
    acceptance=(
        AcceptanceRow("废酸洗液", "313-001-17", False, "", Opinion.ACCEPT, "D9 物理化学处理", 1_234_500),
        AcceptanceRow(
            "电镀废水处理污泥",
            "336-054-17",
            True,
            "一袋破损，含水率高于约定",
            Opinion.PART,
            "R4 金属回收",
            2_250_001,
            750_000,
        ),
    ),
    opinions=(
        PartyOpinion("江西绿源危险废物处置有限公司", "破损一袋拒收退回，其余接受。", at(23, 8, 25)),
        PartyOpinion("南昌洪都电镀有限公司", "同意退回，改用双层吨袋后重新转移。", at(23, 9, 0)),
    ),
    notes="雨天装卸，已加盖防雨布。",
    legal_note=LEGAL_NOTE,
    watermarks=(DEMONSTRATION,),
    edition="hazardous-1",
)

BLANK = ManifestPaper(
    title=FULL.title,
    stream=FULL.stream,
    qr_url=QR_URL,
    serial="20263601000043",
    consignor=ConsignorBlock(name="南昌洪都电镀有限公司"),
    legs=(),
    consignee=ConsigneeBlock(name=""),
    items=(ACID,),
    edition="hazardous-1",
)

MEDICAL = replace(
    FULL,
    title=Words("医疗废物转移联单", "Medical Waste Transfer Manifest"),
    stream=Words("医疗废物", "medical waste"),
    mass_unit=MassUnit.KILOGRAM,
    legs=(FIRST_LEG,),
    consignor=replace(
        FULL.consignor,
        name="南昌市第三人民医院",
        entries=(
            Entry(Words("床位数", "Beds"), "820"),
            Entry(Words("暂存起始时间", "Stored since"), "2026-11-22 08:00"),
            Entry(Words("消毒方式", "Disinfection"), "含氯消毒液喷洒", wide=True),
        ),
    ),
    edition="medical-1",
    items=(
        ItemRow("感染性废物", "841-001-01", 186_250, "In", "固态", "", "黄色包装袋", 42),
        ItemRow("损伤性废物", "841-002-01", 12_005, "In", "固态", "", "利器盒", 18),
    ),
    acceptance=(),
    opinions=(),
    status=Words("运输中", "in transit"),
)

CONSTRUCTION = replace(
    FULL,
    title=Words("建筑垃圾转移电子联单", "Construction Waste Transfer Manifest"),
    stream=Words("建筑垃圾", "construction waste"),
    layout=Layout.PLAIN,
    edition="construction-1",
    nationally_numbered=False,
    legs=(replace(FIRST_LEG, escort="", licence_number="洪城管运证2026-0188"),),
    consignor=replace(
        FULL.consignor,
        name="红谷滩中央公园三期项目部",
        entries=(
            Entry(Words("工程名称", "Project"), "红谷滩中央公园三期地下空间"),
            Entry(Words("核准文号", "Approval no."), "洪城管核〔2026〕第0321号"),
            Entry(Words("运输路线与时段", "Route and hours"), "红谷大道—昌北大道，夜间", True),
        ),
    ),
    consignee=replace(
        FULL.consignee,
        permit_label=Words("消纳场所备案号", "Site record no."),
        permit_number="XN-07",
    ),
    items=(
        ItemRow(
            "工程渣土", "CW-01", 18_700_000, form="固态", packaging="散装密闭", packages=1,
            volume_l=11_000, basis=Basis.VOLUME,
        ),
    ),
    acceptance=(
        AcceptanceRow("工程渣土", "CW-01", False, "", Opinion.ACCEPT, "堆填", 18_700_000),
    ),
    opinions=(),
    legal_note=None,
)  # fmt: skip

KITCHEN = replace(
    CONSTRUCTION,
    title=Words("餐厨垃圾转移电子联单", "Kitchen Waste Transfer Manifest"),
    stream=Words("餐厨垃圾", "kitchen waste"),
    edition="kitchen-1",
    mass_unit=MassUnit.KILOGRAM,
    consignor=replace(
        FULL.consignor,
        name="绳金塔老街饭店",
        entries=(Entry(Words("收运趟次", "Tour"), "夜班3线 第17站"),),
    ),
    consignee=replace(
        FULL.consignee,
        permit_label=Words("处置许可编号", "Processing permit no."),
        permit_number="KC-2",
    ),
    items=(
        ItemRow("餐厨垃圾", "KW-02", 86_400, form="半固态", packaging="240升专用桶", packages=2,
                basis=Basis.SCALE),
        ItemRow("废弃食用油脂", "KW-03", 14_250, form="液态", packaging="60升油桶", packages=1,
                volume_l=60, basis=Basis.SCALE),
    ),
    acceptance=(),
)  # fmt: skip

STREAMS = {"hazardous": FULL, "medical": MEDICAL, "construction": CONSTRUCTION, "kitchen": KITCHEN}

LABEL = LabelPaper(
    name="废酸洗液",
    category="HW17 表面处理废物",
    code="313-001-17",
    qr_url=PACKAGE_URL,
    form="液态",
    hazards=("腐蚀性", "毒性"),
    composition="盐酸、水、氯化亚铁",
    harmful="盐酸、铁离子、锌离子",
    precautions="戴防酸手套，防止倾倒；远离碱类和氧化剂。",
    digital_id=digital_id("91360100MA35ABCD1X", "313-001-17", date(2026, 11, 20), 12),
    organisation="南昌洪都电镀有限公司",
    contact="张三 13800000001",
    generated_on=date(2026, 11, 20),
    mass_g=612_500,
    notes="2-1 号槽",
    watermarks=(DEMONSTRATION,),
)

TAG = TagPaper(
    tag="NC3Y-20261122-0042",
    waste="感染性废物",
    code="841-001-01",
    organisation="南昌市第三人民医院",
    department="呼吸内科二病区",
    qr_url=PACKAGE_URL,
    generated_on=date(2026, 11, 22),
    mass_g=4_250,
    notes="隔离病房，双层包装",
    watermarks=(DEMONSTRATION,),
)
