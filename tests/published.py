"""The published tables as read from the five reports, apart from the facts."""

CCID = """
北京 1 9.2
上海 2 8.1
杭州 3 7.4
深圳 4 7.2
合肥 5 7.2
广州 6 7.1
重庆 7 7.0
苏州 8 6.8
武汉 9 6.7
南京 10 6.3
成都 11 5.9
西安 12 5.9
天津 13 5.7
厦门 14 5.5
沈阳 15 4.9
"""
CCID_TIERS = {"北京": 1, "上海": 1, "杭州": 2, "合肥": 2, "武汉": 2}

# total, environment, resource, knowledge, outcome
AITISA_RANKINGS = ("total", "environment", "resource", "knowledge", "outcome")
AITISA = """
北京 1 2 1 1 1
深圳 2 3 3 2 2
上海 3 1 2 3 3
广州 4 4 5 4 5
杭州 5 9 7 5 4
苏州 6 6 4 15 10
武汉 7 8 13 10 6
成都 8 7 10 8 9
青岛 9 10 14 12 8
南京 10 11 11 6 15
天津 11 12 6 13 14
西安 12 16 15 7 7
重庆 13 5 12 19 11
合肥 14 13 18 9 13
济南 15 15 9 11 12
长沙 16 14 8 18 17
郑州 17 18 17 14 18
厦门 18 19 16 16 16
沈阳 19 17 20 17 19
大连 20 20 19 20 20
"""
AITISA_SCORES = {
    ("total", "北京"): (88.72, "exact"),
    ("total", "深圳"): (77.63, "exact"),
    ("total", "上海"): (68.59, "exact"),
    ("environment", "上海"): (88.26, "exact"),
    ("environment", "北京"): (86.80, "exact"),
    ("environment", "深圳"): (84.05, "exact"),
    ("environment", "广州"): (60, "over"),
    ("environment", "重庆"): (60, "over"),
    ("environment", "苏州"): (60, "over"),
    ("resource", "北京"): (77.10, "exact"),
    ("resource", "上海"): (60, "over"),
    ("resource", "深圳"): (60, "over"),
    ("resource", "苏州"): (60, "over"),
}
# The portraits of the first ten: "=" the rank itself, "<" among the first so many.
AITISA_PORTRAITS = {
    "policy_environment": "北京=2 上海=1 深圳<3 广州<4 武汉<7 成都<8 青岛<10",
    "economic_environment": "上海=1 深圳<3 广州<4 苏州<6 杭州<8 成都<8",
    "rd_environment": "上海=1 深圳<3 广州<4 苏州<6",
    "organisation_environment": "北京=2 苏州=2 深圳<3 广州<4 武汉<7 成都<8 青岛<10",
    "capital_support": "北京=1 深圳=2 杭州=4 广州=5 苏州=6 南京=7 成都<10 青岛<10",
    "carrier_support": "上海=1 北京=2 苏州=5 深圳=7 武汉=8 杭州=9 广州=10 南京=11"
    " 成都<10 青岛<10",
    "knowledge_reserve": "北京=1 成都=6 青岛=8 南京=9 深圳=16 上海<5 广州<5"
    " 杭州<7 武汉<7",
    "research_output": "北京=1 深圳=2 南京=4 上海<5 广州<5 杭州<7 武汉<7",
    "enterprise_scale": "北京=1 广州=2 上海=4 深圳<3 成都<10",
    "innovation_development": "北京=1 杭州=3 上海=4 苏州=5 深圳<3 成都<10",
    "industry_coverage": "深圳=1 武汉=1 北京=5 南京=5 广州=18 成都<10",
    "gdp_sample": "上海=1 广州=4 成都=7 武汉=9 南京=10 青岛=12",
}

GEMDALE_20 = {
    1: "北京 上海 深圳 杭州",
    2: "南京 广州 苏州 合肥 成都 天津 济南 西安 重庆 长沙 武汉",
    3: "沈阳 大连 郑州 石家庄 南昌",
}
GEMDALE_8 = {1: "北京 上海 深圳 杭州", 2: "苏州 广州 南京 天津"}
GEMDALE_INVESTMENT = "北京 深圳 上海 杭州 苏州 广州 南京 武汉 成都 西安"

JIAZI_TIERS = {
    1: "北京 上海 深圳 杭州",
    2: "苏州 广州 南京 天津 合肥 成都 武汉",
    3: "西安 重庆 长沙 郑州",
}
# From 4 (strong) to 1 (weak).
JIAZI_DIMENSIONS = ("talent", "research", "industry_environment", "capital", "policy")
JIAZI = """
北京 4 4 4 3 4
上海 4 4 4 3 4
深圳 1 3 4 3 4
杭州 4 4 4 3 4
苏州 1 2 3 3 4
合肥 1 2 3 3 4
广州 3 2 3 3 4
南京 4 4 3 3 4
成都 3 3 3 2 4
武汉 4 3 3 2 4
天津 1 3 3 2 4
西安 3 3 3 4 4
重庆 1 2 3 3 2
长沙 1 1 3 3 4
郑州 1 1 1 1 1
"""

HSMAP_PILOT = """
1 北京 2019-02-20
2 上海 2019-05-22
3 天津 2019-10-17
4 深圳 2019-10-17
5 杭州 2019-10-17
6 合肥 2019-10-17
7 德清 2019-11-02
8 重庆 2020-01-23
9 成都 2020-01-23
10 西安 2020-01-23
11 济南 2020-01-23
12 广州 2020-09-03
13 武汉 2020-09-03
14 苏州 2021-03-24
15 长沙 2021-03-24
16 郑州 2021-11-13
17 沈阳 2021-11-13
18 哈尔滨 2021-11-13
"""
# One of the eight zones is that of two cities together.
HSMAP_PIONEER = {
    "2019": ["上海", "深圳", "济南-青岛"],
    "2021-02": ["北京", "天津", "杭州", "广州", "成都"],
}
HSMAP_PATENTS = "北京 深圳 上海 杭州 南京"
