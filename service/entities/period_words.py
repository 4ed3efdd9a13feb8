"""How adverts say what a sum is paid for, after it (``/mo``), before it (``月薪``) or both."""

from service.entities.entity import Period
from service.entities.patterns import words

P = Period

AFTER: dict[Period, str] = {
    P.HOUR: """h hr hour hrs hora heure stunde std godz ora saat jam giờ ชม ชม. ชั่วโมง час ч
        小时 時間 時 시간 घंटा ঘণ্টা saa ម៉ោង""",
    P.DAY: """d day days día dia jour tag dzień giorno gün hari ngày วัน день дн сут сутки 天 日
        일 दिन দিন siku araw ថ្ងៃ ရက် ມື້ смена смену shift""",
    P.WEEK: """w wk week semana semaine woche settimana hafta minggu tuần สัปดาห์ неделя нед
        тиждень 周 週 주 सप्ताह সপ্তাহ wiki""",
    P.MONTH: """m mo mon mth month mes mês mois monat mc mies miesiąc mese ay bulan bln bl
        tháng th เดือน мес месяц міс місяць 月 월 महीना माह মাস mwezi buwan ខែ လ ເດືອນ oy luna
        lună měsíc hó شهر ماه ماہ ወር""",
    P.YEAR: """y yr year año ano an jahr rok anno yıl tahun năm ปี рік год 年 년 साल""",
    P.TASK: """task order review click video post message tugas đơn nhiệm_vụ задание заказ
        отзыв 单 單 个 条 件 건 งาน tarea tarefa tâche lead like""",
}  # fmt: skip
"""After a sum and a slash."""

AFTER_IN: dict[str, dict[str, Period]] = {"год": {"uk": P.HOUR}}
"""Words after a slash that mean another period in a language."""

SHORT: dict[Period, str] = {
    P.HOUR: "p/h ph",
    P.DAY: "p/d",
    P.WEEK: "p/w pw",
    P.MONTH: "p/m pm p.m. p.m pcm",
}
"""Right after a sum; elsewhere these are times of day and the like."""

AROUND: dict[Period, str] = {
    P.HOUR: """per_hour an_hour a_hour hourly each_hour per_hr every_hour par_heure de_l'heure
        l'heure à_l'heure por_hora la_hora a_la_hora à_hora por_hr al'ora all'ora l'ora
        pro_stunde die_stunde in_der_stunde stundenlohn na_godzinę za_godzinę godzinowo
        за_годину на_годину в_час за_час почасов* погодин* в_годину saatlik saatte saatine
        saat_başı per_jam sejam setiap_jam perjam mỗi_giờ một_giờ 1_giờ theo_giờ ต่อชั่วโมง
        ชั่วโมงละ ชม.ละ ต่อชม ຊົ່ວໂມງລະ ຕໍ່ຊົ່ວໂມງ တစ်နာရီ တစ်နာရီကို ក្នុងមួយម៉ោង មួយម៉ោង 每小时 一小时 每小時
        一小時 一个小时 一個鐘 每個鐘 一个钟 时薪 時薪 小时 時給 一時間 시급 시간당 प्रति_घंटा
        प्रति_घंटे हर_घंटे घंटे_के एक_घंटे ঘণ্টায় প্রতি_ঘণ্টা প্রতি_ঘণ্টায় فی_گھنٹہ گھنٹے_کے ساعتی در_ساعت
        بالساعة في_الساعة للساعة لكل_ساعة kwa_saa kila_saa በሰዓት kada_oras bawat_oras isang_oras
        לשעה στην_ώρα την_ώρα pe_oră óránként za_hodinu soatiga soatbay саатына сағатына
        i_timmen per_uur""",
    P.DAY: """per_day roz rozana a_rana a_day daily each_day every_day per_shift a_shift
        one_day par_jour la_journée par_journée por_día al_día diario diarios diaria diarias
        cada_día por_jornada el_día por_dia ao_dia diário diária diários diárias al_giorno
        giornaliero pro_tag am_tag täglich na_dzień dziennie za_dzień на_день за_день в_день
        щодня щоденно ежедневн* за_смену в_смену за_сутки в_сутки за_зміну günlük günde
        gündelik gün_başı per_hari sehari setiap_hari perhari harian mỗi_ngày một_ngày 1_ngày
        theo_ngày ต่อวัน วันละ รายวัน ທຸກວັນ ມື້ລະ ວັນລະ ຕໍ່ມື້ ຕໍ່ວັນ တစ်ရက် တစ်ရက်ကို တစ်နေ့ တစ်နေ့ကို နေ့စဉ် နေ့စား
        ក្នុងមួយថ្ងៃ មួយថ្ងៃ ប្រចាំថ្ងៃ 每天 一天 每日 日薪 日领 日領 日结 日結 日入 日赚 日給 日払い
        一日 1日 일당 하루 하루에 매일 일급 प्रति_दिन प्रतिदिन रोज़ रोज रोजाना रोज़ाना हर_दिन
        एक_दिन दैनिक প্রতিদিন দৈনিক দিনে প্রতি_দিন روزانہ فی_دن روزانه در_روز روزی في_اليوم يوميا
        يوميًا يومياً باليوم لليوم يومي اليومي kwa_siku kila_siku በቀን በየቀኑ kada_araw
        sa_isang_araw isang_araw bawat_araw arawan araw-araw ליום ביום την_ημέρα pe_zi zilnic
        naponta denně kunlik kuniga күніне күнүнө рӯзона om_dagen per_dag o_dia""",
    P.WEEK: """per_week a_week weekly each_week every_week par_semaine la_semaine hebdomadaire
        por_semana a_la_semana semanal semanales semanalmente cada_semana la_semana na_semana
        semanais alla_settimana settimanale pro_woche die_woche wöchentlich in_der_woche
        na_tydzień tygodniowo na_tydzien на_тиждень за_тиждень щотижня в_неделю за_неделю
        еженедельн* haftalık haftada per_minggu seminggu setiap_minggu mingguan mỗi_tuần
        một_tuần 1_tuần ต่อสัปดาห์ สัปดาห์ละ อาทิตย์ละ ต่ออาทิตย์ ອາທິດລະ တစ်ပတ် တစ်ပတ်ကို ក្នុងមួយសប្តាហ៍ មួយសប្តាហ៍
        每周 一周 每週 一週 周薪 周结 週薪 週給 每星期 주급 주당 매주 일주일 प्रति_सप्ताह हर_हफ्ते
        हफ्ते साप्ताहिक সপ্তাহে প্রতি_সপ্তাহে সাপ্তাহিক ہفتہ_وار فی_ہفتہ هفتگی در_هفته في_الأسبوع
        أسبوعيا أسبوعيًا أسبوعياً اسبوعيا بالأسبوع kwa_wiki kila_wiki በሳምንት kada_linggo
        isang_linggo bawat_linggo lingguhan לשבוע בשבוע την_εβδομάδα pe_săptămână hetente týdně
        haftasiga haftalik аптасына i_veckan""",
    P.MONTH: """per_month mahina mahine mahinay msekata masekata a_month monthly each_month
        every_month per_mo par_mois le_mois mensuel mensuels mensuelle mensuellement por_mes
        al_mes mensual mensuales mensualmente cada_mes por_mês ao_mês mensal mensais no_mês
        al_mese mensile mensili pro_monat im_monat monatlich den_monat na_miesiąc miesięcznie
        miesięczne na_miesiac mies. на_місяць за_місяць щомісяця щомісячн* місячн* в_месяц
        за_месяц ежемесячн* месячн* месечн* в_мес aylık ayda ay_başı per_bulan sebulan
        setiap_bulan perbulan bulanan mỗi_tháng một_tháng 1_tháng hàng_tháng lương_tháng
        theo_tháng ต่อเดือน เดือนละ รายเดือน เงินเดือน ເດືອນລະ ຕໍ່ເດືອນ ເງິນເດືອນ တစ်လ တစ်လကို လစဉ် လစာ ក្នុងមួយខែ
        មួយខែ ប្រចាំខែ ប្រាក់ខែ 每月 一个月 一個月 每个月 每個月 月薪 月入 月领 月領 月结 月 月給
        月収 月々 毎月 월급 한달 한_달 매월 월 월수입 매달 प्रति_माह प्रतिमाह प्रति_महीना
        प्रति_महीने हर_महीने महीने महीना मासिक महिना महीनाको মাসে প্রতি_মাসে মাসিক ماہانہ فی_ماہ
        مہینہ مہینے ماہوار ماهانه در_ماه ماهی شهريا شهريًا شهرياً في_الشهر بالشهر شهري الشهري
        للشهر kwa_mwezi kila_mwezi በወር በየወሩ ወርሃዊ የወር kada_buwan sa_isang_buwan isang_buwan
        bawat_buwan buwanan לחודש בחודש το_μήνα τον_μήνα μηνιαίως pe_lună lunar havonta měsíčně
        oyiga oylik айына айлық ай_сайын айлык aylıq моҳона i_månaden per_maand maandelijks
        மாதம் மாத மாதத்திற்கு నెలకు ತಿಂಗಳಿಗೆ മാസം പ്രതിമാസം મહિને દર_મહિને ਮਹੀਨਾ ਪ੍ਰਤੀ_ਮਹੀਨਾ මසකට මාසෙකට
        თვეში ամսական сард bishii wata a_wata""",
    P.YEAR: """per_year a_year yearly per_annum p.a. p.a annually annual par_an l'année annuel
        al_año por_año anual anuales por_ano ao_ano all'anno annuo pro_jahr im_jahr jährlich
        rocznie na_rok на_рік щорічно в_год за_год годов* yıllık yılda per_tahun setahun
        pertahun mỗi_năm một_năm ต่อปี ปีละ 每年 一年 年薪 年収 연봉 प्रति_वर्ष सालाना বছরে বার্ষিক
        سالانہ سالانه سنويا سنويًا سنوياً في_السنة kwa_mwaka በዓመት kada_taon לשנה το_χρόνο pe_an
        évente ročně yillik per_jaar""",
    P.TASK: """per_task a_task each_task every_task per_order per_review per_click per_video
        per_post per_like per_message per_assignment per_account per_lead per_piece per_sale
        per_completed_task per_delivery par_tâche la_tâche por_tarea por_tarefa cada_tarea
        cada_tarefa pro_auftrag pro_aufgabe za_zadanie za_zlecenie за_задание за_завдання
        за_заказ за_замовлення за_отзыв за_клик за_лайк за_задачу görev_başına görev_başı
        per_tugas setiap_tugas tiap_tugas mỗi_đơn mỗi_nhiệm_vụ một_đơn ต่องาน งานละ ต่อออเดอร์
        每单 一单 每單 一單 每个任务 每条 每件 건당 प्रति_टास्क प्रति_कार्य हर_टास्क প্রতি_টাস্ক
        প্রতি_কাজ فی_ٹاسک في_المهمة لكل_مهمة للمهمة kwa_kazi kwa_kila_kazi በስራ kada_task
        bawat_task למשימה per_opdracht""",
}  # fmt: skip
"""Before or after a sum. Underscores stand for spaces, a star for any ending."""

BEFORE_ONLY = words("""月薪 日薪 时薪 時薪 周薪 週薪 年薪 月入 日入 日赚 時給 日給 週給 月給
    月収 年収 월급 시급 일당 주급 연봉 월수입 월 เดือนละ วันละ ชั่วโมงละ สัปดาห์ละ เงินเดือน ເດືອນລະ ມື້ລະ
    ເງິນເດືອນ လစာ ប្រាក់ខែ lương_tháng 日结 日結 日领 日領 月领 月領 月""")
"""Nouns of pay and the like: after a sum they begin the next one."""

BEFORE = BEFORE_ONLY | words(
    """aylık günlük haftalık saatlik мес ежемесячно ежедневно щомісяця щодня মাসে দিনে মাসিক
        দৈনিক मासिक दैनिक شهريا يوميا ماهانه روزانه ماہانہ روزانہ oyiga kuniga күніне айына
        sehari sebulan 每月 每天 一天 一个月 月々 毎月 တစ်လ တစ်ရက်"""
)
"""Words that make a number right after them a sum, though no currency is named."""

UNITS = words("小时 月 월 महीने महीना महिना हफ्ते মাসে দিনে ayda günde haftada saatte")
"""Bare units: with a number before them they are a span of time or a date, not a period of pay."""
