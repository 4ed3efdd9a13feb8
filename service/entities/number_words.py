"""Words around numbers that are no currency: what joins two of them, what they count."""

UNTIL = """- ‐ ‑ ‒ – — − -- ~ 〜 ー to till up_to до по a à al hasta até bis tot do hingga
    sampai sampai_dengan s/d sd đến tới ถึง ຫາ မှ ដល់ 到 至 から 에서 से থেকে سے إلى الى حتى تا
    hanggang hadi mpaka እስከ ile ila עד έως până_la gacha дейін чейин"""
"""Between the two ends of a range. Underscores stand for spaces, as in all word lists here."""

AND = "and dan y e et und и і ve và og och i और এবং اور و at na र"
"""Between the two ends of a range that one of :data:`BETWEEN` announces."""

BETWEEN = "between antara entre zwischen между між بين بین giữa między tra μεταξύ kati_ya"

COUNTED = """người orang people person persons pax человек* чел людей 人 名 명 岁 歳 세
    follower followers подписчик* просмотр* view views km км kg кг lượt word words слов* 字 次
    hour hours hr hrs час* 小时 時間 시간 day days дней дня 天 year years лет год года años
    anos ans jahre tahun tuổi साल বছর سال سنة раз times vacancy vacancies ваканс* worker
    workers employee employees сотрудник* คน लोग জন شخص أشخاص personas pessoas personnes kişi
    watu ሰው ယောက် នាក់ call calls task tasks order orders заказ* 单 шт gb mb mbps px fps level
    levels member members user users saat jam giờ ساعة ساعات hora horas heure heures stunden
    ore godzin* घंटे घंटा ঘণ্টা ชั่วโมง saa ሰዓት နာရီ ម៉ោង pekerja karyawan işçi % ٪ ° ² percent
    процент* percen"""
"""What a number counts if it is no sum. A star stands for any ending."""
