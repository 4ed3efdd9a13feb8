"""Currencies, multipliers and words of pay, as adverts in many languages write them."""

from service.entities.patterns import words

CURRENCIES: dict[str, str] = {
    "USD": """$ டொலர் அமெரிக்க_டொலர் dolar* us$ usd $us u$s dollar dollars dollaro dollari dolar
        dolares dólar dólares dólars dollor dolares_americanos доллар* долл долл. долар* дол.
        дол бакс* 美元 美金 美刀 刀 ドル 米ドル 달러 불 دولار دولارا دولارًا دولاراً ڈالر ڈالرز
        دلار ډالر डॉलर डालर ডলার ਡਾਲਰ ડોલર டாலர் டாலர்கள் డాలర్లు ഡോളർ ඩොලර් ดอลลาร์ ดอลล่าร์ เหรียญสหรัฐ
        ດອລາ ໂດລາ ໂດລ້າ ဒေါ်လာ ដុល្លារ ដុល្លា ዶላር דולר דולרים დოლარი დოლარს դոլար δολάρια dola do_la
        đô đô_la đô_mỹ dollár dolarów dolary dolarju dolari ам.долл""",
    "EUR": """யூரோ युरो ຢູໂຣ ເອີໂຣ ယူရို euró € eur euro euros eurot eurów евро євро ユーロ 欧元 歐元
        유로 يورو یورو यूरो ইউরো ยูโร အီးရို អឺរ៉ូ ዩሮ אירו ევრო եվրո евра ευρώ evro avro""",
    "GBP": """sterlin* quid £ gbp pound* sterling фунт* جنيه_إسترليني 英镑 英鎊 ポンド 파운드""",
    "CNY": """ຢວນ ယွမ် หยวน यूआन юаней ¥ rmb cny yuan yuans 元 块 块钱 圆 人民币 元人民币 юан*
        위안 人民元 يوان""",
    "JPY": "円 jpy yen 日元 日幣 日圓 엔 иен*",
    "KRW": "ဝမ် วอน ₩ 원 krw won 韩元 韓元 韩币 韓幣 韩圆 ウォン вон",
    "TWD": "nt_dollars ดอลลาร์ไต้หวัน nt$ twd ntd 台币 台幣 新台币 新臺幣 臺幣",
    "HKD": "hong_kong_dollars ดอลลาร์ฮ่องกง hk$ hkd 港币 港幣 港元",
    "SGD": "singapore_dollars ดอลลาร์สิงคโปร์ s$ sgd 新币 坡币 新幣",
    "MYR": """ริงกิต ริงกิตมาเลเซีย rm myr ringgit 马币 馬幣 令吉 রিঙ্গিত रिंगगिट""",
    "AUD": """australian_dollars ดอลลาร์ออสเตรเลีย دولار_أسترالي a$ au$ aud 澳元 澳币 澳幣""",
    "CAD": """canadian_dollars ดอลลาร์แคนาดา دولار_كندي c$ ca$ cad 加元 加币 加幣""",
    "NZD": "new_zealand_dollars ดอลลาร์นิวซีแลนด์ nz$ nzd 纽币",
    "INR": """₹ rs rs. inr rupee rupees रुपये रुपए रुपया रुपयों रु रू रु. रू. रुपैया रुपैयाँ ரூபாய் ரூ రూపాయలు
        రూ రూ. ರೂ ರೂಪಾಯಿ രൂപ രൂപ. રૂપિયા રૂ ਰੁਪਏ রুপি টাকা_রুপি rupay rupaye rupiya rupye рупи*""",
    "PKR": "pkr روپے روپیہ روپیے ₨",
    "NPR": "npr नेरु ने.रु.",
    "LKR": "lkr රුපියල් රු රු.",
    "BDT": "৳ bdt টাকা টাকার taka tk tk. টাকায়",
    "IDR": "rp rp. idr rupiah",
    "VND": "₫ đ vnd vnđ đồng dong 越南盾",
    "THB": """bahts бат* батів ฿ thb baht บาท 泰铢 泰銖 บ. ບາດ ဘတ် ဘတ်ငွေ បាត 바트""",
    "PHP": "เปโซ p 披索 ₱ php piso",
    "KHR": "រៀល ៛ khr រៀល riel",
    "LAK": "₭ lak ກີບ kip",
    "MMK": "mmk ကျပ် kyat kyats ks",
    "RUB": """₽ rub rur руб* руб. рубл* р р. rublei rubley rubles ruble 卢布 ռուբլի""",
    "UAH": "₴ uah грн грн. гривен* гривн* гривень hryvnia hryvnias",
    "KZT": "₸ kzt тенге теңге тг тг.",
    "UZS": "uzs so'm soʻm so‘m сум сўм so`m",
    "KGS": "kgs сом",
    "TJS": "tjs сомони сомонӣ",
    "BYN": "byn бел.руб",
    "PLN": "złoty pln zł zl zlotych złotych zloty злотых",
    "CZK": "czk kč",
    "HUF": "huf ft forint",
    "RON": "лей ron lei leu",
    "BGN": "bgn лв лв. лева",
    "TRY": "ሊራ ليرة liras ₺ try tl lira lirası türk_lirası",
    "GEL": "₾ gel ლარი ლარს ლარამდე лари",
    "AMD": "֏ amd դրամ драм",
    "AZN": "₼ azn manat",
    "ILS": "₪ ils nis שקל שקלים ש״ח ש\"ח שח shekel shekels",
    "AED": """ድርሃም драхм aed dirham dirhams dhs dhs. dh درهم دراهم درهما درہم दिरहम দিরহাম
        ദിർഹം дирхам*""",
    "SAR": "ሪያል sar riyal riyals sr ريال ﷼ ریال_سعودی रियाल রিয়াল",
    "QAR": "qar qr ريال_قطري",
    "OMR": "omr ريال_عماني",
    "KWD": "kwd دينار دينار_كويتي kd দিনার दिनार",
    "IQD": "iqd دينار_عراقي",
    "JOD": "jod دينار_أردني jd",
    "BHD": "bhd دينار_بحريني",
    "EGP": "ج egp جنيه جنيها جنيهًا جنيه_مصري",
    "MAD": "mad درهم_مغربي",
    "SYP": "syp ليرة_سورية",
    "IRR": "irr ریال",
    "IRT": "تومان تومن",
    "ETB": "etb ብር birr",
    "KES": "/= kes ksh kshs ksh. shilling* shilingi",
    "TZS": "tzs tsh tshs",
    "UGX": "ugx ush ushs",
    "NGN": "n ₦ ngn naira",
    "GHS": "gh₵ ₵ ghs cedi cedis",
    "ZAR": "zar rand r",
    "XOF": "f cfa fcfa xof f_cfa francs_cfa franc_cfa",
    "XAF": "xaf",
    "RWF": "rwf frw",
    "CHF": "chf sfr",
    "SEK": "sek kr",
    "NOK": "nok",
    "DKK": "dkk",
    "MXN": "mxn mx$ pesos peso pesos_mexicanos",
    "COP": "cop pesos_colombianos",
    "ARS": "ars",
    "CLP": "clp",
    "PEN": "s/ s/. sol soles",
    "BRL": "r$ brl reais",
    "GTQ": "gtq quetzal*",
    "PYG": "₲ guaraníes",
    "CRC": "₡ colones",
    "MNT": "₮ mnt төгрөг",
    "MZN": "mzn meticais metical mt",
    "AOA": "aoa kwanza kwanzas",
    "MGA": "mga ariary",
    "CDF": "cdf fc francs_congolais",
    "DZD": "dzd دج دينار_جزائري da dinars",
    "TND": "tnd دينار_تونسي dt",
    "LBP": "lbp ليرة_لبنانية",
    "SDG": "sdg جنيه_سوداني",
    "YER": "yer ريال_يمني",
    "LYD": "lyd دينار_ليبي",
    "AFN": "afn افغانی افغانۍ",
    "BOB": "bob bolivianos boliviano bs",
    "UYU": "uyu",
    "HNL": "hnl lempiras",
    "NIO": "nio córdobas",
    "DOP": "dop rd$",
    "BWP": "bwp pula",
    "ZMW": "zmw kwacha",
    "RSD": "rsd динара динар dinara",
    "MKD": "mkd денари",
    "ALL": "lekë lek",
    "MDL": "mdl",
    "TMT": "tmt",
    "MOP": "mop mop$ 澳门币 澳門幣",
    "BND": "bnd b$",
    "MVR": "mvr rufiyaa",
    "USDT": "usdt tether u币 泰达币 usdt-trc20 юсдт usdt(trc20) u",
    "USDC": "usdc",
    "BTC": "btc ₿ bitcoin биткоин*",
    "ETH": "eth ethereum",
    "TRX": "trx",
    "TON": "toncoin",
}  # fmt: skip
"""ISO 4217 code, or the ticker of a crypto currency, and how it is written. Underscores stand for
spaces, a star for any ending. ``IRT`` is Iran's toman, ten rials."""

CAPITALS_ONLY = words("m n p f omr da dt mt bs mop try mad gel cop ron sr qr jd kd r u ars ks lak")
"""Signs that are words or letters in lower case."""

PAY_ONLY = words("n p f ج da dt mt bs r u р р. kr ks ft rand pound sol won 刀 불 sar quid")
"""Signs so short that they count only at sums of three digits, or with a multiplier."""

RIGHT_ONLY = words(
    """lei leu sol soles сом р р. 円 元 块 块钱 圆 원 불 엔 刀 u ft kr лв лв. сум тг тг. won
        dong lak kip ks piso f ج da dt mt bs try bitcoin ethereum eth trx"""
)
"""Signs that stand after a sum only; before one they are another word, or belong to another sum."""

LEFT_ONLY = words("r rp rm s/ s/. n p")
"""Signs that stand before a sum only."""

ONLY_IN: dict[str, frozenset[str | None]] = {
    "u": words("zh"),
    "w": words("zh"),
    "ft": words("hu"),
    "f": words("fr"),
    "n": words("ha pcm yo ig NG"),
    "p": words("tl fil ceb ilo PH"),
    "tr": words("vi") | {None},
    "bin": words("tr az"),
    "laki": words("sw"),
}
"""Short words that mean money in some languages or countries; ``None``: where none is known."""

TIGHT = words("k к w n p m")
"""Signs that count only where they touch the number."""

DOLLARS = {
    "AU": "AUD", "CA": "CAD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "TW": "TWD", "MX": "MXN",
    "CO": "COP", "CL": "CLP", "AR": "ARS",
}  # fmt: skip
"""What ``$`` means where the caller names the country; a US dollar elsewhere."""

_PESO = {
    "tl": "PHP", "fil": "PHP", "ceb": "PHP", "en": "PHP", "PH": "PHP", "CO": "COP", "AR": "ARS",
    "CL": "CLP",
}  # fmt: skip
_RUPEE = {"ur": "PKR", "ne": "NPR", "si": "LKR", "PK": "PKR", "NP": "NPR", "LK": "LKR"}
_SHILLING = {"TZ": "TZS", "UG": "UGX"}
SHARED: dict[str, dict[str, str]] = {
    **dict.fromkeys(("peso", "pesos"), _PESO),
    **dict.fromkeys(("rs", "rs.", "rupees", "रु", "रू", "रु.", "रू.", "रुपैया", "रुपैयाँ"), _RUPEE),
    **dict.fromkeys(("shilling", "shilingi", "/="), _SHILLING),
    "lei": {"MD": "MDL"},
    "лей": {"MD": "MDL"},
    "¥": {"ja": "JPY", "JP": "JPY"},
    "元": {"TW": "TWD", "HK": "HKD"},
    "kr": {"da": "DKK", "nb": "NOK", "no": "NOK", "DK": "DKK", "NO": "NOK"},
    "درهم": {"MA": "MAD"},
    "dh": {"MA": "MAD", "fr": "MAD"},
    "ريال": {"QA": "QAR", "OM": "OMR", "YE": "YER"},
    "ریال": {"fa": "IRR"},
    "دينار": {"IQ": "IQD", "JO": "JOD", "BH": "BHD", "DZ": "DZD", "TN": "TND", "LY": "LYD"},
    "dinars": {"TN": "TND", "IQ": "IQD", "KW": "KWD", "JO": "JOD"},
    "ليرة": {"SY": "SYP", "LB": "LBP"},
    "جنيه": {"SD": "SDG"},
    "f": {"CM": "XAF", "GA": "XAF", "CG": "XAF", "TD": "XAF"},
}
"""Words of several currencies: which, by language or (stronger) country named by the caller."""

MULTIPLIERS: dict[int, str] = {
    1_000: """k к тыс тыс. тысяч тысячи тысяча т.р т.р. тыщ тис тис. тисяч тисячі мың миң ming
        mingdan thousand thousands grand mil mila mille tausend tysięcy tys tys. ezer mii tisíc
        bin ribu rb nghìn ngàn 千 천 พัน ພັນ ထောင် ពាន់ हजार हज़ार হাজার ہزار هزار ألف الف آلاف الاف
        ألفا ਹਜ਼ਾਰ હજાર ஆயிரம் వేలు ಸಾವಿರ ആയിരം දහස් ሺህ ሺ elfu χιλιάδες אלף ათასი հազար hezar libo""",
    10_000: "万 萬 w 만 หมื่น ໝື່ນ သောင်း ម៉ឺន",
    100_000: """lakh lakhs lac lacs लाख লাখ লক্ষ لاکھ ਲੱਖ લાખ லட்சம் లక్షలు లక్షల ಲಕ್ಷ ലക്ഷം ලක්ෂ แสน
        ແສນ သိန်း laki""",
    1_000_000: """m million millions mln mln. mn млн млн. миллион* мільйон* millón millones
        milhão milhões milioni milione milyon juta jt triệu tr củ ล้าน ລ້ານ လန်း លាន သန်း مليون
        ملايين ملیون میلیون ሚሊዮን मिलियन 百万 百萬 백만 millió milion milionów milioane miliona""",
    10_000_000: "crore crores करोड़ কোটি کروڑ ਕਰੋੜ કરોડ கோடி",
    100_000_000: "亿 億 억",
    1_000_000_000: "tỷ tỉ miliar mlrd млрд bn",
}  # fmt: skip

MULTIPLIER_CURRENCY = {
    **dict.fromkeys(("nghìn", "ngàn", "triệu", "tr", "củ", "tỷ", "tỉ"), "VND"),
    **dict.fromkeys(("juta", "jt", "ribu", "rb", "miliar"), "IDR"),
    **dict.fromkeys(("만", "천", "백만", "억"), "KRW"),
    "т.р": "RUB", "т.р.": "RUB",
}  # fmt: skip
"""Multipliers that are said of one currency only, when none is named."""

FIRST = words("elfu laki milioni သိန်း သောင်း ထောင် သန်း ألف الف mil hezar ሺ ሺህ")
"""Multipliers that may stand before the number (Swahili, Burmese)."""

PAY = """salary salaries wage wages pay paid paying payout payouts pays earn earns earning
    earnings income stipend compensation remuneration payment commission ctc package rate
    зарплат* оплат* з/п зп з.п з.п. заработ* заробіт* доход* дохід* ставк* получа* выплат*
    виплат* платим плачу айлық жалақы маош maosh oylik ish_haqi 月薪 日领 日領 月领 月領 薪资
    薪資 工资 工資 底薪 收入 薪水 日薪 时薪 時薪 周薪 年薪 待遇 月入 日入 薪酬 日结 日結 提成
    給与 月給 時給 日給 年収 月収 報酬 高収入 급여 월급 시급 일당 주급 연봉 월수입 수입 보수
    페이 lương thu_nhập hoa_hồng gaji upah penghasilan bayaran pendapatan honor fee sahod
    sweldo kita kumita suweldo เงินเดือน ค่าจ้าง รายได้ ค่าแรง ค่าตอบแทน ເງິນເດືອນ ລາຍໄດ້ ຄ່າແຮງ वेतन सैलरी
    तनख्वाह कमाई कमाएं कमाओ पगार तलब वेतनमान বেতন আয় ইনকাম মজুরি تنخواہ اجرت آمدنی کمائی راتب رواتب
    الراتب أجر الأجر دخل حقوق درآمد دستمزد salario salarios sueldo sueldos pago pagos paga
    ganar gana ganancia ganancias ganas ingreso ingresos salário salários ganho ganhos renda
    remuneração ganhe salaire rémunération paie gagnez revenu gain maaş maaşı ücret ücreti
    kazanç gelir yevmiye mshahara malipo kipato ujira ደመወዝ ክፍያ ገቢ လစာ ဝင်ငွေ နေ့စား ប្រាក់ខែ
    ប្រាក់បៀវត្ស ប្រាក់ឈ្នួល ចំណូល pensja zarobki wynagrodzenie płaca stawka stipendio retribuzione
    guadagno gehalt lohn verdienst vergütung fizetés bér salariu salariul plată שכר משכורת
    μισθός சம்பளம் ஊதியம் జీతం ಸಂಬಳ ശമ്പളം પગાર ਤਨਖਾਹ වැටුප ხელფასი աշխատավարձ цалин lön løn lønn
    salaris loon albashi owo_oṣù mushahar mushaharada айлык эмгек_акы музд"""
"""Words of pay; underscores and stars as in :data:`CURRENCIES`."""
