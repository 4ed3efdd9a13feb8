"""Addresses that many people share, so that two ads with one of them have nothing in common yet.

Written by us, and short on purpose: a site that is missing here glues ads together only where they
link to it, and shows itself in ``GET /v1/campaigns`` by its size.
"""

from service.entities.patterns import words

SHARED = {
    "social networks and video: anybody has a page there": words("""
        facebook.com fb.com fb.me instagram.com tiktok.com twitter.com x.com threads.net youtube.com
        youtu.be linkedin.com pinterest.com reddit.com snapchat.com tumblr.com vk.com ok.ru
        weibo.com douyin.com kuaishou.com bilibili.com xiaohongshu.com zhihu.com twitch.tv
        medium.com quora.com kumu.ph naver.com"""),
    "messengers: a link that names an account is a contact of its own": words("""
        t.me telegram.org telegram.me whatsapp.com wa.me line.me viber.com signal.org zalo.me
        wechat.com qq.com discord.com discord.gg skype.com messenger.com m.me kakao.com imo.im"""),
    "job boards: every employer's ads stand there": words("""
        indeed.com glassdoor.com monster.com jobstreet.com jobsdb.com naukri.com hh.ru superjob.ru
        rabota.ru work.ua robota.ua 58.com zhaopin.com 51job.com liepin.com bayt.com kalibrr.com
        onlinejobs.ph jora.com ziprecruiter.com reed.co.uk totaljobs.com seek.com.au infojobs.net
        computrabajo.com bumeran.com pracuj.pl stepstone.de upwork.com freelancer.com fiverr.com
        vietnamworks.com topcv.vn jobthai.com loker.id jobberman.com brightermonday.co.ke
        kariyer.net avito.ru olx.com craigslist.org gumtree.com"""),
    "systems that take applications: many employers' forms stand there": words("""
        greenhouse.io lever.co workable.com smartrecruiters.com ashbyhq.com myworkdayjobs.com
        icims.com taleo.net jobvite.com bamboohr.com recruitee.com teamtailor.com breezy.hr
        personio.com personio.de jazzhr.com applytojob.com paylocity.com ultipro.com
        successfactors.com successfactors.eu oraclecloud.com zohorecruit.com"""),
    "mail and search": words("""
        gmail.com googlemail.com google.com outlook.com hotmail.com live.com yahoo.com ymail.com
        icloud.com proton.me protonmail.com mail.ru yandex.ru ya.ru gmx.com gmx.de aol.com 163.com
        126.com sina.com bing.com baidu.com zoho.com rambler.ru"""),
    "software, meetings and maps that anybody uses": words("""
        apple.com microsoft.com zoom.us webex.com wikipedia.org openstreetmap.org
        paypal.com wise.com binance.com"""),
    "public bodies that honest ads point to for a check": words("""
        un.org ilo.org europa.eu canada.ca"""),
}
"""Registered domains, by the reason why they say nothing of who wrote the ad."""

NOBODYS = frozenset().union(*SHARED.values())

HOSTING = words("""
    wixsite.com wordpress.com blogspot.com weebly.com webnode.com jimdofree.com tilda.ws github.io
    gitlab.io netlify.app vercel.app web.app firebaseapp.com pages.dev workers.dev herokuapp.com
    onrender.com myshopify.com square.site carrd.co notion.site webflow.io godaddysites.com
    strikingly.com site123.me mystrikingly.com canva.site framer.website""")
"""Domains under which anybody may have a name: there the whole host is the contact."""

ADDRESSED = words("""
    bit.ly tinyurl.com t.co goo.gl is.gd cutt.ly rb.gy ow.ly s.id shorturl.at tiny.cc buff.ly
    clck.ru vk.cc u.to rebrand.ly lnkd.in wa.link v.gd t.ly dwz.cn url.cn linktr.ee taplink.cc
    beacons.ai forms.gle docs.google.com sites.google.com forms.office.com jotform.com
    typeform.com surveymonkey.com wjx.cn tally.so airtable.com calendly.com telegra.ph""")
"""Short links, forms and pages, by domain or host: there the address up to ``?`` is the contact."""

PUBLIC_BODIES = words("gov govt gob gouv gov go gc mil int")
"""Labels after the name that mark a public body, as in ``dmw.gov.ph`` and ``doe.go.th``."""
